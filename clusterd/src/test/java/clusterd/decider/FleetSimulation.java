package clusterd.decider;

import clusterd.model.Constraint;
import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
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
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import clusterd.model.UpdateStatus;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.TaskReport;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * A large cluster on virtual time: the real state and deciders, and nodes that do what they are told and say so a
 * little later. Of {@link Simulation} it has none of the mishaps, and so can have a million tasks.
 */
public final class FleetSimulation {
    private static final long BEAT_MILLIS = 250;
    private static final int ZONES = 10;
    private static final int TASKS_PER_SERVICE = 100;
    private static final long TERM = 1;

    private record Event(long atMillis, long number, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /**
     * What the leader did.
     *
     * @param rounds      how often it was asked what to do
     * @param decisions   tasks it gave a node
     * @param commands    of all kinds it proposed
     * @param deciderNanos processor time of its own, that of taking in what changed included
     * @param applyNanos  processor time to apply its commands
     */
    public record Work(long rounds, long decisions, long commands, long deciderNanos, long applyNanos) {
        /** What was done since. */
        public Work since(Work before) {
            return new Work(rounds - before.rounds, decisions - before.decisions, commands - before.commands,
                    deciderNanos - before.deciderNanos, applyNanos - before.applyNanos);
        }
    }

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    /** What each node has to say at its next beat: a task, and in what state it is. */
    private final Map<NodeId, Map<TaskId, TaskState>> unsaid = new LinkedHashMap<>();
    private final Set<NodeId> lost = new HashSet<>();
    private final Map<NodeId, Integer> sessions = new LinkedHashMap<>();
    private ClusterState state = ClusterState.EMPTY;
    private final Decider decider;
    private long now = 1_700_000_000_000L;
    private long eventNumber;
    private long taskNumber;
    private boolean planned;
    private Work work = new Work(0, 0, 0, 0, 0);

    /**
     * Empty but for its nodes.
     *
     * @param nodes how many, in ten zones; a third has fast disks, and half of them sixteen devices
     */
    public FleetSimulation(long seed, int nodes) {
        this.random = new Random(seed);
        apply(new Entry(0, List.of(new Command.BeginTerm(TERM, "m"))));
        decider = new Decider(state, () -> new TaskId(Long.toString(1_000_000_000_000L + ++taskNumber, 36)));
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            NodeSpec spec = NodeSpec.of(Role.WORKER).withLabel("zone", "z" + i % ZONES)
                    .withLabel("disk", i % 3 == 0 ? "ssd" : "hdd");
            commands.add(new Command.AddNode(new Node(new NodeId("n" + i), 1, spec, NodeDescription.of("n" + i,
                    Resources.of(64_000, 256L << 30).with("media", i % 2 == 0 ? 16 : 0)), ready(), 1, now)));
            sessions.put(new NodeId("n" + i), 1);
        }
        propose(commands);
    }

    private NodeStatus ready() {
        return new NodeStatus(NodeStatus.State.READY, now, "", "");
    }

    /** As it is. */
    public ClusterState state() {
        return state;
    }

    /** What the leader did until now. */
    public Work work() {
        return work;
    }

    /** Tasks that run, of those that are wanted. */
    public long running() {
        return state.tasks().stream()
                .filter(each -> each.isAlive() && each.status().state() == TaskState.RUNNING).count();
    }

    /** Services of a hundred tasks each, until there are so many tasks; a hundred services at a time. */
    public void create(int tasks) {
        int first = state.services().size();
        List<Command> commands = new ArrayList<>();
        for (int i = first; i < first + tasks / TASKS_PER_SERVICE; i++) {
            commands.add(new Command.CreateService(new ServiceId("s" + i), ServiceSpec.of("s" + i,
                    new Mode.Replicated(TASKS_PER_SERVICE, false), template(i)).withUpdate(new UpdatePolicy(10, 0,
                            false, 0, UpdatePolicy.FailureAction.CONTINUE, 0)), now));
        }
        for (int from = 0; from < commands.size(); from += 100) {
            propose(commands.subList(from, Math.min(commands.size(), from + 100)));
            run(100);
        }
    }

    /** Spread over zones, some with a constraint, some packed, some with a device; they differ in size. */
    private static TaskTemplate template(int number) {
        Resources reservation = Resources.of(100 + 50 * (number % 5), (64L + 32 * (number % 7)) << 20);
        int kind = number % 20;
        TaskTemplate template = TaskTemplate.of(new ContainerTemplate("web:1", new byte[0]),
                kind == 1 ? reservation.with("media", 1) : reservation);
        List<Constraint> constraints = switch (kind) {
            case 1 -> List.of(Constraint.parse("node.labels.zone!=z3"));
            case 2, 3 -> List.of(Constraint.parse("node.labels.disk==ssd"));
            default -> List.of();
        };
        return template.with(new Placement(constraints, kind >= 15 ? List.of() : List.of("node.labels.zone"),
                kind >= 15, List.of(), 0, List.of()));
    }

    /** A node is not heard of any more, and is down: its tasks are replaced. */
    public void lose(int node) {
        NodeId id = new NodeId("n" + node);
        lost.add(id);
        unsaid.remove(id);
        propose(List.of(new Command.MarkNode(id, sessions.get(id),
                new NodeStatus(NodeStatus.State.DOWN, now, "its lease is over", ""))));
    }

    /** It is there again, without a container. */
    public void back(int node) {
        NodeId id = new NodeId("n" + node);
        lost.remove(id);
        int session = sessions.merge(id, 1, Integer::sum);
        List<TaskReport> reports = state.tasksOf(id).filter(Task::holdsNode).map(each ->
                new TaskReport(each.id(), each.status().in(TaskState.FAILED, now, "the node was off"))).toList();
        propose(List.of(new Command.OpenSession(id, session, state.node(id).orElseThrow().description(), ready()),
                new Command.ReportTasks(id, session, reports)));
    }

    /** A service gets another image: its tasks are exchanged, ten at a time. */
    public void update(int service, int version) {
        Service its = state.service(new ServiceId("s" + service)).orElseThrow();
        propose(List.of(new Command.UpdateService(its.id(), 0, its.spec().with(its.spec().task()
                .with(new ContainerTemplate("web:" + version, new byte[0]))),
                new UpdateStatus(UpdateStatus.Phase.UPDATING, now, ""), now)));
    }

    /** Lets time pass. */
    public void run(long millis) {
        long until = now + millis;
        while (!events.isEmpty() && events.peek().atMillis() <= until) {
            Event next = events.poll();
            now = Math.max(now, next.atMillis());
            next.what().run();
        }
        now = until;
    }

    /** Lets time pass until nothing more happens. */
    public void settle() {
        while (!events.isEmpty()) {
            run(Math.max(1, events.peek().atMillis() - now));
        }
    }

    private void after(long millis, Runnable what) {
        events.add(new Event(now + millis, eventNumber++, what));
    }

    private void propose(List<Command> commands) {
        ClusterState.Applied applied = apply(new Entry(0, commands));
        long since = processorNanos();
        decider.observe(applied.changes(), applied.state());
        work = new Work(work.rounds, work.decisions, work.commands, work.deciderNanos + processorNanos() - since,
                work.applyNanos);
        plan();
    }

    private ClusterState.Applied apply(Entry entry) {
        ClusterState.Applied applied = state.apply(entry);
        state = applied.state();
        for (Change change : applied.changes()) {
            if (change instanceof Change.TaskChange task && task.after().isPresent()
                    && task.latest().node().isPresent()) {
                tell(task.latest());
            }
        }
        return applied;
    }

    /** A node does at its next beat what a task of it shall do. */
    private void tell(Task task) {
        NodeId node = task.node().get();
        TaskState next = !task.holdsNode() || lost.contains(node) ? null
                : !task.desire().isAlive() ? TaskState.SHUTDOWN
                : task.status().state() == TaskState.ASSIGNED && task.desire() == clusterd.model.Desire.RUNNING
                        ? TaskState.RUNNING : null;
        if (next == null) {
            return;
        }
        Map<TaskId, TaskState> its = unsaid.get(node);
        if (its == null) {
            its = new LinkedHashMap<>();
            unsaid.put(node, its);
            after(1 + random.nextInt((int) BEAT_MILLIS), () -> beat(node));
        }
        its.put(task.id(), next);
    }

    private void beat(NodeId node) {
        Map<TaskId, TaskState> its = unsaid.remove(node);
        if (its == null || lost.contains(node)) {
            return;
        }
        List<TaskReport> reports = new ArrayList<>();
        its.forEach((id, next) -> state.task(id).ifPresent(task ->
                reports.add(new TaskReport(id, task.status().in(next, now, "")))));
        propose(List.of(new Command.ReportTasks(node, sessions.get(node), reports)));
    }

    private void plan() {
        if (planned || decider.wakeAtMillis().isEmpty()) {
            return;
        }
        planned = true;
        after(Math.max(1, decider.wakeAtMillis().getAsLong() - now), () -> {
            planned = false;
            decide();
        });
    }

    /** Of this thread: a machine that others use too makes nothing slower by it. */
    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void decide() {
        long begin = processorNanos();
        List<Command> commands = decider.decide(now);
        long decided = processorNanos();
        long applied = decided;
        long observed = decided;
        if (!commands.isEmpty()) {
            ClusterState.Applied result = apply(new Entry(TERM, commands));
            applied = processorNanos();
            decider.observe(result.changes(), result.state());
            observed = processorNanos();
        }
        long assigned = commands.stream().filter(Command.AssignTask.class::isInstance).count();
        work = new Work(work.rounds + 1, work.decisions + assigned, work.commands + commands.size(),
                work.deciderNanos + (decided - begin) + (observed - applied), work.applyNanos + (applied - decided));
        if (!commands.isEmpty() || decider.wakeAtMillis().isPresent()) {
            plan();
        }
    }

    /** What must hold at rest: every place has one task that runs, on a node that is there and has room for it. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        Map<NodeId, Resources> used = new LinkedHashMap<>();
        for (Service service : state.services()) {
            Set<Integer> places = new LinkedHashSet<>();
            state.tasksOf(service.id()).filter(Task::isAlive).forEach(each -> {
                if (each.status().state() != TaskState.RUNNING || lost.contains(each.node().orElseThrow())) {
                    return;
                }
                if (!places.add(each.slot())) {
                    problems.add("place " + each.slot() + " of " + service.id() + " has two");
                }
                used.merge(each.node().get(), service.template(each.specVersion()).reservation(), Resources::plus);
            });
            if (places.size() != ((Mode.Replicated) service.spec().mode()).replicas()) {
                problems.add(service.id() + " has " + places.size());
            }
        }
        used.forEach((id, its) -> {
            Resources has = state.node(id).orElseThrow().description().capacity();
            if (its.cpuMillis() > has.cpuMillis() || its.memoryBytes() > has.memoryBytes()
                    || its.named().getOrDefault("media", 0L) > has.named().getOrDefault("media", 0L)) {
                problems.add("node " + id + " has given " + its + " of " + has);
            }
        });
        return problems;
    }
}
