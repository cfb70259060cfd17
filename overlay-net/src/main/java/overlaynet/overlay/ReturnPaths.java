package overlaynet.overlay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import overlaynet.audit.Repair;
import overlaynet.balance.ReturnRules;
import overlaynet.ipam.Subnet;
import overlaynet.link.BridgeSettings;
import overlaynet.link.NetworkTables;
import overlaynet.link.ReturnTable;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;

/** The tables that lead answers to clients back by the node they came through, as they were last made. For one thread. */
final class ReturnPaths {
    private final NetworkTables kernel;
    private final Repairs repairs;
    private final Map<String, List<ReturnTable>> tables = new HashMap<>();
    private final TableWatch watch;

    ReturnPaths(NetworkTables kernel, Repairs repairs) {
        this.kernel = kernel;
        this.watch = new TableWatch(kernel);
        this.repairs = repairs;
    }

    /**
     * Whether clients from outside may come to a network's tasks here through other nodes in their own names. Encrypted tunnels
     * take from a node what is of its block alone, and of a packet that came by a route nobody knows who sent it on.
     */
    static boolean isNeeded(WantedNetwork network) {
        return network.isHere() && !network.internal() && !network.encryption().on() && !network.routed()
                && network.services().stream().anyMatch(each -> !each.ports().isEmpty());
    }

    /**
     * Makes it so that clients of a network's ports get their answers.
     *
     * @param peers the other nodes that have a part of it
     */
    void keep(WantedNetwork network, List<Peer> peers) throws IOException {
        if (!isNeeded(network)) {
            tables.remove(network.id());
            return;
        }
        List<ReturnRules> rules = rules(network);
        List<ReturnTable> made = tables.get(network.id());
        boolean same = made != null && made.stream().map(ReturnTable::rules).toList().equals(rules);
        boolean stands = same && watch.stands(network.id(), () -> stand(made));
        if (same && !stands) {
            repairs.note(Repair.RULES, 1, "network " + network.name() + ": the rules that lead answers back to clients of"
                    + " other nodes' ports were not as they should be, and are made anew");
        }
        boolean done = false;
        try {
            if (stands) {
                for (ReturnTable each : made) {
                    each.change(each.rules().elements(ways(network, peers, each.rules().part())));
                }
            } else {
                List<ReturnTable> anew = new ArrayList<>();
                for (ReturnRules each : rules) {
                    anew.add(kernel.returning(each, each.elements(ways(network, peers, each.part()))));
                }
                tables.put(network.id(), anew);
            }
            done = true;
        } finally {
            if (!done) {
                tables.remove(network.id()); // what there is now nobody knows: it is made anew
            }
        }
    }

    private static boolean stand(List<ReturnTable> made) throws IOException {
        for (ReturnTable each : made) {
            if (!each.stands()) {
                return false;
            }
        }
        return true;
    }

    private List<ReturnRules> rules(WantedNetwork network) {
        List<ReturnRules> rules = new ArrayList<>();
        for (Subnet part : network.block()) {
            network.subnets().stream().filter(each -> each.ipv4() == part.ipv4()).findFirst().ifPresent(whole ->
                    rules.add(kernel.returnRules(BridgeSettings.linkNameOf(network.id()), Mesh.linkName(network.number()), whole,
                            part)));
        }
        return rules;
    }

    private static List<ReturnRules.Way> ways(WantedNetwork network, List<Peer> peers, Subnet part) {
        List<ReturnRules.Way> ways = new ArrayList<>();
        for (Peer peer : peers) {
            peer.blocks().stream().filter(each -> each.ipv4() == part.ipv4()).findFirst().ifPresent(block ->
                    ways.add(new ReturnRules.Way(peer.tunnel(network.number()).toString(), block)));
        }
        return ways;
    }

    /** Takes the tables of networks away that need none here. */
    void sweep(List<WantedNetwork> wanted) throws IOException {
        Set<String> kept = new HashSet<>();
        for (WantedNetwork each : wanted) {
            if (isNeeded(each)) {
                kept.add(each.id());
            }
        }
        tables.keySet().retainAll(kept);
        watch.sweep(kept, kernel::keepReturning);
    }
}
