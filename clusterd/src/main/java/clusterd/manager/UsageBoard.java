package clusterd.manager;

import clusterd.autoscale.MetricDemands;
import clusterd.autoscale.NodeReading;
import clusterd.model.NodeId;
import clusterd.session.FromNode;
import clusterd.session.ServiceMetrics;
import clusterd.session.ToNode;
import clusterd.state.ClusterState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What nodes said of what is in use, for as long as this manager leads: no part of the state, since it is out of date
 * a moment later. Nodes are asked only while a service is scaled by it, or somebody looks.
 */
public final class UsageBoard {
    private static final long LOOK_MILLIS = 30_000;
    private static final long SHORTEST_MILLIS = 1_000;
    private static final long LONGEST_MILLIS = 10_000;
    private static final long MILLIS_PER_NODE = 2;
    private static final long START_MILLIS = System.currentTimeMillis();
    private static final long START_NANOS = System.nanoTime();
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<NodeId, NodeReading> readings = new ConcurrentHashMap<>();
    private volatile long lookedMillis = Long.MIN_VALUE / 2;

    /** Milliseconds since 1970, which never jump: windows and ages are counted by it. */
    public static long nowMillis() {
        return START_MILLIS + (System.nanoTime() - START_NANOS) / NANOS_PER_MILLI;
    }

    /** A node said so. */
    public void put(NodeId node, FromNode.Usage usage) {
        readings.put(node, NodeReading.of(usage, nowMillis()));
    }

    /** Of all nodes that said something, however long ago. */
    public Map<NodeId, NodeReading> readings() {
        return Map.copyOf(readings);
    }

    /** Somebody looks: nodes are asked for a while. */
    public void look() {
        lookedMillis = nowMillis();
    }

    /** What nodes are to be told now. */
    public ToNode.Measure wanted(ClusterState state) {
        readings.keySet().removeIf(each -> state.node(each).isEmpty());
        List<ServiceMetrics> metrics = MetricDemands.of(state);
        boolean looks = nowMillis() - lookedMillis < LOOK_MILLIS;
        if (!looks && !MetricDemands.any(state)) {
            return ToNode.Measure.NOTHING;
        }
        return new ToNode.Measure(Math.clamp(state.nodes().size() * MILLIS_PER_NODE, SHORTEST_MILLIS,
                LONGEST_MILLIS), metrics);
    }
}
