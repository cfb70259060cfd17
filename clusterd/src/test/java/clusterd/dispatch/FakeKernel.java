package clusterd.dispatch;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import linux.netlink.Attributes;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.MalformedReplyException;
import linux.netlink.MessageFlag;
import linux.netlink.MessageType;
import linux.netlink.NeighbourInfo;
import linux.netlink.NetlinkHeader;
import linux.netlink.NetlinkRequest;
import linux.netlink.NftablesMessages;
import linux.netlink.NftablesMessages.Element;
import linux.netlink.RouteInfo;
import linux.netlink.VxlanInfo;
import overlaynet.balance.BalanceElements;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Tables;

/**
 * What a node's kernel has of shared networks: links, routes, neighbours, forwarding entries, and nf_tables' sets and maps. It reads
 * the very messages and commands that a kernel is sent, and refuses what a kernel refuses. Each write may fail, and anybody may
 * take something away.
 */
final class FakeKernel {
    private static final int AF_BRIDGE = 7;
    private static final int PERMANENT = 0x80;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFF_UP = 1;
    private static final int LINK_STRUCT_BYTES = 16;
    private static final int ADD_ELEMENTS = 10 << 8 | 12;
    private static final int DELETE_ELEMENTS = 10 << 8 | 14;
    private static final int NFGENMSG_BYTES = 4;
    private static final Pattern ELEMENTS = Pattern.compile("(add|delete) element inet (\\S+) (\\S+) \\{ (.*) \\}");
    private static final Pattern SET = Pattern.compile(" *set ((?:some|nodes)\\S+) \\{ type .*");
    private static final Pattern DELETE_TABLE = Pattern.compile("delete table inet (\\S+)");

    /** What may come before a write. */
    interface Trouble {
        /** Nothing goes wrong. */
        Trouble NONE = () -> { };

        /** Fails, or ends the agent that writes. */
        void beforeWrite() throws IOException;
    }

    /** A tunnel's link, and what hangs on it. */
    private static final class Link {
        private LinkInfo info;
        private final Optional<VxlanInfo> vxlan;
        private final Map<HardwareAddress, InetAddress> forwarding = new LinkedHashMap<>();
        private final Map<InetAddress, HardwareAddress> neighbours = new LinkedHashMap<>();
        private final Map<Subnet, RouteInfo> routes = new LinkedHashMap<>();

        Link(LinkInfo info, Optional<VxlanInfo> vxlan) {
            this.info = info;
            this.vxlan = vxlan;
        }
    }

    /** A route of the host, without a link of its own. */
    private record Own(Subnet to, int type) {
    }

    private final Map<String, Link> links = new TreeMap<>();
    private final Map<Own, RouteInfo> own = new LinkedHashMap<>();
    private final Set<String> bridges = new TreeSet<>();
    private final Map<String, Map<String, Set<String>>> policies = new TreeMap<>();
    private Optional<Map<String, Map<String, Element>>> balance = Optional.empty();
    private Trouble trouble = Trouble.NONE;
    private boolean touched;
    /** Counts what becomes of links, so that who has seen one need not look again. */
    private long linkChanges;
    private int nextIndex = 10;
    private long writes;

    void trouble(Trouble what) {
        trouble = what;
    }

    /** How much was written to it. */
    long writes() {
        return writes;
    }

    private void write() throws IOException {
        trouble.beforeWrite();
        writes++;
    }

    /** The machine was switched off. */
    void clear() {
        linkChanges++;
        links.clear();
        own.clear();
        bridges.clear();
        policies.clear();
        balance = Optional.empty();
    }

    Tables tables(String linkName) {
        Link link = links.get(linkName);
        if (link == null) {
            return Tables.NOTHING;
        }
        int index = link.info.index();
        List<NeighbourInfo> neighbours = new ArrayList<>();
        link.neighbours.forEach((address, hardware) ->
                neighbours.add(new NeighbourInfo(index, Optional.of(address), Optional.of(hardware), PERMANENT)));
        List<NeighbourInfo> forwarding = new ArrayList<>();
        link.forwarding.forEach((hardware, remote) ->
                forwarding.add(new NeighbourInfo(index, Optional.of(remote), Optional.of(hardware), PERMANENT)));
        return new Tables(Optional.of(link.info), link.vxlan, List.copyOf(link.routes.values()), neighbours, forwarding);
    }

    /** Another number if any link, or what hangs on it, was changed since. */
    long linkChanges() {
        return linkChanges;
    }

    /** Routes without a tunnel. */
    List<RouteInfo> routes() {
        return List.copyOf(own.values());
    }

    Set<String> links() {
        return Set.copyOf(links.keySet());
    }

    Set<String> bridges() {
        return bridges;
    }

    void addBridge(String name) throws IOException {
        if (!bridges.contains(name)) {
            write();
            bridges.add(name);
        }
    }

    void removeBridge(String name) throws IOException {
        write();
        bridges.remove(name);
    }

    void removeLink(String name) throws IOException {
        write();
        linkChanges++;
        links.remove(name);
    }

    /** Carries out a message of {@code rtnetlink(7)}. */
    void request(NetlinkRequest request) throws IOException {
        write();
        linkChanges++;
        byte[] message = request.message();
        NetlinkHeader header = NetlinkHeader.read(message, 0);
        byte[] payload = Arrays.copyOfRange(message, NetlinkHeader.BYTES, message.length);
        try {
            switch (header.type()) {
                case MessageType.NEW_LINK -> {
                    if ((header.flags() & MessageFlag.CREATE) != 0) {
                        create(payload, request);
                    } else {
                        change(payload, request);
                    }
                }
                case MessageType.DELETE_LINK -> links.remove(link(index(payload), request).info.name());
                case MessageType.NEW_ROUTE -> add(RouteInfo.decode(payload), request);
                case MessageType.DELETE_ROUTE -> delete(RouteInfo.decode(payload), request);
                case MessageType.NEW_NEIGHBOUR -> neighbour(NeighbourInfo.decode(payload), payload[0] == AF_BRIDGE, true, request);
                case MessageType.DELETE_NEIGHBOUR ->
                        neighbour(NeighbourInfo.decode(payload), payload[0] == AF_BRIDGE, false, request);
                default -> throw refused("EOPNOTSUPP", request);
            }
        } catch (MalformedReplyException malformed) {
            throw new IllegalStateException(request.toString(), malformed);
        }
    }

    /** Of a message that a kernel refuses although whoever sent it had looked. */
    private static IllegalStateException refused(String how, NetlinkRequest request) {
        return new IllegalStateException(how + ": " + request);
    }

    private static int index(byte[] payload) {
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    }

    private Link link(int index, NetlinkRequest request) {
        return links.values().stream().filter(each -> each.info.index() == index).findFirst()
                .orElseThrow(() -> refused("ENODEV", request));
    }

    private void create(byte[] payload, NetlinkRequest request) throws MalformedReplyException {
        LinkInfo said = LinkInfo.decode(payload);
        if (links.containsKey(said.name())) {
            throw refused("EEXIST", request);
        }
        links.put(said.name(), new Link(new LinkInfo(nextIndex++, said.name(), said.flags(), 1_430,
                Optional.of(new HardwareAddress(0x020000000000L + nextIndex)), OptionalInt.empty(), said.kind()),
                VxlanInfo.decode(payload)));
    }

    private void change(byte[] payload, NetlinkRequest request) {
        Link link = link(index(payload), request);
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        Attributes attributes = Attributes.read(payload, LINK_STRUCT_BYTES);
        int mask = header.getInt(12);
        LinkInfo before = link.info;
        link.info = new LinkInfo(before.index(), before.name(), before.flags() & ~mask | header.getInt(8) & mask,
                attributes.u32(IFLA_MTU).orElse(before.mtuBytes()), attributes.hardwareAddress(IFLA_ADDRESS)
                        .or(before::address), before.master(), before.kind());
    }

    private void add(RouteInfo route, NetlinkRequest request) {
        Subnet to = new Subnet(route.destination().orElseThrow(), route.prefixLength());
        if (route.linkIndex().isEmpty()) {
            if (own.putIfAbsent(new Own(to, route.type()), route) != null) {
                throw refused("EEXIST", request);
            }
            return;
        }
        Link link = link(route.linkIndex().getAsInt(), request);
        if (!link.info.up()) {
            throw refused("ENETDOWN", request);
        }
        if (links.values().stream().anyMatch(each -> each.routes.containsKey(to))) {
            throw refused("EEXIST", request);
        }
        link.routes.put(to, route);
    }

    private void delete(RouteInfo route, NetlinkRequest request) {
        Subnet to = new Subnet(route.destination().orElseThrow(), route.prefixLength());
        Object gone = route.linkIndex().isEmpty() ? own.remove(new Own(to, route.type()))
                : link(route.linkIndex().getAsInt(), request).routes.remove(to);
        if (gone == null) {
            throw refused("ESRCH", request);
        }
    }

    private void neighbour(NeighbourInfo said, boolean forwarding, boolean adds, NetlinkRequest request) {
        Link link = link(said.linkIndex(), request);
        InetAddress address = said.address().orElseThrow();
        if (adds && forwarding) {
            link.forwarding.put(said.hardware().orElseThrow(), address);
        } else if (adds) {
            link.neighbours.put(address, said.hardware().orElseThrow());
        } else if (forwarding ? !link.forwarding.remove(said.hardware().orElseThrow(), address)
                : link.neighbours.remove(address) == null) {
            throw refused("ENOENT", request);
        }
    }

    /** Whether the table that balances is there. */
    boolean hasBalance() {
        return balance.isPresent();
    }

    void makeBalance() throws IOException {
        write();
        Map<String, Map<String, Element>> maps = new HashMap<>();
        BalanceElements.names().forEach(each -> maps.put(each, new HashMap<>()));
        balance = Optional.of(maps);
    }

    void removeBalance() throws IOException {
        write();
        balance = Optional.empty();
    }

    /** All elements, by map; empty without the table. */
    Map<String, List<Element>> elements() {
        Map<String, List<Element>> all = new HashMap<>();
        balance.orElse(Map.of()).forEach((map, its) -> all.put(map, List.copyOf(its.values())));
        return all;
    }

    /** Whether somebody may have changed elements since this was asked last. */
    boolean wasTouched() {
        boolean was = touched;
        touched = false;
        return was;
    }

    /** One transaction of nf_tables: all of it, or nothing. */
    void batch(List<NetlinkRequest> requests) throws IOException {
        write();
        Map<String, Map<String, Element>> maps = balance.orElseThrow(() -> new IOException("ENOENT: no table"));
        List<Runnable> undo = new ArrayList<>();
        for (NetlinkRequest each : requests) {
            byte[] message = each.message();
            byte[] payload = Arrays.copyOfRange(message, NetlinkHeader.BYTES, message.length);
            Map<String, Element> map = maps.get(Attributes.read(payload, NFGENMSG_BYTES).text(2).orElseThrow());
            int type = NetlinkHeader.read(message, 0).type();
            for (Element element : NftablesMessages.decode(payload)) {
                String key = HexFormat.of().formatHex(element.key());
                Element before = map.get(key);
                boolean fits = type == ADD_ELEMENTS ? before == null || Arrays.equals(before.value(), element.value())
                        : type == DELETE_ELEMENTS && before != null;
                if (!fits) {
                    undo.reversed().forEach(Runnable::run);
                    throw new IOException((type == ADD_ELEMENTS ? "EEXIST: " : "ENOENT: ") + each);
                }
                if (type == ADD_ELEMENTS) {
                    map.put(key, element);
                } else {
                    map.remove(key);
                }
                undo.add(() -> {
                    map.remove(key);
                    if (before != null) {
                        map.put(key, before);
                    }
                });
            }
        }
    }

    /** Tables of policies, by name: their sets and what is in them. */
    Map<String, Map<String, Set<String>>> policies() {
        return policies;
    }

    /** Carries out commands of {@code nft(8)} about a policy's table, in one transaction. */
    void policy(String table, String commands) throws IOException {
        write();
        Map<String, Set<String>> sets = new TreeMap<>();
        Optional.ofNullable(policies.get(table)).ifPresent(there ->
                there.forEach((set, elements) -> sets.put(set, new TreeSet<>(elements))));
        boolean there = policies.containsKey(table);
        for (String line : commands.split("\n")) {
            Matcher elements = ELEMENTS.matcher(line);
            Matcher set = SET.matcher(line);
            if (DELETE_TABLE.matcher(line).matches()) {
                sets.clear();
                there = true;
            } else if (set.matches()) {
                sets.put(set.group(1), new TreeSet<>());
            } else if (elements.matches()) {
                Set<String> its = sets.get(elements.group(3));
                List<String> named = List.of(elements.group(4).split(", "));
                boolean fits = there && its != null && (elements.group(1).equals("add") || its.containsAll(named));
                if (!fits) {
                    throw new IOException("ENOENT: " + line);
                }
                if (elements.group(1).equals("add")) {
                    its.addAll(named);
                } else {
                    named.forEach(its::remove);
                }
            }
        }
        policies.put(table, sets);
    }

    void removePolicy(String table) throws IOException {
        write();
        policies.remove(table);
    }

    /** Somebody with root's rights and no idea takes something away, or adds it. */
    void damage(Random random) {
        switch (random.nextInt(9)) {
            case 0 -> links.values().forEach(each -> each.routes.clear());
            case 1 -> links.values().forEach(each -> each.forwarding.keySet().removeIf(key -> random.nextInt(3) == 0));
            case 2 -> links.values().forEach(each -> each.neighbours.clear());
            case 3 -> links.clear();
            case 4 -> balance = Optional.empty();
            case 5 -> balance.ifPresent(maps -> maps.values().forEach(map -> map.keySet().removeIf(key -> random.nextInt(4) == 0)));
            case 6 -> policies.values().forEach(sets -> sets.values().forEach(Set::clear));
            case 7 -> policies.clear();
            default -> {
                own.clear();
                links.values().forEach(each -> each.forwarding.put(new HardwareAddress(0x020102030405L), each.vxlan.orElseThrow()
                        .local().orElseThrow()));
                links.values().stream().filter(each -> random.nextBoolean()).forEach(each -> each.info = new LinkInfo(
                        each.info.index(), each.info.name(), each.info.flags() & ~IFF_UP, each.info.mtuBytes() - 100,
                        each.info.address(), each.info.master(), each.info.kind()));
            }
        }
        touched = true;
        linkChanges++;
    }
}
