package overlaynet.balance;

import java.util.List;

/**
 * The table that balances, as commands of {@code nft(8)}: rules that are the same whatever services there are. A packet finds
 * the chain for its service by one look into a map, its endpoint by a second one, however many services there are; which
 * services those are is a matter of the maps' elements ({@link BalanceElements}). Connections that are there stay where they
 * are.
 *
 * @param name of the table, of this program alone
 */
public record BalanceRules(String name) {
    /** Endpoints of one port for which there is a chain from the beginning. */
    public static final int FIRST_CHAINS = 64;
    /** The kernel takes a seed of its own for each rule otherwise: every node is to choose the same. */
    private static final String SEED = "0x6a63746c";
    /** What names of chains for any port begin with. */
    private static final String ANY = "any";
    /** The same of chains and maps for ports of the host itself. */
    private static final String PUBLISHED = "published";
    private static final String BY_PORT = "%1$s daddr . meta l4proto . th dport vmap @services%2$s";
    private static final String BY_ADDRESS = "%1$s daddr vmap @addresses%2$s";
    private static final String BY_OWN_PORT =
            "meta nfproto ipv%2$s fib daddr type local meta l4proto . th dport vmap @published%2$s";
    private static final List<String> FAMILIES = List.of("4", "6");

    /** The table without a service, in place of what there is of it, in one transaction. */
    public String table() {
        StringBuilder text = new StringBuilder(4096);
        text.append("add table inet ").append(name).append("\ndelete table inet ").append(name).append("\ntable inet ").append(name)
                .append(" {\n chain refuse { reject; }\n");
        for (String family : FAMILIES) {
            String ip = ip(family);
            String address = "ipv" + family + "_addr";
            text.append(" map services").append(family).append(" { type ").append(address)
                    .append(" . inet_proto . inet_service : verdict; }\n")
                    .append(" set own").append(family).append(" { type ").append(address).append(" . ").append(address)
                    .append("; }\n");
            text.append(" map addresses").append(family).append(" { type ").append(address).append(" : verdict; }\n")
                    .append(" map any").append(family).append(" { typeof ").append(ip)
                    .append(" daddr . numgen random mod 2 : ").append(ip).append(" daddr; }\n");
            text.append(" map published").append(family).append(" { type inet_proto . inet_service : verdict; }\n");
            for (VirtualPort.Protocol protocol : VirtualPort.Protocol.WITH_PORTS) {
                text.append(" map ").append(PUBLISHED).append(protocol).append(family).append(" { typeof ").append(protocol)
                        .append(" dport . numgen random mod 2 : ").append(ip).append(" daddr . ").append(protocol)
                        .append(" dport; }\n");
                String to = ip + " daddr . " + protocol + " dport";
                text.append(" map ").append(protocol).append(family).append(" { typeof ").append(to)
                        .append(" . numgen random mod 2 : ").append(to).append("; }\n");
            }
            chain(text, "ring" + family, family, "jhash " + ip + " saddr mod " + Ring.SLOTS + " seed " + SEED);
            anyChain(text, "ring" + family, family, "jhash " + ip + " saddr mod " + Ring.SLOTS + " seed " + SEED);
            publishedChain(text, "ring" + family, family, "jhash " + ip + " saddr mod " + Ring.SLOTS + " seed " + SEED);
        }
        hook(text, "prerouting { type nat hook prerouting priority dstnat - 5; policy accept;",
                BY_PORT, BY_ADDRESS, BY_OWN_PORT);
        hook(text, "output { type nat hook output priority -105; policy accept;",
                BY_PORT, BY_ADDRESS, BY_OWN_PORT);
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
    public String chains(int first, int last) {
        StringBuilder text = new StringBuilder("table inet ").append(name).append(" {\n");
        for (int count = first; count <= last; count++) {
            for (String family : FAMILIES) {
                chain(text, "random" + family + "_" + count, family, "numgen random mod " + count);
                chain(text, "turn" + family + "_" + count, family, "numgen inc mod " + count);
                anyChain(text, "random" + family + "_" + count, family, "numgen random mod " + count);
                anyChain(text, "turn" + family + "_" + count, family, "numgen inc mod " + count);
                publishedChain(text, "random" + family + "_" + count, family, "numgen random mod " + count);
                publishedChain(text, "turn" + family + "_" + count, family, "numgen inc mod " + count);
            }
        }
        return text.append("}\n").toString();
    }

    /** The chain that a port's packets go to. */
    static String chain(VirtualPort port) {
        String family = port.ipv4() ? "4" : "6";
        if (port.endpoints().isEmpty()) {
            return "refuse";
        }
        String any = port.protocol() == VirtualPort.Protocol.ANY ? ANY : port.isEverywhere() ? PUBLISHED : "";
        return any + switch (port.choice()) {
            case RANDOM -> "random" + family + "_" + port.endpoints().size();
            case IN_TURN -> "turn" + family + "_" + port.endpoints().size();
            case SOURCE -> "ring" + family;
        };
    }

    /** The map that has a port's endpoints, by address, port and number. */
    static String endpoints(VirtualPort.Protocol protocol, boolean ipv4) {
        return protocol + (ipv4 ? "4" : "6");
    }

    /** The map that has the endpoints of a port of the host itself, by port and number. */
    static String published(VirtualPort.Protocol protocol, boolean ipv4) {
        return PUBLISHED + endpoints(protocol, ipv4);
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
        for (VirtualPort.Protocol protocol : VirtualPort.Protocol.WITH_PORTS) {
            text.append("  dnat ").append(ip).append(" to ").append(ip).append(" daddr . ").append(protocol)
                    .append(" dport . ").append(number).append(" map @").append(protocol).append(family).append('\n');
        }
        text.append(" }\n");
    }

    private static void hook(StringBuilder text, String chain, String... rules) {
        text.append(" chain ").append(chain).append('\n');
        for (String rule : rules) {
            for (String family : FAMILIES) {
                text.append("  ").append(rule.formatted(ip(family), family)).append('\n');
            }
        }
        text.append(" }\n");
    }

    /** What it is sent to does not matter. */
    private static void publishedChain(StringBuilder text, String name, String family, String number) {
        String ip = ip(family);
        text.append(" chain ").append(PUBLISHED).append(name).append(" {\n");
        for (VirtualPort.Protocol protocol : VirtualPort.Protocol.WITH_PORTS) {
            text.append("  dnat ").append(ip).append(" to ").append(protocol).append(" dport . ").append(number)
                    .append(" map @").append(PUBLISHED).append(protocol).append(family).append('\n');
        }
        text.append(" }\n");
    }

    /** The port stays what it is. */
    private static void anyChain(StringBuilder text, String name, String family, String number) {
        String ip = ip(family);
        text.append(" chain ").append(ANY).append(name).append(" { dnat ").append(ip).append(" to ").append(ip)
                .append(" daddr . ").append(number).append(" map @any").append(family).append("; }\n");
    }
}
