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
 * <p>Only UDP and TCP over IPv4, and of TCP what neither begins nor ends a connection. All else goes the slow path, and so does
 * everything if any of the programs is missing.
 *
 * <p>What comes out of a container and is not from its address is dropped, whatever it is.
 */
public final class FastPathPrograms {
    /** Of a connection's direction: index of the link that packets come from, both addresses, both ports, protocol. */
    public static final int FLOW_KEY_BYTES = 20;
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
    private static final int ETHERTYPE = 12;
    private static final int ETHERNET_BYTES = 14;
    private static final int VERSION_AND_LENGTH = 14;
    private static final int FRAGMENT = 20;
    private static final int TTL = 22;
    private static final int PROTOCOL = 23;
    private static final int CHECKSUM = 24;
    private static final int SOURCE = 26;
    private static final int DESTINATION = 30;
    private static final int PORTS = 34;
    private static final int UDP_END = 42;
    private static final int TCP_FLAGS = 47;
    private static final int TCP_END = 54;
    private static final int IPV4_END = 34;
    private static final int SOURCE6 = 22;
    private static final int IPV6_END = 54;
    private static final int IPV4_ETHERTYPE = 0x0008;
    private static final int IPV6_ETHERTYPE = 0xdd86;
    private static final int NO_OPTIONS = 0x45;
    private static final int FRAGMENT_BITS = 0xff3f;
    private static final int TCP = 6;
    private static final int UDP = 17;
    /** FIN, SYN, RST, ACK: of data the last alone. */
    private static final int TCP_STATE_BITS = 0x17;
    private static final int TCP_ACK = 0x10;
    private static final int LINK_LOCAL_BITS = 0xc0ff;
    private static final int LINK_LOCAL6 = 0x80fe;

    private static final int GO_ON = -1;
    private static final int DROP = 2;
    private static final int STRAIGHT = 1;

    private static final int KEY = -24;
    private static final int KEY_LINK = KEY;
    private static final int KEY_SOURCE = KEY + 4;
    private static final int KEY_DESTINATION = KEY + 8;
    private static final int KEY_PORTS = KEY + 12;
    private static final int KEY_PROTOCOL = KEY + 16;
    private static final int SMALL_KEY = -4;
    private static final int VALUE = -56;
    private static final int LEARNT = 0;
    private static final int TO_LINK = 8;
    private static final int HOW = 12;
    private static final int TO_HARDWARE = 16;

    private static final Register PACKET = Register.R6;
    private static final Register BEGIN = Register.R7;
    private static final Register END = Register.R8;
    private static final Register FOUND = Register.R9;

    private final int guards;
    private final int flows;
    private final int counts;

    /**
     * Programs with maps of their own.
     *
     * @param guards file descriptor of {@link Guard}s by link
     * @param flows  of what was learnt
     * @param counts of how often it went by {@link Passage}s, 8 bytes for each processor
     */
    public FastPathPrograms(int guards, int flows, int counts) {
        this.guards = guards;
        this.flows = flows;
        this.counts = counts;
    }

    /** Of what comes in by the host's end of a container's cable. */
    public byte[] fromContainer() {
        Assembler program = begin();
        program.load(Width.WORD, Register.R1, PACKET, PACKET_LINK)
                .store(Width.WORD, Register.R10, SMALL_KEY, Register.R1);
        lookUp(program, guards, SMALL_KEY);
        program.jump(Condition.EQUAL, Register.R0, 0, "pass").move(FOUND, Register.R0);
        read(program);
        guard(program);
        program.load(Width.WORD, Register.R1, FOUND, Guard.BRIDGE_OFFSET)
                .store(Width.WORD, Register.R10, KEY_LINK, Register.R1);
        ends(program);
        // Too large: the slow path says so to who sent it. What is cut into segments later on fits by itself.
        program.load(Width.WORD, Register.R1, PACKET, PACKET_SEGMENT_LENGTH)
                .jump(Condition.NOT_EQUAL, Register.R1, 0, "fits")
                .load(Width.WORD, Register.R1, PACKET, PACKET_LENGTH)
                .compute(Operation.SUBTRACT, Register.R1, ETHERNET_BYTES)
                .load(Width.WORD, Register.R2, FOUND, Guard.MTU_OFFSET)
                .jump(Condition.GREATER, Register.R1, Register.R2, "pass")
                .label("fits");
        look(program);
        program.load(Width.WORD, Register.R1, FOUND, HOW).jump(Condition.EQUAL, Register.R1, STRAIGHT, "beside");
        count(program, Passage.TO_NODES);
        program.load(Width.WORD, Register.R1, FOUND, TO_LINK).move(Register.R2, 0).call(KernelFunction.REDIRECT).exit();
        program.label("beside");
        count(program, Passage.ON_NODE);
        program.load(Width.WORD, Register.R1, FOUND, TO_LINK).move(Register.R2, 0).call(KernelFunction.REDIRECT_PEER).exit();
        program.label("spoofed");
        count(program, Passage.SPOOFED);
        program.move(Register.R0, DROP).exit();
        return end(program);
    }

    /** Of what comes in by the tunnel. */
    public byte[] fromNodes() {
        Assembler program = begin();
        read(program);
        program.load(Width.WORD, Register.R1, PACKET, PACKET_LINK)
                .store(Width.WORD, Register.R10, KEY_LINK, Register.R1);
        ends(program);
        look(program);
        count(program, Passage.FROM_NODES);
        program.load(Width.WORD, Register.R1, FOUND, TO_LINK).move(Register.R2, 0).call(KernelFunction.REDIRECT_PEER).exit();
        return end(program);
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

    /** Where the packet's first bytes are; as many of them as any of this looks at, or all. */
    private static void read(Assembler program) {
        pointers(program);
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, TCP_END)
                .jump(Condition.AT_LEAST, END, Register.R1, "readable")
                .load(Width.WORD, Register.R2, PACKET, PACKET_LENGTH)
                .jump(Condition.LESS, Register.R2, TCP_END, "short")
                .move(Register.R2, TCP_END)
                .label("short")
                .move(Register.R1, PACKET).call(KernelFunction.PULL_DATA);
        pointers(program);
        program.label("readable");
    }

    private static void pointers(Assembler program) {
        program.load(Width.WORD, BEGIN, PACKET, PACKET_BEGIN).load(Width.WORD, END, PACKET, PACKET_END);
    }

    /** To "pass" if the packet ends before that. */
    private static void reaches(Assembler program, int bytes) {
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, bytes)
                .jump(Condition.GREATER, Register.R1, END, "pass");
    }

    /** To "spoofed", unless its source is the container's. */
    private static void guard(Assembler program) {
        // Within a tag the same packet would look like none of IP here, and like one further on.
        program.load(Width.WORD, Register.R1, PACKET, PACKET_HAS_VLAN)
                .jump(Condition.NOT_EQUAL, Register.R1, 0, "spoofed");
        reaches(program, IPV4_END);
        program.load(Width.HALF, Register.R2, BEGIN, ETHERTYPE)
                .jump(Condition.EQUAL, Register.R2, IPV6_ETHERTYPE, "guard6")
                .jump(Condition.NOT_EQUAL, Register.R2, IPV4_ETHERTYPE, "pass")
                .load(Width.WORD, Register.R1, BEGIN, SOURCE)
                .load(Width.WORD, Register.R2, FOUND, Guard.ADDRESS_OFFSET)
                .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed")
                .jump("guarded");
        program.label("guard6").load(Width.WORD, Register.R1, FOUND, Guard.HAS_ADDRESS6_OFFSET)
                .jump(Condition.EQUAL, Register.R1, 0, "pass");
        reaches(program, IPV6_END);
        // Neighbours find each other by what begins with fe80, and by no address at all.
        program.load(Width.HALF, Register.R1, BEGIN, SOURCE6).compute(Operation.AND, Register.R1, LINK_LOCAL_BITS)
                .jump(Condition.EQUAL, Register.R1, LINK_LOCAL6, "pass")
                .move(Register.R3, 0);
        for (int i = 0; i < 4; i++) {
            program.load(Width.WORD, Register.R1, BEGIN, SOURCE6 + i * Integer.BYTES)
                    .compute(Operation.OR, Register.R3, Register.R1);
        }
        program.jump(Condition.EQUAL, Register.R3, 0, "pass");
        for (int i = 0; i < 4; i++) {
            program.load(Width.WORD, Register.R1, BEGIN, SOURCE6 + i * Integer.BYTES)
                    .load(Width.WORD, Register.R2, FOUND, Guard.ADDRESS6_OFFSET + i * Integer.BYTES)
                    .jump(Condition.NOT_EQUAL, Register.R1, Register.R2, "spoofed");
        }
        program.jump("pass").label("guarded");
    }

    /** Fills the key but for its link; to "pass" if it is no packet of UDP or TCP over IPv4, whole and without options. */
    private static void ends(Assembler program) {
        reaches(program, UDP_END);
        program.load(Width.HALF, Register.R1, BEGIN, ETHERTYPE)
                .jump(Condition.NOT_EQUAL, Register.R1, IPV4_ETHERTYPE, "pass")
                .load(Width.BYTE, Register.R1, BEGIN, VERSION_AND_LENGTH)
                .jump(Condition.NOT_EQUAL, Register.R1, NO_OPTIONS, "pass")
                .load(Width.HALF, Register.R1, BEGIN, FRAGMENT)
                .jump(Condition.ANY_BIT, Register.R1, FRAGMENT_BITS, "pass")
                .load(Width.WORD, Register.R3, BEGIN, SOURCE).store(Width.WORD, Register.R10, KEY_SOURCE, Register.R3)
                .load(Width.WORD, Register.R4, BEGIN, DESTINATION).store(Width.WORD, Register.R10, KEY_DESTINATION, Register.R4)
                .load(Width.WORD, Register.R5, BEGIN, PORTS).store(Width.WORD, Register.R10, KEY_PORTS, Register.R5)
                .load(Width.BYTE, Register.R1, BEGIN, PROTOCOL).store(Width.WORD, Register.R10, KEY_PROTOCOL, Register.R1)
                .jump(Condition.EQUAL, Register.R1, UDP, "ends")
                .jump(Condition.NOT_EQUAL, Register.R1, TCP, "pass");
        reaches(program, TCP_END);
        program.label("ends");
    }

    /**
     * To "pass", tagged, if nothing is known of the packet's connection or that was too long ago. Otherwise the packet is as the
     * long way would have made it, and FOUND is what was learnt. Leaves PACKET and BEGIN alone.
     */
    private void look(Assembler program) {
        lookUp(program, flows, KEY);
        program.jump(Condition.EQUAL, Register.R0, 0, "unknown").move(FOUND, Register.R0);
        plain(program, "over");
        program.call(KernelFunction.CLOCK_COARSE_NANOS).load(Width.DOUBLE, Register.R1, FOUND, LEARNT)
                .compute(Operation.SUBTRACT, Register.R0, Register.R1)
                .jump(Condition.GREATER, Register.R0, BELIEVED_MILLIS * 1_000_000, "unknown")
                .load(Width.BYTE, Register.R1, BEGIN, TTL).jump(Condition.LESS, Register.R1, 2, "pass")
                .compute(Operation.SUBTRACT, Register.R1, 1).store(Width.BYTE, BEGIN, TTL, Register.R1)
                // One less in the upper byte is one more of the sum, as packets have it, whose carry comes back in (RFC 1141).
                .load(Width.HALF, Register.R1, BEGIN, CHECKSUM).compute(Operation.ADD, Register.R1, 1)
                .jump(Condition.LESS, Register.R1, 0xffff, "summed").compute(Operation.ADD, Register.R1, 1)
                .label("summed").store(Width.HALF, BEGIN, CHECKSUM, Register.R1)
                .load(Width.DOUBLE, Register.R1, FOUND, TO_HARDWARE).store(Width.DOUBLE, BEGIN, 0, Register.R1)
                .load(Width.WORD, Register.R1, FOUND, TO_HARDWARE + Long.BYTES)
                .store(Width.WORD, BEGIN, Long.BYTES, Register.R1)
                .jump("known");
        program.label("over");
        program.loadMap(Register.R1, flows).move(Register.R2, Register.R10).compute(Operation.ADD, Register.R2, KEY)
                .call(KernelFunction.MAP_DELETE_ELEMENT).jump("pass");
        program.label("unknown");
        plain(program, "pass");
        tag(program);
        program.store(Width.WORD, PACKET, PACKET_TAG, Register.R1).jump("pass").label("known");
    }

    /** To that place, if it is of TCP and more than data. */
    private static void plain(Assembler program, String otherwise) {
        String plain = otherwise + " not";
        program.load(Width.WORD, Register.R1, Register.R10, KEY_PROTOCOL).jump(Condition.EQUAL, Register.R1, UDP, plain);
        program.move(Register.R1, BEGIN).compute(Operation.ADD, Register.R1, TCP_END)
                .jump(Condition.GREATER, Register.R1, END, "pass")
                .load(Width.BYTE, Register.R1, BEGIN, TCP_FLAGS)
                .compute(Operation.AND, Register.R1, TCP_STATE_BITS)
                .jump(Condition.NOT_EQUAL, Register.R1, TCP_ACK, otherwise)
                .label(plain);
    }

    /** Into R1: 16 bits, never 0, that other ends or ports hardly have in common. Changes R2 and R3. */
    private static void tag(Assembler program) {
        program.load(Width.WORD, Register.R1, Register.R10, KEY_SOURCE).compute(Operation.MULTIPLY, Register.R1, 0x9e3779b)
                .load(Width.WORD, Register.R2, Register.R10, KEY_DESTINATION).compute(Operation.MULTIPLY, Register.R2, 0x5bd1e995)
                .load(Width.WORD, Register.R3, Register.R10, KEY_PORTS).compute(Operation.MULTIPLY, Register.R3, 0x2c1b3c6d)
                .compute(Operation.EXCLUSIVE_OR, Register.R1, Register.R2)
                .compute(Operation.ADD, Register.R1, Register.R3)
                .move(Register.R2, Register.R1).compute(Operation.SHIFT_RIGHT, Register.R2, 29)
                .compute(Operation.EXCLUSIVE_OR, Register.R1, Register.R2)
                .compute(Operation.MULTIPLY, Register.R1, 0x297a2d39)
                .compute(Operation.SHIFT_RIGHT, Register.R1, 48)
                .compute(Operation.OR, Register.R1, 1);
    }

    /** What came this far as it was is what others like it may do as well. */
    private byte[] learn(int how) {
        Assembler program = begin().load(Width.WORD, FOUND, PACKET, PACKET_TAG)
                .jump(Condition.EQUAL, FOUND, 0, "pass")
                .move(Register.R1, 0).store(Width.WORD, PACKET, PACKET_TAG, Register.R1);
        pointers(program);
        program.load(Width.WORD, Register.R1, PACKET, PACKET_FROM_LINK)
                .store(Width.WORD, Register.R10, KEY_LINK, Register.R1);
        ends(program);
        plain(program, "pass");
        tag(program);
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
        program.loadMap(Register.R1, flows).move(Register.R2, Register.R10).compute(Operation.ADD, Register.R2, KEY)
                .move(Register.R3, Register.R10).compute(Operation.ADD, Register.R3, VALUE).move(Register.R4, 0)
                .call(KernelFunction.MAP_UPDATE_ELEMENT);
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
