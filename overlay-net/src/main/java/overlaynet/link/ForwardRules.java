package overlaynet.link;

import java.util.List;
import java.util.stream.Collectors;
import overlaynet.ipam.Subnet;

/** The nftables rules of a bridge, as the text {@code nft(8)} reads. */
final class ForwardRules {
    private ForwardRules() {}

    /**
     * Replaces the bridge's own table, in one transaction; no other table is touched. A table that
     * accepts a packet does not overrule one that drops it, so the host's firewall stays in force.
     *
     * <p>Outgoing: what leaves the subnet gets the host's address. Incoming: only answers and what
     * a published port was translated to; other hosts cannot reach containers by routing to the
     * subnet.
     *
     * <p>Published ports are looked up in a map, whatever their number. They answer on 127.0.0.1 as
     * well: such a connection leaves through the bridge with the bridge's address, for which the
     * bridge must route loopback addresses, which is why packets that come in through it for a
     * loopback address are dropped. A container that reaches another, or itself, through a
     * published port also gets the bridge's address, so that the answer comes back the same way.
     */
    static String install(String table, String bridge, Subnet subnet, List<PublishedPort> ports) {
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
                    }
                    chain postrouting {
                        type nat hook postrouting priority srcnat; policy accept;
                        ip saddr %3$s ip daddr != 224.0.0.0/4 oifname != "%2$s" masquerade
                        ip saddr { 127.0.0.0/8, %3$s } oifname "%2$s" ct status dnat masquerade
                    }
                    chain forward {
                        type filter hook forward priority filter; policy accept;
                        iifname "%2$s" accept
                        oifname "%2$s" ct state established,related accept
                        oifname "%2$s" ct status dnat accept
                        oifname "%2$s" drop
                    }
                }
                """.formatted(table, bridge, subnet) + publish(table, ports);
    }

    /** Adds published ports; refused if one of them is there. */
    static String publish(String table, List<PublishedPort> ports) {
        return ports.stream().map(port -> "create element inet " + table + " " + map(port) + " { "
                + key(port) + " : " + port.containerAddress().getHostAddress() + " . "
                + port.mapping().containerPort() + " }\n").collect(Collectors.joining());
    }

    /** Takes published ports back; refused if one of them is not there. */
    static String unpublish(String table, List<PublishedPort> ports) {
        return ports.stream().map(port -> "delete element inet " + table + " " + map(port) + " { "
                + key(port) + " }\n").collect(Collectors.joining());
    }

    /** Deletes the table, whether or not it exists. */
    static String remove(String table) {
        return """
                add table inet %1$s
                delete table inet %1$s
                """.formatted(table);
    }

    private static String map(PublishedPort port) {
        return port.mapping().hostAddress().isPresent() ? "published_at" : "published";
    }

    private static String key(PublishedPort port) {
        String address = port.mapping().hostAddress()
                .map(host -> host.getHostAddress() + " . ").orElse("");
        return address + port.mapping().protocol().lowerCase() + " . " + port.mapping().hostPort();
    }
}
