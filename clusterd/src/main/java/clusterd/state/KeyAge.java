package clusterd.state;

import clusterd.model.Network;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which encrypted networks are to have new keys because of those they have being old. */
public final class KeyAge {
    /** How long nodes' keys last. */
    public static final long MOST_MILLIS = TimeUnit.DAYS.toMillis(30);

    private KeyAge() {
    }

    /**
     * What to propose now. A node that hears of no manager meanwhile would not know the others by their new keys, so it
     * is waited for: as long again, since it may never come back.
     */
    public static List<Command> due(ClusterState state, long nowMillis) {
        return state.networking().all().stream().filter(each -> each.spec().encrypted() && isDue(each, state, nowMillis))
                .map(each -> (Command) new Command.PutPolicy(each, each.keyed(state.networking().keysMillis(nowMillis)))).toList();
    }

    private static boolean isDue(Network network, ClusterState state, long nowMillis) {
        long age = nowMillis - Math.max(network.createdMillis(), network.keysMillis());
        return age >= 2 * MOST_MILLIS || age >= MOST_MILLIS && state.networking().blocks(network.id()).stream()
                .noneMatch(each -> state.node(each.node()).filter(KeyAge::isLost).isPresent());
    }

    private static boolean isLost(Node node) {
        return node.status().state() != NodeStatus.State.READY;
    }
}
