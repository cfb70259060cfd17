package clusterd.scheduler;

import clusterd.model.HostPort;
import clusterd.model.Node;
import clusterd.model.Resources;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A node and what its tasks take of it. */
final class NodeLoad {
    /** What a task without reservation counts as: nodes of equal reservations are filled evenly. */
    private static final double SHARE_OF_ANY_TASK = 1 / 256.0;

    private final int order;
    private Node node;
    private Resources free;
    private final Map<TaskId, Held> held = new HashMap<>();
    private final Map<ServiceId, Integer> alive = new HashMap<>();
    private final Set<HostPort> ports = new HashSet<>();

    NodeLoad(Node node, int order) {
        this.node = node;
        this.order = order;
        this.free = node.description().capacity();
    }

    int order() {
        return order;
    }

    Node node() {
        return node;
    }

    void become(Node other) {
        free = free.plus(other.description().capacity()).minus(node.description().capacity());
        node = other;
    }

    Resources free() {
        return free;
    }

    Map<TaskId, Held> held() {
        return held;
    }

    int aliveOf(ServiceId service) {
        return alive.getOrDefault(service, 0);
    }

    boolean isTaken(HostPort port) {
        return ports.contains(port);
    }

    boolean runsAny(ServiceId service) {
        return alive.containsKey(service);
    }

    void take(TaskId id, Held what) {
        Held before = held.put(id, what);
        if (before != null) {
            free = free.plus(before.reservation());
            count(before, -1);
            ports.removeAll(before.ports());
        }
        free = free.minus(what.reservation());
        count(what, 1);
        ports.addAll(what.ports());
    }

    Held give(TaskId id) {
        Held before = held.remove(id);
        if (before != null) {
            free = free.plus(before.reservation());
            count(before, -1);
            ports.removeAll(before.ports());
        }
        return before;
    }

    private void count(Held what, int by) {
        if (what.alive()) {
            alive.merge(what.service(), by, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    /** The largest share of anything it has that is taken. */
    double load() {
        Resources all = node.description().capacity();
        double share = held.size() * SHARE_OF_ANY_TASK;
        share = Math.max(share, share(all.cpuMillis(), free.cpuMillis()));
        return Math.max(share, share(all.memoryBytes(), free.memoryBytes()));
    }

    private static double share(long all, long free) {
        return all <= 0 ? 0 : (double) (all - free) / all;
    }
}
