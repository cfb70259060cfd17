package overlaynet.link;

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
     */
    static String install(String table, String bridge, Subnet subnet) {
        return """
                add table inet %1$s
                delete table inet %1$s
                table inet %1$s {
                    chain postrouting {
                        type nat hook postrouting priority srcnat; policy accept;
                        ip saddr %3$s ip daddr != 224.0.0.0/4 oifname != "%2$s" masquerade
                    }
                    chain forward {
                        type filter hook forward priority filter; policy accept;
                        iifname "%2$s" accept
                        oifname "%2$s" ct state established,related accept
                        oifname "%2$s" ct status dnat accept
                        oifname "%2$s" drop
                    }
                }
                """.formatted(table, bridge, subnet);
    }

    /** Deletes the table, whether or not it exists. */
    static String remove(String table) {
        return """
                add table inet %1$s
                delete table inet %1$s
                """.formatted(table);
    }
}
