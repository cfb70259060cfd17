package overlaynet.link;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import overlaynet.ipam.Subnet;

/** The nftables rules of a bridge, as the text {@code nft(8)} reads. */
final class ForwardRules {
    /** Elements per command: one of ten thousand would be a line nobody could read in an error. */
    private static final int ELEMENTS_PER_COMMAND = 500;

    private ForwardRules() {}

    /**
     * Replaces the bridge's own table, in one transaction; no other table is touched. A table that
     * accepts a packet does not overrule one that drops it, so the host's firewall stays in force.
     *
     * <p>Outgoing: what leaves the subnet gets the host's address. Incoming: only answers and what
     * a published port was translated to; other hosts, and the containers of other bridges, cannot
     * reach containers by routing to the subnet. An internal bridge lets nothing in or out.
     *
     * <p>Published ports are looked up in a map, whatever their number. They answer on 127.0.0.1 as
     * well: such a connection leaves through the bridge with the bridge's address, for which the
     * bridge must route loopback addresses, which is why packets that come in through it for a
     * loopback address are dropped. A container that reaches another, or itself, through a
     * published port also gets the bridge's address, so that the answer comes back the same way.
     *
     * <p>IPv6 has no such setting, so what is for {@code ::1} is left alone.
     *
     * <p>While no agent runs nobody answers on port 53 of the bridge's address. The kernel would
     * say so at once and a resolver would give up; without that word it asks again after a few
     * seconds, when the next agent is there.
     */
    static String install(String table, Bridge bridge, List<PublishedPort> ports) {
        return """
                add table inet %1$s
                delete table inet %1$s
                table inet %1$s {
                    map published {
                        type inet_proto . inet_service : ipv4_addr . inet_service
                    }
                    map published_at {
                        type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                    }
                    map published6 {
                        type inet_proto . inet_service : ipv6_addr . inet_service
                    }
                    map published6_at {
                        type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service
                    }
                    chain loopback {
                        type filter hook prerouting priority raw; policy accept;
                        iifname "%2$s" ip daddr 127.0.0.0/8 drop
                    }
                    chain prerouting {
                        type nat hook prerouting priority dstnat; policy accept;
                        fib daddr type local goto published_ports
                    }
                    chain output {
                        type nat hook output priority -100; policy accept;
                        fib daddr type local goto published_ports
                    }
                    chain published_ports {
                        dnat ip to ip daddr . meta l4proto . th dport map @published_at
                        dnat ip to meta l4proto . th dport map @published
                        ip6 daddr ::1 return
                        dnat ip6 to ip6 daddr . meta l4proto . th dport map @published6_at
                        dnat ip6 to meta l4proto . th dport map @published6
                    }
                    chain resolver {
                        type filter hook output priority filter; policy accept;
                        oifname "%2$s" meta l4proto icmp ct state related \
                ct original ip daddr %5$s ct original proto-dst 53 drop
                    }
                    chain postrouting {
                        type nat hook postrouting priority srcnat; policy accept;
                %3$s    }
                    chain forward {
                        type filter hook forward priority filter; policy accept;
                %4$s    }
                }
                """.formatted(table, bridge.linkName(), postrouting(bridge), forward(bridge),
                        bridge.gateway().getHostAddress())
                + publish(table, ports);
    }

    private static String postrouting(Bridge bridge) {
        String name = bridge.linkName();
        Subnet subnet = bridge.subnet();
        StringBuilder rules = new StringBuilder();
        if (!bridge.internal()) {
            rule(rules, "ip saddr " + subnet + " ip daddr != 224.0.0.0/4 oifname != \"" + name
                    + "\" masquerade");
        }
        rule(rules, "ip saddr { 127.0.0.0/8, " + subnet + " } oifname \"" + name
                + "\" ct status dnat masquerade");
        bridge.ipv6().ifPresent(ipv6 -> {
            if (!bridge.internal()) {
                rule(rules, "ip6 saddr " + ipv6.subnet() + " ip6 daddr != ff00::/8"
                        + " oifname != \"" + name + "\" masquerade");
            }
            rule(rules, "ip6 saddr { ::1, " + ipv6.subnet() + " } oifname \"" + name
                    + "\" ct status dnat masquerade");
        });
        return rules.toString();
    }

    private static String forward(Bridge bridge) {
        String in = "iifname \"" + bridge.linkName() + "\"";
        String out = "oifname \"" + bridge.linkName() + "\"";
        StringBuilder rules = new StringBuilder();
        if (bridge.internal()) {
            rule(rules, in + " " + out + " accept");
            rule(rules, in + " drop");
        } else {
            rule(rules, in + " accept");
            rule(rules, out + " ct state established,related accept");
            rule(rules, out + " ct status dnat accept");
        }
        rule(rules, out + " drop");
        return rules.toString();
    }

    private static void rule(StringBuilder rules, String rule) {
        rules.append("        ").append(rule).append('\n');
    }

    /** Adds published ports; refused if one of them is there. */
    static String publish(String table, List<PublishedPort> ports) {
        return change("create", table, ports, port -> key(port) + " : "
                + port.containerAddress().getHostAddress() + " . "
                + port.mapping().containerPort());
    }

    /** Takes published ports back; refused if one of them is not there. */
    static String unpublish(String table, List<PublishedPort> ports) {
        return change("delete", table, ports, ForwardRules::key);
    }

    private interface Element {
        String of(PublishedPort port);
    }

    private static String change(String verb, String table, List<PublishedPort> ports,
            Element element) {
        Map<String, List<PublishedPort>> byMap = ports.stream().collect(Collectors.groupingBy(
                ForwardRules::map, LinkedHashMap::new, Collectors.toList()));
        StringBuilder commands = new StringBuilder();
        byMap.forEach((map, all) -> {
            for (int first = 0; first < all.size(); first += ELEMENTS_PER_COMMAND) {
                int end = Math.min(all.size(), first + ELEMENTS_PER_COMMAND);
                commands.append(verb).append(" element inet ").append(table).append(' ')
                        .append(map).append(" { ")
                        .append(all.subList(first, end).stream().map(element::of)
                                .collect(Collectors.joining(", ")))
                        .append(" }\n");
            }
        });
        return commands.toString();
    }

    /** Deletes the table, whether or not it exists. */
    static String remove(String table) {
        return """
                add table inet %1$s
                delete table inet %1$s
                """.formatted(table);
    }

    private static String map(PublishedPort port) {
        return (port.ipv6() ? "published6" : "published") + (port.everywhere() ? "" : "_at");
    }

    private static String key(PublishedPort port) {
        String address = port.everywhere() ? ""
                : port.mapping().hostAddress().get().getHostAddress() + " . ";
        return address + port.mapping().protocol().number() + " . " + port.mapping().hostPort();
    }
}
