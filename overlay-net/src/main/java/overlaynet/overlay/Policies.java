package overlaynet.overlay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import overlaynet.audit.Repair;
import overlaynet.link.BridgeSettings;
import overlaynet.link.NetworkTables;
import overlaynet.link.PolicyTable;
import overlaynet.policy.Policy;
import overlaynet.policy.PolicyRules;

/** The tables of networks' policies, as they were last made. Safe for use by several threads. */
final class Policies {
    /** What a table's text follows from. */
    private record Made(PolicyTable table, Policy policy, PolicyRules rules) {
    }

    private final NetworkTables kernel;
    private final Repairs repairs;
    private final Map<String, Made> tables = new HashMap<>();
    private final TableWatch watch;

    Policies(NetworkTables kernel, Repairs repairs) {
        this.kernel = kernel;
        this.watch = new TableWatch(kernel);
        this.repairs = repairs;
    }

    /** Makes it so that a network's policy is kept here; a network that forbids nothing has no table. */
    synchronized void keep(WantedNetwork network) throws IOException {
        if (network.policy().isOpen()) {
            tables.remove(network.id());
            return;
        }
        Made made = tables.get(network.id());
        boolean same = made != null && made.policy.equals(network.policy());
        boolean stands = same && watch.stands(network.id(), made.table::stands);
        if (same && !stands) {
            repairs.note(Repair.POLICY, 1, "network " + network.name() + ": the rules about who may talk to whom were not as"
                    + " they should be, and are made anew");
        }
        if (stands) {
            boolean changed = false;
            try {
                made.table.change(network.policyElements(made.rules));
                changed = true;
            } finally {
                if (!changed) {
                    tables.remove(network.id()); // what it has now nobody knows: it is made anew
                }
            }
            return;
        }
        tables.remove(network.id());
        String link = BridgeSettings.linkNameOf(network.id());
        List<PolicyRules> rules = new ArrayList<>();
        PolicyTable table = kernel.policy(link, name -> network.policyRules(name, link), each -> {
                    rules.add(each);
                    return network.policyElements(each);
                });
        tables.put(network.id(), new Made(table, network.policy(), rules.getFirst()));
    }

    /** Takes the tables of networks away that are not here, or forbid nothing. */
    synchronized void sweep(List<WantedNetwork> wanted) throws IOException {
        Set<String> kept = new HashSet<>();
        for (WantedNetwork each : wanted) {
            if (each.isHere() && !each.policy().isOpen()) {
                kept.add(each.id());
            }
        }
        tables.keySet().retainAll(kept);
        watch.sweep(kept, kernel::keepPolicies);
    }

    /** What a network's policy has done here; nothing, if it forbids nothing. */
    synchronized List<Flows> flows(List<WantedNetwork> wanted) throws IOException {
        List<Flows> all = new ArrayList<>();
        for (WantedNetwork each : wanted) {
            Made made = tables.get(each.id());
            if (made != null) {
                all.add(Flows.of(each, made.policy, made.table.refused(), made.table.counts()));
            }
        }
        return all;
    }
}
