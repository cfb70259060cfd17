package clusterd.reconcile;

import clusterd.model.Availability;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import clusterd.model.Role;
import clusterd.model.Service;
import clusterd.model.SiteLoss;
import clusterd.model.Standby;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Which sites there are, and which of them can have tasks. */
public final class SitesAtHand {
    private final Map<String, List<Node>> nodes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * Why a site counts as lost.
     *
     * @param reason      {@code 2 nodes down, 1 drained}
     * @param sinceMillis when its last node went down, since 1970; empty if that is not why, or not all of it
     * @param deliberate  whether an operator drained it, so that it will not be back in a moment
     */
    public record Lost(String reason, OptionalLong sinceMillis, boolean deliberate) {
    }

    private SitesAtHand(ClusterState state) {
        for (Node node : state.nodes()) {
            if (node.spec().role() != Role.WITNESS && !node.site().isEmpty()) {
                nodes.computeIfAbsent(node.site(), site -> new ArrayList<>()).add(node);
            }
        }
    }

    /** Those of a state. */
    public static SitesAtHand of(ClusterState state) {
        return new SitesAtHand(state);
    }

    /** In which sites such a service has its replicas while nothing is lost, the standby not among them. */
    public List<String> primaries(Mode.PerSite mode) {
        String standby = mode.standby().map(Standby::site).orElse("");
        return mode.sites().isEmpty()
                ? nodes.keySet().stream().filter(each -> !each.equalsIgnoreCase(standby)).toList() : mode.sites();
    }

    /** Why no node of the site can have tasks; empty if one can. Nodes that are paused or about to return can. */
    public Optional<Lost> lost(String site) {
        List<Node> its = nodes.getOrDefault(site, List.of());
        int down = 0;
        long lastMillis = 0;
        for (Node node : its) {
            if (isDown(node)) {
                down++;
                lastMillis = Math.max(lastMillis, node.status().sinceMillis());
            } else if (node.spec().availability() != Availability.DRAIN) {
                return Optional.empty();
            }
        }
        if (its.isEmpty()) {
            return Optional.of(new Lost("it has no nodes", OptionalLong.empty(), false));
        }
        int drained = its.size() - down;
        if (drained == 0) {
            return Optional.of(new Lost(count(down) + " down", OptionalLong.of(lastMillis), false));
        }
        return Optional.of(new Lost(down == 0 ? count(drained) + " drained" : count(down) + " down, " + drained
                + " drained", OptionalLong.empty(), down == 0));
    }

    /** How many tasks a service shall have in all, as things stand. */
    public int wanted(Service service, Mode.PerSite mode) {
        int wanted = mode.standbyReplicas(service.losses());
        for (String site : primaries(mode)) {
            boolean covered = service.losses().stream()
                    .anyMatch(each -> each.site().equals(site) && each.phase() == SiteLoss.Phase.COVERED);
            wanted += covered && lost(site).isPresent() ? 0 : mode.replicas();
        }
        return wanted;
    }

    private static boolean isDown(Node node) {
        return node.status().state() == NodeStatus.State.DOWN || node.status().state() == NodeStatus.State.UNKNOWN;
    }

    private static String count(int nodes) {
        return nodes + (nodes == 1 ? " node" : " nodes");
    }
}
