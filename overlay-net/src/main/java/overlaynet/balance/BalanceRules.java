package overlaynet.balance;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Ports of services as commands of {@code nft(8)}. A packet finds its service's chain by one look into a map, however many
 * services there are; a change touches one service's chain and ring. Connections that are there stay where they are.
 */
public final class BalanceRules {
    /** The table, of this program alone. */
    public static final String TABLE = "inet jctl_balance";

    private static final String SEED = "0x6a63746c";

    private BalanceRules() {
    }

    /**
     * Everything anew, in place of what there is of the table, in one transaction.
     *
     * @param ports of all services
     * @param local addresses of this node's own containers: what comes back to its sender is sent in the node's name
     */
    public static String all(Collection<VirtualPort> ports, Collection<InetAddress> local) {
        StringBuilder text = new StringBuilder(4096);
        text.append("add table ").append(TABLE).append('\n')
                .append("delete table ").append(TABLE).append('\n')
                .append("table ").append(TABLE).append(" {\n")
                .append(" map services4 { type ipv4_addr . inet_proto . inet_service : verdict; }\n")
                .append(" map services6 { type ipv6_addr . inet_proto . inet_service : verdict; }\n")
                .append(" set own4 { type ipv4_addr . ipv4_addr; }\n")
                .append(" set own6 { type ipv6_addr . ipv6_addr; }\n");
        for (String chain : List.of("prerouting { type nat hook prerouting priority dstnat - 5; policy accept;",
                "output { type nat hook output priority -105; policy accept;")) {
            text.append(" chain ").append(chain).append('\n')
                    .append("  ip daddr . meta l4proto . th dport vmap @services4\n")
                    .append("  ip6 daddr . meta l4proto . th dport vmap @services6\n }\n");
        }
        text.append(" chain postrouting { type nat hook postrouting priority srcnat - 5; policy accept;\n")
                .append("  ct status dnat ip saddr . ip daddr @own4 masquerade\n")
                .append("  ct status dnat ip6 saddr . ip6 daddr @own6 masquerade\n }\n}\n");
        ports.forEach(each -> put(text, each));
        own(text, "add", local);
        return text.toString();
    }

    /**
     * What makes of one port's rules those of another state of it, in one transaction.
     *
     * @param before what the kernel has
     * @param after  of the same address, protocol and port
     */
    public static String change(VirtualPort before, VirtualPort after) {
        if (!before.key().equals(after.key())) {
            throw new IllegalArgumentException(before.key() + " is not " + after.key());
        }
        StringBuilder text = new StringBuilder();
        boolean sameRing = isRing(before) && isRing(after);
        if (!sameRing) {
            remove(text, before);
            put(text, after);
        } else if (!before.endpoints().equals(after.endpoints())) {
            String map = "element " + TABLE + " " + after.key().ring() + " { ";
            Map<Integer, Endpoint> changed = Ring.of(after.endpoints()).since(Ring.of(before.endpoints()));
            if (!changed.isEmpty()) {
                text.append("delete ").append(map).append(changed.keySet().stream().map(Object::toString)
                        .collect(Collectors.joining(", "))).append(" }\n");
                text.append("add ").append(map).append(changed.entrySet().stream()
                        .map(each -> each.getKey() + " : " + to(each.getValue())).collect(Collectors.joining(", ")))
                        .append(" }\n");
            }
        }
        return text.toString();
    }

    /** A port that was not there. */
    public static String add(VirtualPort port) {
        StringBuilder text = new StringBuilder();
        put(text, port);
        return text.toString();
    }

    /** A port that is no more. */
    public static String remove(VirtualPort port) {
        StringBuilder text = new StringBuilder();
        remove(text, port);
        return text.toString();
    }

    /** Other containers are on this node than before. */
    public static String changeLocal(Collection<InetAddress> before, Collection<InetAddress> after) {
        StringBuilder text = new StringBuilder();
        Set<InetAddress> gone = new HashSet<>(before);
        gone.removeAll(after);
        Set<InetAddress> come = new HashSet<>(after);
        come.removeAll(before);
        own(text, "delete", gone);
        own(text, "add", come);
        return text.toString();
    }

    private static boolean isRing(VirtualPort port) {
        return port.choice() == VirtualPort.Choice.SOURCE && !port.endpoints().isEmpty();
    }

    private static void put(StringBuilder text, VirtualPort port) {
        VirtualPort.Key key = port.key();
        String family = port.ipv4() ? "ip" : "ip6";
        text.append("add chain ").append(TABLE).append(' ').append(key.chain()).append('\n');
        if (isRing(port)) {
            Ring ring = Ring.of(port.endpoints());
            text.append("add map ").append(TABLE).append(' ').append(key.ring()).append(" { typeof ").append(hash(family))
                    .append(" : ").append(family).append(" daddr . th dport; }\n");
            text.append("add element ").append(TABLE).append(' ').append(key.ring()).append(" { ")
                    .append(IntStream.range(0, Ring.SLOTS).mapToObj(slot -> slot + " : " + to(ring.slots().get(slot)))
                            .collect(Collectors.joining(", "))).append(" }\n");
        }
        text.append("add rule ").append(TABLE).append(' ').append(key.chain()).append(' ').append(rule(port, family))
                .append('\n');
        text.append("add element ").append(TABLE).append(' ').append(element(port)).append(" : goto ")
                .append(key.chain()).append(" }\n");
    }

    private static void remove(StringBuilder text, VirtualPort port) {
        text.append("delete element ").append(TABLE).append(' ').append(element(port)).append(" }\n")
                .append("flush chain ").append(TABLE).append(' ').append(port.key().chain()).append('\n')
                .append("delete chain ").append(TABLE).append(' ').append(port.key().chain()).append('\n');
        if (isRing(port)) {
            text.append("delete map ").append(TABLE).append(' ').append(port.key().ring()).append('\n');
        }
    }

    private static String element(VirtualPort port) {
        return (port.ipv4() ? "services4" : "services6") + " { " + port.address().getHostAddress() + " . "
                + port.protocol() + " . " + port.port();
    }

    private static String rule(VirtualPort port, String family) {
        int count = port.endpoints().size();
        if (count == 0) {
            return "reject";
        }
        String to = "meta l4proto " + port.protocol() + " dnat " + family + " to ";
        if (port.choice() != VirtualPort.Choice.SOURCE && count == 1) {
            Endpoint only = port.endpoints().getFirst();
            return to + (port.ipv4() ? only.address().getHostAddress() : "[" + only.address().getHostAddress() + "]")
                    + ":" + only.port();
        }
        return to + switch (port.choice()) {
            case RANDOM -> "numgen random mod " + count + " map " + numbered(port.endpoints());
            case IN_TURN -> "numgen inc mod " + count + " map " + numbered(port.endpoints());
            case SOURCE -> hash(family) + " map @" + port.key().ring();
        };
    }

    /** With a seed, since the kernel takes one of its own for each rule otherwise: every node is to choose the same. */
    private static String hash(String family) {
        return "jhash " + family + " saddr mod " + Ring.SLOTS + " seed " + SEED;
    }

    private static String numbered(List<Endpoint> endpoints) {
        return IntStream.range(0, endpoints.size()).mapToObj(number -> number + " : " + to(endpoints.get(number)))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String to(Endpoint endpoint) {
        return endpoint.address().getHostAddress() + " . " + endpoint.port();
    }

    private static void own(StringBuilder text, String verb, Collection<InetAddress> addresses) {
        for (InetAddress each : addresses) {
            String address = each.getHostAddress();
            text.append(verb).append(" element ").append(TABLE)
                    .append(each.getAddress().length == Integer.BYTES ? " own4 { " : " own6 { ").append(address)
                    .append(" . ").append(address).append(" }\n");
        }
    }
}
