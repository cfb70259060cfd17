package overlaynet.link;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import linux.socket.NetlinkSocket;
import overlaynet.balance.ReturnRules;
import overlaynet.ipam.Subnet;
import overlaynet.policy.PolicyRules;

/** The kernel's tables that networks of several nodes need beside those of their bridges, under names of one agent's. */
public final class NetworkTables {
    private final SharedNftables nftables;
    private final String prefix;

    /**
     * @param nftables the caller's to close
     * @param prefix   what all names begin with
     */
    public NetworkTables(SharedNftables nftables, String prefix) {
        this.nftables = nftables;
        this.prefix = prefix;
    }

    /** The table that leads services' addresses to tasks, made anew without one; the caller's to close. */
    public BalanceTable balance() throws IOException {
        return BalanceTable.make(nftables, NetlinkSocket.netfilter(), balanceName());
    }

    /** Takes that table off the host, if there is one. */
    public void removeBalance() throws IOException {
        nftables.removeTable("inet", balanceName());
    }

    private String balanceName() {
        return prefix + "_balance";
    }

    /** What the name of a network's table of its policy begins with; the rest is its bridge's link. */
    private String policyPrefix() {
        return prefix + "_policy_";
    }

    /**
     * Makes the table of a network's policy, in place of the one that is there.
     *
     * @param linkName of its bridge here
     * @param rules    makes them for a table of that name
     */
    public PolicyTable policy(String linkName, Function<String, PolicyRules> rules,
            Function<PolicyRules, Map<String, Set<String>>> elements) throws IOException {
        String table = policyPrefix() + linkName;
        PolicyRules made = rules.apply(table);
        return PolicyTable.make(nftables, table, made, elements.apply(made));
    }

    /** Takes tables of policies off the host but those of these bridges. */
    public void keepPolicies(Set<String> linkNames) throws IOException {
        keep("inet", policyPrefix(), linkNames);
    }

    private String returnPrefix() {
        return prefix + "_return_";
    }

    /**
     * The rules of a network's table that leads answers back by the node a client came through.
     *
     * @param linkName of its bridge here
     * @param tunnel   the link to the other nodes
     * @param whole    the network, of one family
     * @param part     this node's part of that
     */
    public ReturnRules returnRules(String linkName, String tunnel, Subnet whole, Subnet part) {
        return new ReturnRules(returnPrefix() + linkName, linkName, tunnel, whole, part);
    }

    /** Makes that table, in place of the one that is there. */
    public ReturnTable returning(ReturnRules rules, Map<String, Map<String, String>> elements) throws IOException {
        return ReturnTable.make(nftables, rules, elements);
    }

    /** Takes such tables off the host but those of these bridges. */
    public void keepReturning(Set<String> linkNames) throws IOException {
        keep("ip", returnPrefix(), linkNames);
        keep("ip6", returnPrefix(), linkNames);
    }

    /** Another number than before if somebody has written to nf_tables since, in the calling thread's network namespace. */
    public long generation() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
            return Generation.read(socket);
        }
    }

    /** Takes all of them off the host. */
    public void removeAll() throws IOException {
        removeBalance();
        keepPolicies(Set.of());
        keepReturning(Set.of());
    }

    private void keep(String family, String beginning, Set<String> linkNames) throws IOException {
        List<String> there = nftables.tables(family, beginning);
        for (String each : there) {
            if (!linkNames.contains(each.substring(beginning.length()))) {
                nftables.removeTable(family, each);
            }
        }
    }
}
