package overlaynet.balance;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import overlaynet.ipam.Subnet;

/**
 * Rules of a node, in commands of {@code nft(8)}, for clients from outside of a network whom another node led to a task here by a
 * port of its own. The packets come with the client's address through the tunnel; which node sent them is noted with the
 * connection (its mark), and answers are handed to that node, which alone knows under which address it was asked.
 *
 * <p>Answers are sent on as copies ({@code dup}) and end themselves: so neither tables of routes nor rules for them are added to the
 * host, which would make each packet's way a longer one.
 *
 * @param table  its name, of the family of the network's part, of this program alone
 * @param bridge the link of the network's containers here
 * @param tunnel the link to the other nodes
 * @param whole  the network
 * @param part   what this node holds of it
 */
public record ReturnRules(String table, String bridge, String tunnel, Subnet whole, Subnet part) {
    /** Whether a connection came so: for rules that let in what a port of a node lets in. */
    public static final String CAME_BY_ANOTHER_NODE = "ct mark & 0xff000000 == 0x6a000000";
    /** The opposite. */
    public static final String CAME_BY_NO_NODE = "ct mark & 0xff000000 != 0x6a000000";
    private static final int MARK = 0x6a000000;
    private static final int NUMBER_BITS = 24;
    /** What links say to each other. */
    private static final String LINK_LOCAL = ", fe80::/10, ff00::/8";

    /**
     * A node that may send clients here.
     *
     * @param hardwareAddress of its end of the tunnel, as nft writes it
     * @param block           its part of the network, of the same family
     */
    public record Way(String hardwareAddress, Subnet block) {
        /** Where its end of the tunnel is routed to. */
        InetAddress gateway() {
            return block.at(block.firstHostOffset());
        }

        /** Which part of the network that is tells it from the others, whose parts are as long. */
        int mark() {
            int number = new BigInteger(1, block.network().getAddress()).shiftRight(block.offsetBits()).intValue();
            return MARK | number & (1 << NUMBER_BITS) - 1;
        }
    }

    /** {@code ip} or {@code ip6}. */
    public String family() {
        return whole.ipv4() ? "ip" : "ip6";
    }

    /** What the maps are to hold: names of maps to keys and values, as nft writes them. */
    public Map<String, Map<String, String>> elements(Collection<Way> ways) {
        Map<String, String> marks = new TreeMap<>();
        Map<String, String> gateways = new TreeMap<>();
        for (Way each : ways) {
            String mark = "0x%08x".formatted(each.mark());
            marks.put(each.hardwareAddress(), mark);
            gateways.put(mark, each.gateway().getHostAddress());
        }
        return Map.of("marks", marks, "gateways", gateways);
    }

    /** Makes the table anew in one transaction. */
    public String table(Map<String, Map<String, String>> elements) {
        String outside = "iifname \"" + tunnel + "\" " + family() + " saddr != " + whole;
        return """
                add table %1$s %2$s
                delete table %1$s %2$s
                table %1$s %2$s {
                    map marks { type ether_addr : mark; }
                    map gateways { type mark : %3$s; }
                    chain prerouting {
                        type filter hook prerouting priority mangle; policy accept;
                        %4$s %1$s daddr != { %5$s } drop
                        %4$s ct direction original ct mark 0 ct mark set ether saddr map @marks
                        iifname "%6$s" ct direction reply dup to ct mark map @gateways drop
                    }
                }
                """.formatted(family(), table, whole.ipv4() ? "ipv4_addr" : "ipv6_addr", outside,
                        part + (whole.ipv4() ? "" : LINK_LOCAL), bridge)
                + change(Map.of(), elements);
    }

    /** What makes other elements of some; {@code ""} if they are the same. */
    public String change(Map<String, Map<String, String>> before, Map<String, Map<String, String>> after) {
        StringBuilder text = new StringBuilder();
        after.forEach((map, wanted) -> {
            Map<String, String> has = before.getOrDefault(map, Map.of());
            commands(text, "delete", map, has.entrySet().stream().filter(each -> !each.getValue().equals(wanted.get(each.getKey())))
                    .map(Map.Entry::getKey).collect(Collectors.joining(", ")));
            commands(text, "add", map, wanted.entrySet().stream().filter(each -> !each.getValue().equals(has.get(each.getKey())))
                    .map(each -> each.getKey() + " : " + each.getValue()).collect(Collectors.joining(", ")));
        });
        return text.toString();
    }

    private void commands(StringBuilder text, String verb, String map, String elements) {
        if (!elements.isEmpty()) {
            text.append(verb).append(" element ").append(family()).append(' ').append(table).append(' ').append(map).append(" { ")
                    .append(elements).append(" }\n");
        }
    }
}
