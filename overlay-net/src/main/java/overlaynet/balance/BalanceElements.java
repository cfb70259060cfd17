package overlaynet.balance;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import linux.netlink.NetlinkRequest;
import linux.netlink.NftablesMessages;
import linux.netlink.NftablesMessages.Element;

/**
 * Ports of services as elements of the table's maps: where a service's address and port lead to, and which endpoint has which
 * number there.
 */
public final class BalanceElements {
    private static final int FIELD_BYTES = 4;
    private static final Map<VirtualPort.Protocol, Integer> NUMBERS = Map.of(VirtualPort.Protocol.TCP, 6,
            VirtualPort.Protocol.UDP, 17, VirtualPort.Protocol.SCTP, 132);

    /** The sets of this node's own addresses, as they are when one is led to itself. */
    private static final List<String> OWN = List.of("own4", "own6");

    private BalanceElements() {
    }

    /** Of one map: key to value, both in hexadecimal so that they can be compared. */
    private record Rows(String table, String map, boolean verdicts, Map<String, Element> elements) {
        static Rows of(String table, String map, boolean verdicts) {
            return new Rows(table, map, verdicts, new LinkedHashMap<>());
        }

        void put(Element element) {
            elements.put(HexFormat.of().formatHex(element.key()), element);
        }

        void additions(Rows before, List<NetlinkRequest> requests) {
            List<Element> added = new ArrayList<>();
            elements.forEach((key, each) -> {
                if (!before.has(key, each)) {
                    added.add(each);
                }
            });
            for (int i = 0; i < added.size(); i += NftablesMessages.MOST_ELEMENTS) {
                List<Element> part = added.subList(i, Math.min(added.size(), i + NftablesMessages.MOST_ELEMENTS));
                requests.add(verdicts ? NftablesMessages.addLeading(table, map, part)
                        : NftablesMessages.add(table, map, part));
            }
        }

        void deletions(Rows after, List<NetlinkRequest> requests) {
            List<byte[]> deleted = new ArrayList<>();
            elements.forEach((key, each) -> {
                if (!after.has(key, each)) {
                    deleted.add(each.key());
                }
            });
            for (int i = 0; i < deleted.size(); i += NftablesMessages.MOST_ELEMENTS) {
                requests.add(NftablesMessages.delete(table, map,
                        deleted.subList(i, Math.min(deleted.size(), i + NftablesMessages.MOST_ELEMENTS))));
            }
        }

        private boolean has(String key, Element element) {
            Element its = elements.get(key);
            return its != null && Arrays.equals(its.value(), element.value());
        }
    }

    /** All maps, endpoints' before those that lead to them. */
    private static List<Rows> rows(String table, Collection<VirtualPort> ports) {
        Map<String, Rows> endpoints = new LinkedHashMap<>();
        for (VirtualPort.Protocol protocol : VirtualPort.Protocol.values()) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                String map = BalanceRules.endpoints(protocol, ipv4);
                endpoints.put(map, Rows.of(table, map, false));
                if (protocol != VirtualPort.Protocol.ANY) {
                    String published = BalanceRules.published(protocol, ipv4);
                    endpoints.put(published, Rows.of(table, published, false));
                }
            }
        }
        Rows services4 = Rows.of(table, "services4", true);
        Rows services6 = Rows.of(table, "services6", true);
        Rows addresses4 = Rows.of(table, "addresses4", true);
        Rows addresses6 = Rows.of(table, "addresses6", true);
        Rows published4 = Rows.of(table, "published4", true);
        Rows published6 = Rows.of(table, "published6", true);
        for (VirtualPort port : ports) {
            Rows leading = port.isEverywhere() ? (port.ipv4() ? published4 : published6) : port.protocol() == VirtualPort.Protocol.ANY ? (port.ipv4() ? addresses4 : addresses6)
                    : port.ipv4() ? services4 : services6;
            leading.put(Element.leading(key(port), BalanceRules.chain(port)));
            Rows its = endpoints.get(port.isEverywhere() ? BalanceRules.published(port.protocol(), port.ipv4())
                    : BalanceRules.endpoints(port.protocol(), port.ipv4()));
            List<Endpoint> numbered = BalanceRules.isRing(port) ? Ring.of(port.endpoints()).slots() : port.endpoints();
            for (int number = 0; number < numbered.size(); number++) {
                its.put(new Element(key(port, number), value(numbered.get(number), port.protocol())));
            }
        }
        List<Rows> all = new ArrayList<>(endpoints.values());
        all.add(services4);
        all.add(services6);
        all.add(addresses4);
        all.add(addresses6);
        all.add(published4);
        all.add(published6);
        return all;
    }

    /**
     * What makes of the elements for some ports those for others: to be sent in one batch where it fits, in this order otherwise.
     * The chains that are led to must be there.
     *
     * @param table the table's name
     */
    public static List<NetlinkRequest> change(String table, Collection<VirtualPort> before, Collection<VirtualPort> after) {
        Set<Place> changed = new HashSet<>();
        places(before, after, changed);
        places(after, before, changed);
        return changing(rows(table, at(changed, before)), rows(table, at(changed, after)));
    }

    /** Where a port's elements are: no other's are there. */
    private record Place(InetAddress address, VirtualPort.Protocol protocol, int port) {
        static Place of(VirtualPort port) {
            return new Place(port.address(), port.protocol(), port.port());
        }
    }

    /** Of those ports that are not among the others as they are. */
    private static void places(Collection<VirtualPort> some, Collection<VirtualPort> others, Set<Place> places) {
        Set<VirtualPort> same = new HashSet<>(others);
        some.stream().filter(each -> !same.contains(each)).forEach(each -> places.add(Place.of(each)));
    }

    /** A cluster has many services, and few change at a moment: of the others nothing is computed. */
    private static List<VirtualPort> at(Set<Place> places, Collection<VirtualPort> ports) {
        return ports.stream().filter(each -> places.contains(Place.of(each))).toList();
    }

    /** The maps and sets whose elements are made here. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(rows("", List.of()).stream().map(Rows::map).toList());
        names.addAll(OWN);
        return names;
    }

    /**
     * What makes of the elements the kernel has those that are wanted; nothing if it has them.
     *
     * @param ports as they are wanted
     * @param local addresses of this node's own containers
     * @param there what the kernel has, by the names of {@link #names()}
     */
    public static List<NetlinkRequest> mending(String table, Collection<VirtualPort> ports,
            Collection<InetAddress> local,
            Map<String, List<Element>> there) {
        List<Rows> wanted = rows(table, ports);
        wanted.addAll(own(table, local));
        List<Rows> found = new ArrayList<>();
        for (Rows each : wanted) {
            Rows its = Rows.of(table, each.map(), each.verdicts());
            there.getOrDefault(each.map(), List.of()).forEach(its::put);
            found.add(its);
        }
        return changing(found, wanted);
    }

    private static List<Rows> own(String table, Collection<InetAddress> local) {
        List<Rows> all = new ArrayList<>();
        for (String each : OWN) {
            Rows own = Rows.of(table, each, false);
            local.stream().map(InetAddress::getAddress).filter(address -> (address.length == Integer.BYTES)
                    == each.equals(OWN.getFirst())).forEach(address -> own.put(new Element(ByteBuffer.allocate(
                            2 * address.length).put(address).put(address).array(), new byte[0])));
            all.add(own);
        }
        return all;
    }

    /** Other containers are on this node than before: what comes back to its sender is sent in the node's name. */
    public static List<NetlinkRequest> changeLocal(String table, Collection<InetAddress> before, Collection<InetAddress> after) {
        return changing(own(table, before), own(table, after));
    }

    /** Of the same maps and sets, in the same order. */
    private static List<NetlinkRequest> changing(List<Rows> before, List<Rows> after) {
        List<NetlinkRequest> requests = new ArrayList<>();
        for (int i = after.size() - 1; i >= 0; i--) {
            before.get(i).deletions(after.get(i), requests);
        }
        for (int i = 0; i < after.size(); i++) {
            after.get(i).additions(before.get(i), requests);
        }
        return requests;
    }

    private static byte[] key(VirtualPort port) {
        byte[] address = port.address().getAddress();
        if (port.protocol() == VirtualPort.Protocol.ANY) {
            return address;
        }
        if (port.isEverywhere()) {
            return ByteBuffer.allocate(2 * FIELD_BYTES).put(NUMBERS.get(port.protocol()).byteValue()).position(FIELD_BYTES)
                    .putShort((short) port.port()).array();
        }
        return ByteBuffer.allocate(address.length + 2 * FIELD_BYTES).put(address)
                .put(NUMBERS.get(port.protocol()).byteValue()).position(address.length + FIELD_BYTES)
                .putShort((short) port.port()).array();
    }

    /** A number that the kernel computes is in its processor's order. */
    private static byte[] key(VirtualPort port, int number) {
        byte[] address = port.address().getAddress();
        if (port.protocol() == VirtualPort.Protocol.ANY) {
            return ByteBuffer.allocate(address.length + FIELD_BYTES).put(address).order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(number).array();
        }
        if (port.isEverywhere()) {
            return ByteBuffer.allocate(2 * FIELD_BYTES).putShort((short) port.port()).position(FIELD_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
        }
        return ByteBuffer.allocate(address.length + 2 * FIELD_BYTES).put(address).putShort((short) port.port())
                .position(address.length + FIELD_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    }

    private static byte[] value(Endpoint endpoint, VirtualPort.Protocol protocol) {
        InetAddress address = endpoint.address();
        byte[] bytes = address.getAddress();
        if (protocol == VirtualPort.Protocol.ANY) {
            return bytes;
        }
        return ByteBuffer.allocate(bytes.length + FIELD_BYTES).put(bytes).putShort((short) endpoint.port()).array();
    }
}
