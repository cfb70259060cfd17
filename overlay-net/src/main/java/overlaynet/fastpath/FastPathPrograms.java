package overlaynet.fastpath;

import linux.bpf.Assembler;
import linux.bpf.Condition;
import linux.bpf.KernelFunction;
import linux.bpf.Operation;
import linux.bpf.Register;
import linux.bpf.Width;

/**
 * The programs that let packets of connections that stand pass by routes, tracking and rules ({@code tc-bpf(8)}). They decide
 * nothing by themselves: that a packet may pass, and to where, is learnt from one before it of the same ends and ports that the
 * host's own ways let pass as it was, and is believed for a second, after which the next packet goes the slow path again. So the
 * rules are asked about each connection once a second in each direction, and tracking goes on.
 *
 * <p>Where a packet comes in, it is looked up. Found, it goes where the last one went, one hop older. Not found, it is tagged with
 * a number made of its ends and ports, and goes the slow path. Where it goes out, that number tells whether it is still what it
 * was: what has other ends meanwhile, as by a service's address, is not learnt, for the fast path translates nothing.
 *
 * <p>Only UDP and TCP, and of TCP what neither begins nor ends a connection. All else goes the slow path, and so does everything if
 * any of the programs is missing.
 *
 * <p>What comes out of a container and is not from its address is dropped, whatever it is, and so is what is for several.
 */
public final class FastPathPrograms {
    /** Of a connection's direction over IPv4: index of the link that packets come from (4), addresses (4 each), ports (4), protocol (4). */
    public static final int FLOW_KEY_BYTES = 20;
    /** The same over IPv6, whose addresses have 16 bytes each. */
    public static final int FLOW6_KEY_BYTES = 44;
    /** When it was learnt (8), link (4), how it is sent there (4), hardware addresses (12), nothing (4). */
    public static final int FLOW_VALUE_BYTES = 32;
    /** How long what was learnt is believed. */
    public static final int BELIEVED_MILLIS = 1_000;

    private static final int PACKET_LENGTH = 0;
    private static final int PACKET_HAS_VLAN = 20;
    private static final int PACKET_FROM_LINK = 36;
    private static final int PACKET_LINK = 40;
    private static final int PACKET_TAG = 44;
    private static final int PACKET_BEGIN = 76;
    private static final int PACKET_END = 80;
    private static final int PACKET_SEGMENT_LENGTH = 176;

    private static final int HARDWARE_BYTES = 12;
    private static final int HARDWARE_SOURCE = 6;
    /** What {@link overlaynet.link.ContainerLink#hardwareAddress} begins with; the address follows. */
    private static final int HARDWARE_PREFIX = 0x6a02;
    private static final int FIRST_MULTICAST = 224;
    private static final int FIRST_MULTICAST6 = 0xff;
    private static final int ARP_ETHERTYPE = 0x0608;
    private static final int ARP_HARDWARE = 22;
    private static final int ARP_SOURCE = 28;
    private static final int ARP_END = 42;
    private static final int ICMP6 = 58;
    private static final int ROUTER = 134;
    private static final int SOLICITATION = 135;
    private static final int NEIGHBOUR = 136;
    private static final int REDIRECT6 = 137;
    private static final int NEIGHBOUR_ADDRESS = 62;
    private static final int NEIGHBOUR_END = 78;
    private static final int ETHERTYPE = 12;
    private static final int ETHERNET_BYTES = 14;
    private static final int VERSION_AND_LENGTH = 14;
    private static final int FRAGMENT = 20;
    private static final int CHECKSUM = 24;
    private static final int UDP_BYTES = 8;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_BYTES = 20;
    private static final int NO_OPTIONS = 0x45;
    private static final int FRAGMENT_BITS = 0xff3f;
    private static final int VERSION_BITS = 0xf0;
    private static final int VERSION_6 = 0x60;
    private static final int TCP = 6;
    private static final int UDP = 17;
    /** FIN, SYN, RST, ACK: of data the last alone. */
    private static final int TCP_STATE_BITS = 0x17;
    private static final int TCP_ACK = 0x10;
    private static final int LINK_LOCAL_BITS = 0xc0ff;
    private static final int LINK_LOCAL6 = 0x80fe;

    /** Packets of what is not known of which one is learnt from; a power of two. */
    private static final int NEW_ONES_LEARNT_OF = 8;

    private static final int GO_ON = -1;
    private static final int DROP = 2;
    private static final int STRAIGHT = 1;

    private static final int SMALL_KEY = -4;
    private static final int KEY4 = -24;
    private static final int VALUE = -56;
    private static final int KEY6 = -104;
    private static final int LEARNT = 0;
    private static final int TO_LINK = 8;
    private static final int HOW = 12;
    private static final int TO_HARDWARE = 16;

    private static final Register PACKET = Register.R6;
    private static final Register BEGIN = Register.R7;
    private static final Register END = Register.R8;
    private static final Register FOUND = Register.R9;

    /** Where a packet has what, from its Ethernet header on, and where its key is on the stack. */
    private enum Family {
        IPV4(0x0008, 22, 23, 26, 30, Integer.BYTES, 34, KEY4),
        IPV6(0xdd86, 21, 20, 22, 38, 16, 54, KEY6);

        private final int ethertype;
        private final int hops;
        private final int protocol;
        private final int source;
        private final int destination;
        private final int addressBytes;
        private final int end;
        private final int key;

        /** @param ethertype as the machine reads it */
        Family(int ethertype, int hops, int protocol, int source, int destination, int addressBytes, int end, int key) {
            this.ethertype = ethertype;
            this.hops = hops;
            this.protocol = protocol;
            this.source = source;
            this.destination = destination;
            this.addressBytes = addressBytes;
            this.end = end;
            this.key = key;
        }

        int keySource() {
            return key + Integer.BYTES;
        }

        int keyDestination() {
            return keySource() + addressBytes;
        }

        int keyPorts() {
            return keyDestination() + addressBytes;
        }

        int keyProtocol() {
            return keyPorts() + Integer.BYTES;
        }

        /** A place of a program that each family has. */
        String at(String label) {
            return label + " of " + name();
        }
    }

    private final int guards;
    private final int flows;
    private final int flows6;
    private final int counts;

    /**
     * Programs with maps of their own.
     *
     * @param guards file descriptor of {@link Guard}s by link
     * @param flows  of what was learnt over IPv4
     * @param flows6 of what was learnt over IPv6
     * @param counts of how often it went by {@link Passage}s, 8 bytes for each processor
     */
    public FastPathPrograms(int guards, int flows, int flows6, int counts) {
        this.guards = guards;
        this.flows = flows;
        this.flows6 = flows6;
        this.counts = counts;
    }

    /** Of what comes in by the host's end of a container's cable. */
    public byte[] fromContainer() {
        Assembler program = begin();
        // The number of a packet outlives its way through a cable, and some kernels let a container choose one.
        program.move(Register.R1, 0).store(Width.WORD, PACKET, PACKET_TAG, Register.R1)
                .load(Width.WORD, Register.R1, PACKET, PACKET_LINK)
                .store(Width.WORD, Register.R10, SMALL_KEY, Register.R1);
        lookUp(program, guards, SMALL_KEY);
        program.jump(Condition.EQUAL, Register.R0, 0, "pass").move(FOUND, Register.R0);
        read(program, Family.IPV4.end + TCP_BYTES, "read");
        guard(program);
        for (Family family : Family.values()) {
            program.label(family.at("guarded"))
                    .load(Width.WORD, Register.R1, FOUND, Guard.BRIDGE_OFFSET)
                    .store(Width.WORD, Register.R10, family.key, Register.R1);
            ends(program, family);
            // Too large: the slow path says so to who sent it. What is cut into segments later on fits by itself.
            program.load(Width.WORD, Register.R1, PACKET, PACKET_SEGMENT_LENGTH)
                    .jump(Condition.NOT_EQUAL, Register.R1, 0, family.at("fits"))
                    .load(Width.WORD, Register.R1, PACKET, PACKET_LENGTH)
                    .compute(Operation.SUBTRACT, Register.R1, ETHERNET_BYTES)
                    .load(Width.WORD, Register.R2, FOUND, Guard.MTU_OFFSET)
                    .jump(Condition.GREATER, Register.R1, Register.R2, "pass")
                    .label(family.at("fits"));
            look(program, family, false);
        }
        program.label("known");
        program.load(Width.WORD, Register.R1, FOUND, HOW).jump(Condition.EQUAL, Register.R1, STRAIGHT, "beside");
        count(program, Passage.TO_NODES);
        program.load(Width.WORD, Register.R1, FOUND, TO_LINK).move(Register.R2, 0).call(KernelFunction.REDIRECT).exit();
        program.label("beside");
        count(program, Passage.ON_NODE);
        intoContainer(program);
        program.label("spoofed");
        count(program, Passage.SPOOFED);
        program.move(Register.R0, DROP).exit();
        return end(program);
    }

    /** Of what comes in by the tunnel. */
    public byte[] fromNodes() {
        Assembler program = begin();
        read(program, Family.IPV4.end + TCP_BYTES, "read");
        reaches(program, Family.IPV4.end);
        program.load(Width.HALF, Register.R1, BEGIN, ETHERTYPE)
                .jump(Condition.EQUAL, Register.R1, Family.IPV6.ethertype, Family.IPV6.at("begin"))
                .jump(Condition.NOT_EQUAL, Register.R1, Family.IPV4.ethertype, "pass");
        for (Family family : Family.values()) {
            program.label(family.at("begin"))
                    .load(Width.WORD, Register.R1, PACKET, PACKET_LINK)
                    .store(Width.WORD, Register.R10, family.key, Register.R1);
            ends(program, family);
            look(program, family, true);
        }
        program.label("known");
        count(program, Passage.FROM_NODES);
        intoContainer(program);
        return end(program);
    }

    /**
     * Kernels before 6.16 leave what a packet was for here, which is somebody else where it came to the bridge's hardware address
     * and not to that of the cable's end, and the container would drop it.
     */
    private static void intoContainer(Assembler program) {
        program.move(Register.R1, PACKET).move(Register.R2, 0).call(KernelFunction.CHANGE_TYPE)
                .load(Width.WORD, Register.R1, FOUND, TO_LINK).move(Register.R2, 0).call(KernelFunction.REDIRECT_PEER).exit();
    }

    /** Of what goes out by the tunnel. */
    public byte[] toNodes() {
        return learn(0);
    }

    /** Of what goes out by the host's end of a container's cable. */
    public byte[] toContainer() {
        return learn(STRAIGHT);
    }

    private static Assembler begin() {
        return new Assembler().move(PACKET, Register.R1);
    }

    private static byte[] end(Assembler program) {
        return program.label("pass").move(Register.R0, GO_ON).exit().bytes();
    }

    /** Where the packet's first bytes are: so many of them, or all. */
    private static void read(Assembler program, int bytes, String label) {
        pointers(program);
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, bytes)
                .jump(Condition.AT_LEAST, END, Register.R1, label)
                .load(Width.WORD, Register.R2, PACKET, PACKET_LENGTH)
                .jump(Condition.LESS, Register.R2, bytes, label + " all")
                .move(Register.R2, bytes)
                .label(label + " all")
                .move(Register.R1, PACKET).call(KernelFunction.PULL_DATA);
        pointers(program);
        program.label(label);
    }

    private static void pointers(Assembler program) {
        program.load(Width.WORD, BEGIN, PACKET, PACKET_BEGIN).load(Width.WORD, END, PACKET, PACKET_END);
    }

    /** To "pass" if the packet ends before that. */
    private static void reaches(Assembler program, int bytes) {
        reaches(program, bytes, "pass");
    }

    private static void reaches(Assembler program, int bytes, String otherwise) {
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, bytes)
                .jump(Condition.GREATER, Register.R1, END, otherwise);
    }

    /** To "spoofed", unless that hardware address is the one that follows from the container's address. */
    private static void hardware(Assembler program, int at) {
        program.load(Width.HALF, Register.R1, BEGIN, at).jump(Condition.NOT_EQUAL, Register.R1, HARDWARE_PREFIX, "spoofed")
                .load(Width.WORD, Register.R1, BEGIN, at + Short.BYTES)
                .load(Width.WORD, Register.R2, FOUND, Guard.ADDRESS_OFFSET)
                .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed");
    }

    /**
     * To "spoofed" if it is for one address and not for the bridge's hardware address: neighbours reach each other by the host, whose
     * rules do not see what is bridged where br_netfilter is not loaded, and no policy if it is for many, which a bridge gives to all.
     */
    private static void byTheHost(Assembler program, Family family, int firstMulticast, String forMany) {
        program.load(Width.BYTE, Register.R1, BEGIN, family.destination)
                .jump(Condition.AT_LEAST, Register.R1, firstMulticast, forMany)
                .load(Width.HALF, Register.R1, BEGIN, 0).jump(Condition.NOT_EQUAL, Register.R1, HARDWARE_PREFIX, "spoofed")
                .load(Width.WORD, Register.R1, BEGIN, Short.BYTES).load(Width.WORD, Register.R2, FOUND, Guard.GATEWAY_OFFSET)
                .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed");
    }

    /** To "guarded" of its family, if its source is the container's, and so is what it says of where addresses are. */
    private static void guard(Assembler program) {
        // Within a tag the same packet would look like none of IP here, and like one further on.
        program.load(Width.WORD, Register.R1, PACKET, PACKET_HAS_VLAN)
                .jump(Condition.NOT_EQUAL, Register.R1, 0, "spoofed");
        reaches(program, ETHERNET_BYTES, "spoofed");
        // The bridge sends to the cable that a hardware address was last seen on.
        hardware(program, HARDWARE_SOURCE);
        program.load(Width.HALF, Register.R3, BEGIN, ETHERTYPE)
                .jump(Condition.EQUAL, Register.R3, Family.IPV6.ethertype, "guard6")
                .jump(Condition.EQUAL, Register.R3, ARP_ETHERTYPE, "guard arp")
                .jump(Condition.NOT_EQUAL, Register.R3, Family.IPV4.ethertype, "nowhere");
        reaches(program, Family.IPV4.end, "spoofed");
        byTheHost(program, Family.IPV4, FIRST_MULTICAST, "nowhere");
        program.load(Width.WORD, Register.R1, BEGIN, Family.IPV4.source)
                .load(Width.WORD, Register.R2, FOUND, Guard.ADDRESS_OFFSET)
                .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed")
                .jump(Family.IPV4.at("guarded"));
        // What the host, or a neighbour, would believe of who has which address. Who looks for a free one has none yet.
        program.label("guard arp");
        reaches(program, ARP_END, "spoofed");
        hardware(program, ARP_HARDWARE);
        program.load(Width.WORD, Register.R1, BEGIN, ARP_SOURCE).jump(Condition.EQUAL, Register.R1, 0, "pass")
                .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed").jump("pass");
        program.label("guard6");
        reaches(program, Family.IPV6.end, "spoofed");
        byTheHost(program, Family.IPV6, FIRST_MULTICAST6, "for many");
        program.label("guard source6");
        reaches(program, Family.IPV6.end, "spoofed");
        program.load(Width.WORD, Register.R1, FOUND, Guard.HAS_ADDRESS6_OFFSET).jump(Condition.EQUAL, Register.R1, 0, "pass");
        neighbours(program);
        // Neighbours find each other by what begins with fe80, and by no address at all.
        program.load(Width.HALF, Register.R1, BEGIN, Family.IPV6.source).compute(Operation.AND, Register.R1, LINK_LOCAL_BITS)
                .jump(Condition.EQUAL, Register.R1, LINK_LOCAL6, "pass")
                .move(Register.R3, 0);
        for (int i = 0; i < Family.IPV6.addressBytes; i += Integer.BYTES) {
            program.load(Width.WORD, Register.R1, BEGIN, Family.IPV6.source + i)
                    .compute(Operation.OR, Register.R3, Register.R1);
        }
        program.jump(Condition.EQUAL, Register.R3, 0, "pass");
        address6(program, Family.IPV6.source);
        program.jump(Family.IPV6.at("guarded"));
        // The host is asked for its hardware address by a group.
        program.label("for many").load(Width.BYTE, Register.R1, BEGIN, Family.IPV6.protocol)
                .jump(Condition.NOT_EQUAL, Register.R1, ICMP6, "nowhere");
        read(program, NEIGHBOUR_END, "read for many");
        reaches(program, NEIGHBOUR_END, "nowhere");
        program.load(Width.BYTE, Register.R1, BEGIN, Family.IPV6.end)
                .jump(Condition.EQUAL, Register.R1, SOLICITATION, "guard source6")
                .label("nowhere").move(Register.R0, DROP).exit();
    }

    /** To "spoofed", unless that is the container's IPv6 address. */
    private static void address6(Assembler program, int at) {
        for (int i = 0; i < Family.IPV6.addressBytes; i += Integer.BYTES) {
            program.load(Width.WORD, Register.R1, BEGIN, at + i)
                    .load(Width.WORD, Register.R2, FOUND, Guard.ADDRESS6_OFFSET + i)
                    .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed");
        }
    }

    /**
     * To "spoofed" if it tells neighbours that the container has an address that is not its own, or is a router. Such are believed
     * with a hop limit of 255 alone (RFC 4861, 7.1), also behind headers between, which nothing else has with it.
     */
    private static void neighbours(Assembler program) {
        program.load(Width.BYTE, Register.R1, BEGIN, Family.IPV6.hops).jump(Condition.NOT_EQUAL, Register.R1, 255, "no news")
                .load(Width.BYTE, Register.R1, BEGIN, Family.IPV6.protocol)
                .jump(Condition.EQUAL, Register.R1, TCP, "no news").jump(Condition.EQUAL, Register.R1, UDP, "no news")
                .jump(Condition.NOT_EQUAL, Register.R1, ICMP6, "spoofed");
        // Only of these so much is looked at.
        read(program, NEIGHBOUR_END, "read news");
        reaches(program, Family.IPV6.end + 1, "spoofed");
        program.load(Width.BYTE, Register.R1, BEGIN, Family.IPV6.end)
                .jump(Condition.EQUAL, Register.R1, ROUTER, "spoofed").jump(Condition.EQUAL, Register.R1, REDIRECT6, "spoofed")
                .jump(Condition.NOT_EQUAL, Register.R1, NEIGHBOUR, "no news");
        reaches(program, NEIGHBOUR_END, "spoofed");
        program.load(Width.HALF, Register.R1, BEGIN, NEIGHBOUR_ADDRESS).compute(Operation.AND, Register.R1, LINK_LOCAL_BITS)
                .jump(Condition.EQUAL, Register.R1, LINK_LOCAL6, "no news");
        address6(program, NEIGHBOUR_ADDRESS);
        program.label("no news");
        reaches(program, Family.IPV6.end, "spoofed");
    }

    /** Fills the key but for its link; to "pass" if it is no packet of UDP or TCP, whole and with nothing before these. */
    private static void ends(Assembler program, Family family) {
        if (family == Family.IPV6) {
            read(program, family.end + TCP_BYTES, family.at("read"));
        }
        packetEnds(program, family);
    }

    private static void packetEnds(Assembler program, Family family) {
        reaches(program, family.end + UDP_BYTES);
        program.load(Width.BYTE, Register.R1, BEGIN, VERSION_AND_LENGTH);
        switch (family) {
            case IPV4 -> program.jump(Condition.NOT_EQUAL, Register.R1, NO_OPTIONS, "pass")
                    .load(Width.HALF, Register.R1, BEGIN, FRAGMENT)
                    .jump(Condition.ANY_BIT, Register.R1, FRAGMENT_BITS, "pass");
            case IPV6 -> program.compute(Operation.AND, Register.R1, VERSION_BITS)
                    .jump(Condition.NOT_EQUAL, Register.R1, VERSION_6, "pass");
        }
        for (int i = 0; i < family.addressBytes; i += Integer.BYTES) {
            program.load(Width.WORD, Register.R1, BEGIN, family.source + i)
                    .store(Width.WORD, Register.R10, family.keySource() + i, Register.R1)
                    .load(Width.WORD, Register.R1, BEGIN, family.destination + i)
                    .store(Width.WORD, Register.R10, family.keyDestination() + i, Register.R1);
        }
        program.load(Width.WORD, Register.R1, BEGIN, family.end)
                .store(Width.WORD, Register.R10, family.keyPorts(), Register.R1)
                .load(Width.BYTE, Register.R1, BEGIN, family.protocol)
                .store(Width.WORD, Register.R10, family.keyProtocol(), Register.R1)
                .jump(Condition.EQUAL, Register.R1, UDP, family.at("ends"))
                .jump(Condition.NOT_EQUAL, Register.R1, TCP, "pass");
        reaches(program, family.end + TCP_BYTES);
        program.label(family.at("ends"));
    }

    /**
     * To "pass", tagged, if nothing is known of the packet's connection or that was too long ago. Otherwise the packet is as the
     * slow path would have made it, FOUND is what was learnt, and the program goes on at "known". Leaves PACKET and BEGIN alone.
     */
    private void look(Assembler program, Family family, boolean straightAlone) {
        lookUp(program, flows(family), family.key);
        program.jump(Condition.EQUAL, Register.R0, 0, family.at("new")).move(Register.R5, Register.R0);
        if (straightAlone) { // what came by the tunnel and left by it, as while a block moves, has no cable at its end
            program.load(Width.WORD, Register.R1, Register.R5, HOW).jump(Condition.NOT_EQUAL, Register.R1, STRAIGHT, "pass");
        }
        plain(program, family, family.at("over"));
        program.move(FOUND, Register.R5).call(KernelFunction.CLOCK_COARSE_NANOS).load(Width.DOUBLE, Register.R1, FOUND, LEARNT)
                .compute(Operation.SUBTRACT, Register.R0, Register.R1)
                .jump(Condition.GREATER, Register.R0, BELIEVED_MILLIS * 1_000_000, family.at("unknown"))
                .load(Width.BYTE, Register.R1, BEGIN, family.hops).jump(Condition.LESS, Register.R1, 2, "pass")
                .compute(Operation.SUBTRACT, Register.R1, 1).store(Width.BYTE, BEGIN, family.hops, Register.R1);
        if (family == Family.IPV4) {
            // One less in the upper byte is one more of the sum, as packets have it, whose carry comes back in (RFC 1141).
            program.load(Width.HALF, Register.R1, BEGIN, CHECKSUM).compute(Operation.ADD, Register.R1, 1)
                    .jump(Condition.LESS, Register.R1, 0xffff, "summed").compute(Operation.ADD, Register.R1, 1)
                    .label("summed").store(Width.HALF, BEGIN, CHECKSUM, Register.R1);
        }
        program.load(Width.DOUBLE, Register.R1, FOUND, TO_HARDWARE).store(Width.DOUBLE, BEGIN, 0, Register.R1)
                .load(Width.WORD, Register.R1, FOUND, TO_HARDWARE + Long.BYTES)
                .store(Width.WORD, BEGIN, Long.BYTES, Register.R1)
                .jump("known");
        program.label(family.at("over"));
        program.loadMap(Register.R1, flows(family)).move(Register.R2, Register.R10).compute(Operation.ADD, Register.R2, family.key)
                .call(KernelFunction.MAP_DELETE_ELEMENT).jump("pass");
        // Most connections end before it is worth it to remember them.
        program.label(family.at("new")).call(KernelFunction.GET_PRANDOM_U32)
                .compute(Operation.AND, Register.R0, NEW_ONES_LEARNT_OF - 1).jump(Condition.NOT_EQUAL, Register.R0, 0, "pass");
        program.label(family.at("unknown"));
        plain(program, family, "pass");
        tag(program, family);
        program.store(Width.WORD, PACKET, PACKET_TAG, Register.R1).jump("pass");
    }

    private int flows(Family family) {
        return switch (family) {
            case IPV4 -> flows;
            case IPV6 -> flows6;
        };
    }

    /** To that place, if it is of TCP and more than data. Changes R1. */
    private static void plain(Assembler program, Family family, String otherwise) {
        String plain = family.at(otherwise + " not");
        program.load(Width.WORD, Register.R1, Register.R10, family.keyProtocol()).jump(Condition.EQUAL, Register.R1, UDP, plain);
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, family.end + TCP_BYTES)
                .jump(Condition.GREATER, Register.R1, END, "pass")
                .load(Width.BYTE, Register.R1, BEGIN, family.end + TCP_FLAGS)
                .compute(Operation.AND, Register.R1, TCP_STATE_BITS)
                .jump(Condition.NOT_EQUAL, Register.R1, TCP_ACK, otherwise)
                .label(plain);
    }

    /** Into R1: 16 bits, never 0, that other ends or ports hardly have in common. Changes R2. */
    private static void tag(Assembler program, Family family) {
        program.move(Register.R1, 0);
        for (int place = family.keySource(); place <= family.keyPorts(); place += Integer.BYTES) {
            program.load(Width.WORD, Register.R2, Register.R10, place)
                    .compute(Operation.EXCLUSIVE_OR, Register.R1, Register.R2)
                    .compute(Operation.MULTIPLY, Register.R1, 0x5bd1e995)
                    .move(Register.R2, Register.R1).compute(Operation.SHIFT_RIGHT, Register.R2, 29)
                    .compute(Operation.EXCLUSIVE_OR, Register.R1, Register.R2);
        }
        program.compute(Operation.SHIFT_RIGHT, Register.R1, 16).compute(Operation.AND, Register.R1, 0xffff)
                .compute(Operation.OR, Register.R1, 1);
    }

    /** What came this far as it was is what others like it may do as well. */
    private byte[] learn(int how) {
        Assembler program = begin().load(Width.WORD, FOUND, PACKET, PACKET_TAG)
                .jump(Condition.EQUAL, FOUND, 0, "pass")
                .move(Register.R1, 0).store(Width.WORD, PACKET, PACKET_TAG, Register.R1);
        pointers(program);
        reaches(program, Family.IPV4.end);
        program.load(Width.HALF, Register.R1, BEGIN, ETHERTYPE)
                .jump(Condition.EQUAL, Register.R1, Family.IPV6.ethertype, Family.IPV6.at("begin"))
                .jump(Condition.NOT_EQUAL, Register.R1, Family.IPV4.ethertype, "pass");
        for (Family family : Family.values()) {
            program.label(family.at("begin"))
                    .load(Width.WORD, Register.R1, PACKET, PACKET_FROM_LINK)
                    .store(Width.WORD, Register.R10, family.key, Register.R1);
            packetEnds(program, family);
            plain(program, family, "pass");
            tag(program, family);
            program.jump(Condition.NOT_EQUAL, Register.R1, FOUND, "pass")
                    .call(KernelFunction.CLOCK_COARSE_NANOS).store(Width.DOUBLE, Register.R10, VALUE + LEARNT, Register.R0)
                    .load(Width.WORD, Register.R1, PACKET, PACKET_LINK)
                    .store(Width.WORD, Register.R10, VALUE + TO_LINK, Register.R1)
                    .store(Width.WORD, Register.R10, VALUE + HOW, how);
            for (int i = 0; i < HARDWARE_BYTES; i += Integer.BYTES) {
                program.load(Width.WORD, Register.R1, BEGIN, i)
                        .store(Width.WORD, Register.R10, VALUE + TO_HARDWARE + i, Register.R1);
            }
            program.store(Width.WORD, Register.R10, VALUE + TO_HARDWARE + HARDWARE_BYTES, 0);
            program.loadMap(Register.R1, flows(family)).move(Register.R2, Register.R10).compute(Operation.ADD, Register.R2, family.key)
                    .move(Register.R3, Register.R10).compute(Operation.ADD, Register.R3, VALUE).move(Register.R4, 0)
                    .call(KernelFunction.MAP_UPDATE_ELEMENT).jump("pass");
        }
        return end(program);
    }

    private static void lookUp(Assembler program, int map, int key) {
        program.loadMap(Register.R1, map).move(Register.R2, Register.R10).compute(Operation.ADD, Register.R2, key)
                .call(KernelFunction.MAP_LOOKUP_ELEMENT);
    }

    private void count(Assembler program, Passage passage) {
        String counted = "counted " + passage;
        program.store(Width.WORD, Register.R10, SMALL_KEY, passage.ordinal());
        lookUp(program, counts, SMALL_KEY);
        program.jump(Condition.EQUAL, Register.R0, 0, counted).load(Width.DOUBLE, Register.R1, Register.R0, 0)
                .compute(Operation.ADD, Register.R1, 1).store(Width.DOUBLE, Register.R0, 0, Register.R1)
                .label(counted);
    }
}
