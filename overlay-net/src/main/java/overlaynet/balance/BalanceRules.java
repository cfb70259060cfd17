package overlaynet.balance;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The table that balances, as commands of {@code nft(8)}: rules that are the same whatever services there are. A packet finds
 * the chain for its service by one look into a map, its endpoint by a second one, however many services there are; which
 * services those are is a matter of the maps' elements ({@link BalanceElements}). Connections that are there stay where they
 * are.
 */
public final class BalanceRules {
    /** The table's name, of this program alone. */
    public static final String NAME = "jctl_balance";
    /** Endpoints of one port for which there is a chain from the beginning. */
    public static final int FIRST_CHAINS = 64;
    private static final String TABLE = "inet " + NAME;
    /** The kernel takes a seed of its own for each rule otherwise: every node is to choose the same. */
    private static final String SEED = "0x6a63746c";
    private static final List<String> FAMILIES = List.of("4", "6");

    private BalanceRules() {
    }

    /** The table without a service, in place of what there is of it, in one transaction. */
    public static String table() {
        StringBuilder text = new StringBuilder(4096);
        text.append("add table ").append(TABLE).append("\ndelete table ").append(TABLE).append("\ntable ").append(TABLE)
                .append(" {\n chain refuse { reject; }\n");
        for (String family : FAMILIES) {
            String ip = ip(family);
            String address = "ipv" + family + "_addr";
            text.append(" map services").append(family).append(" { type ").append(address)
                    .append(" . inet_proto . inet_service : verdict; }\n")
                    .append(" set own").append(family).append(" { type ").append(address).append(" . ").append(address)
                    .append("; }\n");
            for (VirtualPort.Protocol protocol : VirtualPort.Protocol.values()) {
                String to = ip + " daddr . " + protocol + " dport";
                text.append(" map ").append(protocol).append(family).append(" { typeof ").append(to)
                        .append(" . numgen random mod 2 : ").append(to).append("; }\n");
            }
            chain(text, "ring" + family, family, "jhash " + ip + " saddr mod " + Ring.SLOTS + " seed " + SEED);
        }
        hook(text, "prerouting { type nat hook prerouting priority dstnat - 5; policy accept;",
                "%1$s daddr . meta l4proto . th dport vmap @services%2$s");
        hook(text, "output { type nat hook output priority -105; policy accept;",
                "%1$s daddr . meta l4proto . th dport vmap @services%2$s");
        hook(text, "postrouting { type nat hook postrouting priority srcnat - 5; policy accept;",
                "ct status dnat %1$s saddr . %1$s daddr @own%2$s masquerade");
        return text.append("}\n").append(chains(1, FIRST_CHAINS)).toString();
    }

    /**
     * Chains for ports of so many endpoints each.
     *
     * @param first fewest endpoints
     * @param last  most endpoints
     */
    public static String chains(int first, int last) {
        StringBuilder text = new StringBuilder("table ").append(TABLE).append(" {\n");
        for (int count = first; count <= last; count++) {
            for (String family : FAMILIES) {
                chain(text, "random" + family + "_" + count, family, "numgen random mod " + count);
                chain(text, "turn" + family + "_" + count, family, "numgen inc mod " + count);
            }
        }
        return text.append("}\n").toString();
    }

    /** Other containers are on this node than before: what comes back to its sender is sent in the node's name. */
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

    /** The chain that a port's packets go to. */
    static String chain(VirtualPort port) {
        String family = port.ipv4() ? "4" : "6";
        if (port.endpoints().isEmpty()) {
            return "refuse";
        }
        return switch (port.choice()) {
            case RANDOM -> "random" + family + "_" + port.endpoints().size();
            case IN_TURN -> "turn" + family + "_" + port.endpoints().size();
            case SOURCE -> "ring" + family;
        };
    }

    /** The map that has a port's endpoints, by address, port and number. */
    static String endpoints(VirtualPort.Protocol protocol, boolean ipv4) {
        return protocol + (ipv4 ? "4" : "6");
    }

    static boolean isRing(VirtualPort port) {
        return port.choice() == VirtualPort.Choice.SOURCE && !port.endpoints().isEmpty();
    }

    private static String ip(String family) {
        return family.equals("4") ? "ip" : "ip6";
    }

    private static void chain(StringBuilder text, String name, String family, String number) {
        String ip = ip(family);
        text.append(" chain ").append(name).append(" {\n");
        for (VirtualPort.Protocol protocol : VirtualPort.Protocol.values()) {
            text.append("  dnat ").append(ip).append(" to ").append(ip).append(" daddr . ").append(protocol)
                    .append(" dport . ").append(number).append(" map @").append(protocol).append(family).append('\n');
        }
        text.append(" }\n");
    }

    private static void hook(StringBuilder text, String chain, String rule) {
        text.append(" chain ").append(chain).append('\n');
        for (String family : FAMILIES) {
            text.append("  ").append(rule.formatted(ip(family), family)).append('\n');
        }
        text.append(" }\n");
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
