package jmh;

import clusterd.model.Constraint;
import clusterd.model.ContainerTemplate;
import clusterd.model.Desire;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.Role;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskStatus;
import clusterd.model.TaskTemplate;
import clusterd.scheduler.Fleet;
import clusterd.scheduler.Round;
import clusterd.scheduler.Scheduler;
import clusterd.scheduler.TaskGroup;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Decisions in memory: tasks of services with constraints, spread over zones, packed, and with named devices, on
 * an empty fleet of ten zones. An operation is one placement.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Xmx2g")
public class SchedulerBenchmark {
    private static final int TASKS = 20_000;
    private static final int ZONES = 10;

    /** Nodes of the fleet. */
    @Param({"1000", "5000", "10000"})
    public int nodeCount;

    /** Tasks of each service. */
    @Param({"10", "100"})
    public int tasksPerService;

    private ClusterState state;
    private List<TaskGroup> groups;
    private Scheduler scheduler;

    /** Makes nodes and services. */
    @Setup
    public void makeCluster() {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            NodeSpec spec = NodeSpec.of(Role.WORKER).withLabel("zone", "z" + i % ZONES)
                    .withLabel("disk", i % 3 == 0 ? "ssd" : "hdd");
            Resources capacity = Resources.of(64_000, 256L << 30).with("media", i % 2 == 0 ? 16 : 0);
            commands.add(new Command.AddNode(new Node(new NodeId("n" + i), 1, spec,
                    NodeDescription.of("n" + i, capacity),
                    new NodeStatus(NodeStatus.State.READY, 0, "", ""), 1, 0)));
        }
        for (int s = 0; s < TASKS / tasksPerService; s++) {
            commands.add(new Command.CreateService(new ServiceId("s" + s),
                    ServiceSpec.of("s" + s, new clusterd.model.Mode.Replicated(tasksPerService, false),
                            template(s)), s));
        }
        state = ClusterState.EMPTY.apply(commands).state();
        groups = new ArrayList<>();
        for (Service service : state.services()) {
            List<Task> tasks = new ArrayList<>();
            for (int slot = 1; slot <= tasksPerService; slot++) {
                tasks.add(Task.fresh(new TaskId(service.id() + "-" + slot), service.id(), slot, 1,
                        Optional.empty(), Desire.RUNNING, TaskStatus.pending(0, ""), "", 0, 0));
            }
            groups.add(new TaskGroup(service, 1, tasks));
        }
    }

    private static TaskTemplate template(int number) {
        Resources reservation = Resources.of(100 + 50 * (number % 5), (64L + 32 * (number % 7)) << 20);
        int kind = number % 4;
        TaskTemplate template = TaskTemplate.of(new ContainerTemplate("web:1", new byte[0]),
                kind == 1 ? reservation.with("media", 1) : reservation);
        List<Constraint> constraints = switch (kind) {
            case 1 -> List.of(Constraint.parse("node.labels.zone!=z3"));
            case 2 -> List.of(Constraint.parse("node.labels.disk==ssd"));
            default -> List.of();
        };
        return template.with(new Placement(constraints, kind == 3 ? List.of() : List.of("node.labels.zone"),
                kind == 3, List.of(), 0, List.of()));
    }

    /** An empty fleet for each round. */
    @Setup(Level.Invocation)
    public void empty() {
        scheduler = new Scheduler(Fleet.of(state));
    }

    /** Places them all. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public Round decide() {
        Round round = scheduler.decide(groups, List.of(), 1, 0);
        if (round.assignments().size() < TASKS / 2) {
            throw new IllegalStateException(round.assignments().size() + " of " + TASKS + " were placed");
        }
        return round;
    }
}
