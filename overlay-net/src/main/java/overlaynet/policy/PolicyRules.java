package overlaynet.policy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import overlaynet.ipam.Subnet;
import overlaynet.balance.ReturnRules;

/**
 * A network's policy as a table that {@code nft(8)} reads. It looks at what is forwarded to this node's part of the network
 * from the network itself, after services' addresses were led to tasks: each node minds its own containers' door, and a source
 * cannot be somebody else's, since the bridge's own rules drop such packets where they leave. What published ports let in comes
 * from outside, or from another node's own address, and is none of its business.
 *
 * <p>A rule's ends are sets of addresses, so that tasks come and go as elements. What is refused is counted by its ends and port
 * in a set of the kernel's, of bounded size, whose elements leave by themselves: that needs no program that listens.
 */
public final class PolicyRules {
    /** Of each family, for each rule that denies. */
    public static final int MOST_REFUSED = 4_096;
    /** How long one that is not tried again is remembered. */
    public static final int REMEMBERED_SECONDS = 900;
    /** Source addresses of the nodes themselves. */
    private static final String NODES = "nodes";

    private final String table;
    private final String door;
    private final boolean ipv6;
    private final Policy policy;
    private final List<Selector> selectors;

    /**
     * Of a network.
     *
     * @param table  to be made
     * @param bridge link of this node's part
     * @param tunnel link to the others'
     * @param ipv6   whether it has IPv6 as well
     */
    public PolicyRules(String table, String bridge, String tunnel, boolean ipv6, Policy policy) {
        this(table, "iifname { \"" + bridge + "\", \"" + tunnel + "\" } oifname \"" + bridge + "\"", ipv6, policy);
    }

    /**
     * Of a network of IPv4 that routes of the host lead through.
     *
     * @param table  to be made
     * @param bridge link of this node's part
     * @param whole  the network
     */
    public static PolicyRules routed(String table, String bridge, Subnet whole, Policy policy) {
        return new PolicyRules(table, "oifname \"" + bridge + "\" ip saddr " + whole, false, policy);
    }

    /** @param door what tells packets that are its business, in the words of {@code nft(8)} */
    private PolicyRules(String table, String door, boolean ipv6, Policy policy) {
        this.table = table;
        this.door = door;
        this.ipv6 = ipv6;
        this.policy = policy;
        Set<Selector> distinct = new LinkedHashSet<>();
        for (Rule each : policy.rules()) {
            distinct.add(each.from());
            distinct.add(each.to());
        }
        distinct.removeIf(Selector.Anyone.class::isInstance);
        this.selectors = List.copyOf(distinct);
    }

    /** Who in the network has which addresses. */
    public record Member(Rule.End end, List<InetAddress> addresses) {
        /** Copies the list. */
        public Member {
            addresses = List.copyOf(addresses);
        }
    }

    /** What each set is to hold: names of sets to addresses as nft writes them. */
    public Map<String, Set<String>> elements(Collection<Member> members, Collection<InetAddress> nodes) {
        Map<String, Set<String>> sets = new LinkedHashMap<>();
        for (int family : families()) {
            sets.put(NODES + family, new TreeSet<>());
            for (int i = 0; i < selectors.size(); i++) {
                sets.put("some" + i + "_" + family, new TreeSet<>());
            }
        }
        nodes.forEach(each -> add(sets, NODES, each));
        for (Member member : members) {
            for (int i = 0; i < selectors.size(); i++) {
                if (selectors.get(i).accepts(member.end().service(), member.end().labels())) {
                    String name = "some" + i + "_";
                    member.addresses().forEach(each -> add(sets, name, each));
                }
            }
        }
        return sets;
    }

    private static void add(Map<String, Set<String>> sets, String name, InetAddress address) {
        Set<String> set = sets.get(name + (address.getAddress().length == Integer.BYTES ? 4 : 6));
        if (set != null) {
            set.add(address.getHostAddress());
        }
    }

    private List<Integer> families() {
        return ipv6 ? List.of(4, 6) : List.of(4);
    }

    /** Makes the table anew in one transaction, so that there is no moment without it. */
    public String table(Map<String, Set<String>> elements) {
        StringBuilder text = new StringBuilder("add table inet " + table + "\ndelete table inet " + table + "\ntable inet "
                + table + " {\n");
        for (String set : elements.keySet()) {
            text.append("    set ").append(set).append(" { type ").append(set.endsWith("4") ? "ipv4_addr" : "ipv6_addr")
                    .append("; }\n");
        }
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.allow()) {
                text.append(refusing(Integer.toString(i)));
            }
            for (int family : families()) {
                rules.add(match(rule, family) + (rule.allow() ? " counter accept" : " counter goto refuse" + i)
                        + " comment \"" + i + "\"");
            }
        }
        if (policy.closed()) {
            text.append(refusing("default"));
            rules.add("counter goto refusedefault comment \"default\"");
        } else {
            rules.add("counter accept comment \"default\"");
        }
        text.append("    chain rules {\n        ct state established,related accept\n        ")
                .append(ReturnRules.CAME_BY_ANOTHER_NODE).append(" accept\n");
        for (int family : families()) {
            text.append("        ").append(ip(family)).append(" saddr @").append(NODES).append(family).append(" accept\n");
        }
        rules.forEach(each -> text.append("        ").append(each).append('\n'));
        text.append("    }\n    chain forward {\n        type filter hook forward priority filter + 5; policy accept;\n");
        text.append("        ").append(door).append(" goto rules\n    }\n}\n");
        return text + change(Map.of(), elements);
    }

    private static String ip(int family) {
        return family == 4 ? "ip" : "ip6";
    }

    private String match(Rule rule, int family) {
        StringBuilder text = new StringBuilder("meta nfproto ipv" + family);
        end(text, rule.from(), family, "saddr");
        end(text, rule.to(), family, "daddr");
        switch (rule.protocol()) {
            case ANY -> { /* says nothing more */ }
            case ICMP -> text.append(" meta l4proto ").append(family == 4 ? "icmp" : "ipv6-icmp");
            case TCP, UDP, SCTP -> {
                String protocol = rule.protocol().name().toLowerCase(Locale.ROOT);
                text.append(" meta l4proto ").append(protocol);
                if (rule.firstPort() > 0) {
                    text.append(" th dport ").append(rule.firstPort());
                    if (rule.lastPort() > rule.firstPort()) {
                        text.append('-').append(rule.lastPort());
                    }
                }
            }
        }
        return text.toString();
    }

    private void end(StringBuilder text, Selector selector, int family, String field) {
        int number = selectors.indexOf(selector);
        if (number >= 0) {
            text.append(' ').append(ip(family)).append(' ').append(field).append(" @some").append(number).append('_')
                    .append(family);
        }
    }

    /** What has ports is remembered by that asked for, all else by what stands in its place: of ICMP type and code. */
    private String refusing(String name) {
        StringBuilder text = new StringBuilder();
        StringBuilder chain = new StringBuilder("    chain refuse" + name + " {\n");
        for (int family : families()) {
            String set = "refused" + name + "_" + family;
            String address = family == 4 ? "ipv4_addr" : "ipv6_addr";
            text.append("    set ").append(set).append(" { type ").append(address).append(" . ").append(address)
                    .append(" . inet_proto . inet_service; size ").append(MOST_REFUSED)
                    .append("; flags dynamic,timeout; timeout ").append(REMEMBERED_SECONDS).append("s; }\n");
            for (boolean ports : new boolean[] {true, false}) {
                String ip = ip(family);
                chain.append("        meta nfproto ipv").append(family).append(" meta l4proto ").append(ports ? "" : "!= ")
                        .append("{ tcp, udp, sctp, udplite, dccp } update @").append(set).append(" { ").append(ip)
                        .append(" saddr . ").append(ip).append(" daddr . meta l4proto . th ")
                        .append(ports ? "dport" : "sport").append(" counter }\n");
            }
        }
        return text.append(chain).append("        reject with icmpx type admin-prohibited\n    }\n").toString();
    }

    /** What makes other elements of some; {@code ""} if they are the same. */
    public String change(Map<String, Set<String>> before, Map<String, Set<String>> after) {
        StringBuilder text = new StringBuilder();
        after.forEach((set, wanted) -> {
            Set<String> has = before.getOrDefault(set, Set.of());
            commands(text, "delete", set, has.stream().filter(each -> !wanted.contains(each)).toList());
            commands(text, "add", set, wanted.stream().filter(each -> !has.contains(each)).toList());
        });
        return text.toString();
    }

    private void commands(StringBuilder text, String verb, String set, List<String> addresses) {
        if (!addresses.isEmpty()) {
            text.append(verb).append(" element inet ").append(table).append(' ').append(set)
                    .append(addresses.stream().collect(Collectors.joining(", ", " { ", " }\n")));
        }
    }
}
