package overlaynet.balance;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private BalanceElements() {
    }

    /** Of one map: key to value, both in hexadecimal so that they can be compared. */
    private record Rows(String map, boolean verdicts, Map<String, Element> elements) {
        static Rows of(String map, boolean verdicts) {
            return new Rows(map, verdicts, new LinkedHashMap<>());
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
                requests.add(verdicts ? NftablesMessages.addLeading(BalanceRules.NAME, map, part)
                        : NftablesMessages.add(BalanceRules.NAME, map, part));
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
                requests.add(NftablesMessages.delete(BalanceRules.NAME, map,
                        deleted.subList(i, Math.min(deleted.size(), i + NftablesMessages.MOST_ELEMENTS))));
            }
        }

        private boolean has(String key, Element element) {
            Element its = elements.get(key);
            return its != null && Arrays.equals(its.value(), element.value());
        }
    }

    /** All maps, endpoints' before those that lead to them. */
    private static List<Rows> rows(Collection<VirtualPort> ports) {
        Map<String, Rows> endpoints = new LinkedHashMap<>();
        for (VirtualPort.Protocol protocol : VirtualPort.Protocol.values()) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                String map = BalanceRules.endpoints(protocol, ipv4);
                endpoints.put(map, Rows.of(map, false));
            }
        }
        Rows services4 = Rows.of("services4", true);
        Rows services6 = Rows.of("services6", true);
        for (VirtualPort port : ports) {
            (port.ipv4() ? services4 : services6).put(Element.leading(key(port), BalanceRules.chain(port)));
            Rows its = endpoints.get(BalanceRules.endpoints(port.protocol(), port.ipv4()));
            List<Endpoint> numbered = BalanceRules.isRing(port) ? Ring.of(port.endpoints()).slots() : port.endpoints();
            for (int number = 0; number < numbered.size(); number++) {
                its.put(new Element(key(port, number), value(numbered.get(number))));
            }
        }
        List<Rows> all = new ArrayList<>(endpoints.values());
        all.add(services4);
        all.add(services6);
        return all;
    }

    /**
     * What makes of the elements for some ports those for others: to be sent in one batch where it fits, in this order otherwise.
     * The chains that are led to must be there.
     */
    public static List<NetlinkRequest> change(Collection<VirtualPort> before, Collection<VirtualPort> after) {
        List<Rows> old = rows(before);
        List<Rows> wanted = rows(after);
        List<NetlinkRequest> requests = new ArrayList<>();
        for (int i = old.size() - 1; i >= 0; i--) {
            old.get(i).deletions(wanted.get(i), requests);
        }
        for (int i = 0; i < wanted.size(); i++) {
            wanted.get(i).additions(old.get(i), requests);
        }
        return requests;
    }

    private static byte[] key(VirtualPort port) {
        byte[] address = port.address().getAddress();
        return ByteBuffer.allocate(address.length + 2 * FIELD_BYTES).put(address)
                .put(NUMBERS.get(port.protocol()).byteValue()).position(address.length + FIELD_BYTES)
                .putShort((short) port.port()).array();
    }

    /** A number that the kernel computes is in its processor's order. */
    private static byte[] key(VirtualPort port, int number) {
        byte[] address = port.address().getAddress();
        return ByteBuffer.allocate(address.length + 2 * FIELD_BYTES).put(address).putShort((short) port.port())
                .position(address.length + FIELD_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    }

    private static byte[] value(Endpoint endpoint) {
        InetAddress address = endpoint.address();
        byte[] bytes = address.getAddress();
        return ByteBuffer.allocate(bytes.length + FIELD_BYTES).put(bytes).putShort((short) endpoint.port()).array();
    }
}
