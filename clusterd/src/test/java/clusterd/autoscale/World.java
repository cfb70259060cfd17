package clusterd.autoscale;

import clusterd.model.Autoscaling;
import clusterd.model.Desire;
import clusterd.model.MetricQuery;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.Scaling;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.session.FromNode;
import clusterd.session.MetricValue;
import clusterd.session.TaskUsage;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Part;
import clusterd.state.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** One node and services on it whose tasks all run at once, on a clock that the test moves. */
final class World {
    static final MetricQuery QUEUE = new MetricQuery(9100, "/metrics", "queue_length", new TreeMap<>(), false);
    static final NodeId NODE = new NodeId("n0");
    private static final int RESERVED_MILLIS = 100;
    private static final int RESERVED_MEBIBYTES = 64;

    final Map<ServiceId, Service> services = new TreeMap<>();
    final Map<NodeId, NodeReading> readings = new HashMap<>();
    Autoscaler autoscaler = new Autoscaler();
    long nowMillis = 1_700_000_000_000L;

    ServiceId add(String name, Mode mode, Optional<Autoscaling> autoscaling) {
        ServiceId id = new ServiceId(name);
        ServiceSpec spec = ServiceSpec.of(name, mode, Sample.template(RESERVED_MILLIS, RESERVED_MEBIBYTES))
                .with(autoscaling);
        services.put(id, ClusterState.EMPTY.apply(List.of(new Command.CreateService(id, spec, nowMillis)))
                .state().service(id).orElseThrow());
        return id;
    }

    static ServiceId replicated(World world, int replicas, Autoscaling autoscaling) {
        return world.add("web", new Mode.Replicated(replicas, false), Optional.of(autoscaling));
    }

    int count(ServiceId id) {
        return services.get(id).spec().scale().orElseThrow();
    }

    List<Scaling> scalings(ServiceId id) {
        return services.get(id).scalings();
    }

    static TaskId task(ServiceId id, int slot) {
        return new TaskId(id.value() + slot);
    }

    ClusterState state() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.OfNode(Sample.node(NODE.value(), 1_000, 1_000)));
        services.values().forEach(each -> parts.add(new Part.OfService(each)));
        services.values().forEach(each -> {
            for (int slot = 1; slot <= each.spec().scale().orElseThrow(); slot++) {
                parts.add(new Part.OfTask(Task.fresh(task(each.id(), slot), each.id(), slot, 1, Optional.of(NODE),
                        Desire.RUNNING, TaskStatus.pending(0, "").in(TaskState.RUNNING, 0, ""), "wanted", 0, 1)));
            }
        });
        return ClusterState.of(parts);
    }

    /** The node says that the first tasks of a service use so many thousandths of a processor each. */
    void cpu(ServiceId id, int tasks, long millis) {
        List<TaskUsage> usages = new ArrayList<>();
        for (int slot = 1; slot <= tasks; slot++) {
            usages.add(new TaskUsage(task(id, slot), OptionalLong.of(millis), OptionalLong.empty(), List.of()));
        }
        say(NODE, usages);
    }

    /** It says that the first tasks of a service tell this each. */
    void metric(ServiceId id, int tasks, double value) {
        List<TaskUsage> usages = new ArrayList<>();
        for (int slot = 1; slot <= tasks; slot++) {
            usages.add(new TaskUsage(task(id, slot), OptionalLong.empty(), OptionalLong.empty(),
                    List.of(MetricValue.of(QUEUE, value))));
        }
        say(NODE, usages);
    }

    void say(NodeId node, List<TaskUsage> usages) {
        readings.put(node, NodeReading.of(new FromNode.Usage(OptionalLong.of(0), 0, usages), nowMillis));
    }

    /** Decides, and a second goes by. */
    List<Command> step() {
        ClusterState state = state();
        List<Command> commands = autoscaler.decide(state, readings, nowMillis);
        ClusterState after = state.apply(commands).state();
        services.replaceAll((id, before) -> after.service(id).orElseThrow());
        nowMillis += 1_000;
        return commands;
    }

    /** The same again and again: all tasks of a service together need so many thousandths of a processor. */
    void run(ServiceId id, int seconds, long togetherMillis) {
        for (int i = 0; i < seconds; i++) {
            cpu(id, count(id), togetherMillis / Math.max(1, count(id)));
            step();
        }
    }
}
