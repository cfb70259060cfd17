package overlaynet.link;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlaynet.balance.ReturnRules;
import overlaynet.ipam.Subnet;

/** The nftables rules of a bridge, as the text {@code nft(8)} reads. */
final class ForwardRules {
    /** Elements per command: one of ten thousand would be a line nobody could read in an error. */
    private static final int ELEMENTS_PER_COMMAND = 500;
    /** Of VXLAN between nodes. */
    private static final int TUNNELS_PORT = 4789;

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
                        ip daddr 127.0.0.0/8 iifname %7$s drop
                %9$s    }
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
                        type nat hook postrouting priority %8$s; policy accept;
                %3$s    }
                %10$s    chain forward {
                        type filter hook forward priority filter; policy accept;
                %4$s    }
                %6$s}
                """.formatted(table, bridge.linkName(), postrouting(bridge), forward(bridge),
                        bridge.gateway().getHostAddress(), redirects(bridge), outsideLoopback(bridge), priority(bridge),
                        tunnels(bridge), arrivals(bridge))
                + publish(table, ports);
    }

    /**
     * A node believes what comes to its tunnels' port of whatever source is inside, and knows a container's packets by its node's
     * address alone: so none of them goes there. Between containers of a shared network the port is like others.
     */
    private static String tunnels(Bridge bridge) {
        // What is looked at first hardly any packet has.
        String tunnels = "udp dport " + TUNNELS_PORT + " ";
        String port = tunnels + "iifname \"" + bridge.linkName() + "\"";
        StringBuilder rules = new StringBuilder();
        String itself = "fib daddr type local drop";
        Optional<String> tunnel = bridge.peers().flatMap(Bridge.Peers::tunnel);
        rule(rules, tunnels + "iifname " + tunnel.map(each -> links(bridge.linkName(), each)).orElse(links(bridge.linkName()))
                + " " + itself);
        if (bridge.peers().isPresent() && tunnel.isEmpty()) { // others of the network come by the links of the nodes
            bridge.peers().get().subnets().forEach(each -> rule(rules, tunnels + (each.ipv4() ? "ip" : "ip6") + " saddr " + each
                    + " " + itself));
        }
        List<Subnet> inside = bridge.peers().map(Bridge.Peers::subnets).orElseGet(() -> Stream.concat(Stream.of(bridge.subnet()),
                bridge.ipv6().stream().map(Bridge.Ipv6::subnet)).toList());
        inside.forEach(each -> rule(rules, port + (each.ipv4() ? " ip" : " ip6") + " daddr != " + each + " drop"));
        if (inside.stream().allMatch(Subnet::ipv4)) {
            rule(rules, port + " meta nfproto ipv6 drop");
        }
        return rules.toString();
    }

    /** What goes on to another node has this node's address in the network, and not the one that some other bridge gives it. */
    private static String priority(Bridge bridge) {
        return bridge.peers().filter(each -> each.tunnel().isEmpty()).isPresent() ? "srcnat - 1" : "srcnat";
    }

    /** Through which links nobody may ask for a loopback address: where answers for one come from any link, through all. */
    private static String outsideLoopback(Bridge bridge) {
        return bridge.peers().map(peers -> peers.tunnel().map(tunnel -> links(bridge.linkName(), tunnel)).orElse("!= \"lo\""))
                .orElse(links(bridge.linkName()));
    }

    /**
     * A host whose containers have no neighbours would tell them that there is a shorter way; and one that leads clients of
     * its ports on to another node by the link they came through, that this is one, by an address they did not ask.
     */
    private static String redirects(Bridge bridge) {
        return bridge.peers().isEmpty() ? "" : """
                    chain redirects {
                        type filter hook output priority filter; policy accept;
                        oifname "%1$s" icmp type redirect drop
                        oifname "%1$s" icmpv6 type nd-redirect drop
                %2$s    }
                """.formatted(bridge.linkName(), bridge.peers().get().tunnel().isPresent() ? ""
                        : "        icmp type redirect ct status dnat drop\n");
    }

    /** Names of links as nft reads them. */
    private static String links(String... names) {
        return names.length == 1 ? "\"" + names[0] + "\"" : "{ \"" + String.join("\", \"", names) + "\" }";
    }

    private static String postrouting(Bridge bridge) {
        String name = bridge.linkName();
        Subnet subnet = bridge.subnet();
        StringBuilder rules = new StringBuilder();
        if (bridge.peers().isPresent() && bridge.peers().get().tunnel().isEmpty()) {
            return postrouting(bridge, bridge.peers().get().subnets().getFirst());
        }
        if (bridge.peers().isPresent()) {
            String tunnel = bridge.peers().get().tunnel().get();
            if (!bridge.internal()) {
                String outside = " oifname != " + links(name, tunnel) + " masquerade";
                rule(rules, "ip saddr " + subnet + " ip daddr != 224.0.0.0/4" + outside);
                bridge.ipv6().ifPresent(ipv6 ->
                        rule(rules, "ip6 saddr " + ipv6.subnet() + " ip6 daddr != ff00::/8" + outside));
            }
            rule(rules, "ip saddr 127.0.0.0/8 oifname \"" + name + "\" ct status dnat masquerade");
            if (!bridge.internal()) {
                // The other node would take an answer to one of its own addresses, as 127.0.0.1, for itself; of others it knows
                // that they came through this node (ReturnRules).
                // What has no hardware addresses, as WireGuard, does not say through which node something came.
                for (Subnet whole : bridge.peers().get().subnets()) {
                    String ip = whole.ipv4() ? "ip" : "ip6";
                    for (String whose : List.of("fib saddr type local", "meta oiftype != ether")) {
                        rule(rules, "oifname \"" + tunnel + "\" ct status dnat " + ip + " saddr != "
                                + whole + " " + whose + " snat " + ip + " to " + (whole.ipv4() ? bridge.gateway()
                                        : bridge.ipv6().orElseThrow().gateway()).getHostAddress());
                    }
                }
            }
            return rules.toString();
        }
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

    /** Of a network that routes lead through: the other nodes see its addresses, and of who asks for a port this node's own. */
    private static String postrouting(Bridge bridge, Subnet whole) {
        String name = bridge.linkName();
        StringBuilder rules = new StringBuilder();
        if (!bridge.internal()) {
            rule(rules, "ip saddr " + bridge.subnet() + " ip daddr != { 224.0.0.0/4, " + whole + " } oifname != \"" + name
                    + "\" masquerade");
        }
        rule(rules, "ip saddr 127.0.0.0/8 oifname \"" + name + "\" ct status dnat masquerade");
        if (!bridge.internal()) {
            // The other node would answer the client itself, from an address that was not asked.
            rule(rules, "oifname != \"" + name + "\" ct status dnat ip daddr " + whole + " ip saddr != " + whole + " snat ip to "
                    + bridge.gateway().getHostAddress());
        }
        return rules.toString();
    }

    /**
     * Of a network that routes lead through: what comes from the network's addresses comes by the way that leads to them, and
     * nobody else begins anything with its containers, but through ports.
     */
    private static String forward(Bridge bridge, Subnet whole) {
        String name = bridge.linkName();
        String in = "iifname \"" + name + "\"";
        String out = "oifname \"" + name + "\"";
        String beside = "iifname != \"" + name + "\" oifname != \"" + name + "\"";
        StringBuilder rules = new StringBuilder();
        // Each packet of the host passes the rules of all its networks: that it is none of this one's is soon known.
        rule(rules, beside + " ip daddr != " + whole + " accept");
        rule(rules, beside + " meta nfproto != ipv4 accept");
        rule(rules, in + " ip saddr != " + bridge.subnet() + " counter drop");
        rule(rules, "iifname != \"" + name + "\" ip saddr " + bridge.subnet() + " counter drop");
        rule(rules, "iifname != \"" + name + "\" ip saddr " + whole + " fib saddr . iif oif missing counter drop");
        rule(rules, in + " ip daddr " + whole + " accept");
        rule(rules, out + " ip saddr " + whole + " accept");
        // Services' addresses are led to tasks before this, whoever asks; they are the network's own.
        rule(rules, "ct direction original ct original ip daddr " + whole + " drop");
        if (!bridge.internal()) {
            // What comes to a port of this node for a task of another.
            rule(rules, beside + " ct status dnat accept");
        }
        rule(rules, beside + " drop");
        if (bridge.internal()) {
            rule(rules, in + " drop");
        } else {
            rule(rules, in + " accept");
            rule(rules, out + " ct state established,related accept");
            rule(rules, out + " ct status dnat accept");
        }
        rule(rules, out + " drop");
        return rules.toString();
    }

    /** Of a network that nodes share: what comes from elsewhere. Each packet of the host passes the rules of all its networks. */
    private static String forward(Bridge bridge, String tunnel, List<Subnet> subnets) {
        String name = bridge.linkName();
        StringBuilder rules = new StringBuilder();
        rule(rules, "iifname vmap { \"" + name + "\" : goto from_bridge, \"" + tunnel + "\" : goto from_tunnel }");
        rule(rules, "oifname != " + links(name, tunnel) + " accept");
        // Services' addresses are led to tasks before this, whoever asks; they are the network's own.
        subnets.forEach(whole -> rule(rules, "ct direction original ct original " + (whole.ipv4() ? "ip" : "ip6") + " daddr " + whole
                + " drop"));
        if (!bridge.internal()) {
            // What comes to a port of this node, for a task of another first.
            rule(rules, "ct status dnat accept");
            rule(rules, "oifname \"" + name + "\" ct state established,related accept");
        }
        rule(rules, "drop");
        return rules.toString();
    }

    /**
     * Of such a network: who comes out of the bridge has an address of this node's part, who comes out of the tunnel one of another's,
     * or is a client of another node's ports; what is for the network and has no place there is refused at once.
     */
    private static String arrivals(Bridge bridge) {
        if (bridge.peers().flatMap(Bridge.Peers::tunnel).isEmpty()) {
            return "";
        }
        String inside = links(bridge.linkName(), bridge.peers().get().tunnel().get());
        StringBuilder fromBridge = new StringBuilder();
        StringBuilder fromTunnel = new StringBuilder();
        StringBuilder refusals = new StringBuilder();
        for (Subnet whole : bridge.peers().get().subnets()) {
            String ip = whole.ipv4() ? "ip" : "ip6";
            Subnet part = whole.ipv4() ? bridge.subnet() : bridge.ipv6().orElseThrow().subnet();
            rule(fromBridge, ip + " saddr != " + part + " counter drop");
            rule(fromTunnel, ip + " saddr != " + whole + (bridge.internal() ? "" : " " + ReturnRules.CAME_BY_NO_NODE) + " counter drop");
            rule(fromTunnel, ip + " saddr " + part + " counter drop");
            rule(refusals, ip + " daddr " + whole + " reject");
        }
        rule(fromBridge, "oifname " + inside + " accept");
        fromBridge.append(refusals);
        rule(fromTunnel, "oifname " + inside + " accept");
        if (bridge.internal()) {
            rule(fromBridge, "drop");
        } else {
            // Answers to what came to a port of this node for a task of another.
            rule(fromTunnel, "ct status dnat ct state established,related accept");
        }
        rule(fromTunnel, "drop");
        return """
                    chain from_bridge {
                %s    }
                    chain from_tunnel {
                %s    }
                """.formatted(fromBridge, fromTunnel);
    }

    private static String forward(Bridge bridge) {
        if (bridge.peers().isPresent()) {
            List<Subnet> subnets = bridge.peers().get().subnets();
            return bridge.peers().get().tunnel().map(tunnel -> forward(bridge, tunnel, subnets))
                    .orElseGet(() -> forward(bridge, subnets.getFirst()));
        }
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
