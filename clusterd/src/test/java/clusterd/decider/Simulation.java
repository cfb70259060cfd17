package clusterd.decider;

import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Result;
import clusterd.state.TaskReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A cluster on virtual time: the real state and deciders, and nodes that are a few fields each. Everything
 * that happens is an event at a time; the seed decides how long things take and what fails.
 */
final class Simulation {
    /** After so long without a word a node is down. */
    static final long LEASE_MILLIS = 2_000;

    private record Event(long atMillis, long number) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** What a node does, as far as a manager can tell. */
    final class Machine {
        private final NodeId id;
        private final Map<TaskId, TaskState> tasks = new HashMap<>();
        private boolean alive = true;
        private boolean connected = true;
        private long session = 1;

        Machine(NodeId id) {
            this.id = id;
        }

        /** What it was told last is what it has, and no more. */
        private void assigned() {
            if (!alive || !connected) {
                return;
            }
            Map<TaskId, Task> wanted = new HashMap<>();
            state.tasksOf(id).filter(Task::holdsNode).forEach(each -> wanted.put(each.id(), each));
            for (TaskId each : List.copyOf(tasks.keySet())) {
                Task task = wanted.get(each);
                if (task == null) {
                    tasks.remove(each);
                } else if (!task.desire().isAlive() && !tasks.get(each).isEnd()) {
                    tasks.put(each, TaskState.SHUTDOWN);
                    after(1 + random.nextInt(300), () -> report(each));
                }
            }
            wanted.forEach((task, its) -> {
                if (!tasks.containsKey(task) && its.desire().isAlive()) {
                    tasks.put(task, TaskState.PREPARING);
                    after(1 + random.nextInt(200), () -> progress(task));
                } else if (tasks.get(task) == TaskState.READY) {
                    after(1, () -> progress(task));
                }
            });
        }

        private void progress(TaskId id) {
            TaskState now = tasks.get(id);
            Task task = state.task(id).orElse(null);
            if (!alive || now == null || now.isEnd() || task == null) {
                return;
            }
            boolean fails = random.nextDouble() < failures;
            TaskState next = switch (now) {
                case PREPARING -> fails ? TaskState.REJECTED : TaskState.READY;
                case READY -> task.desire() == clusterd.model.Desire.RUNNING ? TaskState.STARTING : now;
                case STARTING -> fails ? TaskState.FAILED : TaskState.RUNNING;
                default -> now;
            };
            if (next != now) {
                tasks.put(id, next);
                report(id);
                if (next == TaskState.READY || next == TaskState.STARTING) {
                    after(1 + random.nextInt(50), () -> progress(id));
                } else if (next == TaskState.RUNNING && isJob(task)) {
                    after(1 + random.nextInt(2000), () -> end(id, TaskState.COMPLETE));
                } else if (next == TaskState.RUNNING && random.nextDouble() < failures) {
                    after(1 + random.nextInt(20_000), () -> end(id, TaskState.FAILED));
                }
            }
        }

        private boolean isJob(Task task) {
            return state.service(task.service()).map(each -> !each.spec().mode().isLasting()).orElse(false);
        }

        private void end(TaskId id, TaskState how) {
            if (alive && tasks.containsKey(id) && !tasks.get(id).isEnd()) {
                tasks.put(id, how);
                report(id);
            }
        }

        private void report(TaskId id) {
            if (alive && connected && tasks.containsKey(id) && state.task(id).isPresent()) {
                propose(new Entry(0, List.of(new Command.ReportTasks(this.id, session, List.of(new TaskReport(id,
                        state.task(id).get().status().in(tasks.get(id), nowMillis, "")))))));
            }
        }

        /** It is not heard of any more; its tasks go on, or not. */
        void lose(boolean dies) {
            if (!connected) {
                return;
            }
            connected = false;
            alive = !dies;
            if (dies) {
                tasks.clear();
            }
            long its = session;
            after(LEASE_MILLIS - 300, () -> {
                if (!connected && session == its) {
                    tasks.replaceAll((task, now) -> isUnique(task) && !now.isEnd() ? TaskState.SHUTDOWN : now);
                }
            });
            after(LEASE_MILLIS, () -> {
                if (!connected && session == its) {
                    propose(new Entry(0, List.of(new Command.MarkNode(id, its,
                            new NodeStatus(NodeStatus.State.DOWN, nowMillis, "its lease is over", "")))));
                }
            });
        }

        private boolean isUnique(TaskId id) {
            return state.task(id).flatMap(each -> state.service(each.service())).filter(each ->
                    each.spec().mode().isUnique()).isPresent();
        }

        /** It is heard of again. */
        void back() {
            if (connected || state.node(id).isEmpty()) {
                return;
            }
            connected = true;
            alive = true;
            session++;
            List<TaskReport> reports = new ArrayList<>();
            state.tasksOf(id).filter(Task::holdsNode).forEach(task -> {
                TaskState its = tasks.get(task.id());
                if (its != null && its != TaskState.PREPARING) {
                    reports.add(new TaskReport(task.id(), task.status().in(its, nowMillis, "")));
                } else if (its == null && task.status().state().ordinal() > TaskState.PREPARING.ordinal()) {
                    after(1 + random.nextInt(500), () -> lost(task.id()));
                }
            });
            propose(new Entry(0, List.of(new Command.OpenSession(id, session,
                    state.node(id).get().description(),
                    new NodeStatus(NodeStatus.State.READY, nowMillis, "", "")),
                    new Command.ReportTasks(id, session, reports))));
            assigned();
        }

        /** It finds out that what it had is gone, some time after it said that it is there. */
        private void lost(TaskId id) {
            if (alive && tasks.getOrDefault(id, TaskState.PREPARING) == TaskState.PREPARING
                    && state.task(id).filter(Task::holdsNode).isPresent()) {
                tasks.put(id, TaskState.FAILED);
                report(id);
            }
        }

        boolean isConnected() {
            return connected;
        }

        Map<TaskId, TaskState> tasks() {
            return tasks;
        }
    }

    private final Random random;
    private final double failures;
    private final TreeMap<Event, Runnable> events = new TreeMap<>();
    private final Map<NodeId, Machine> machines = new TreeMap<>();
    private final Consumer<Simulation> invariants;
    private ClusterState state = ClusterState.EMPTY;
    private Decider decider;
    private long term = 1;
    private long nowMillis = 1_700_000_000_000L;
    private long eventNumber;
    private long taskNumber;
    private boolean decisionPlanned;
    private final List<Entry> log = new ArrayList<>();
    private boolean keepLog = true;

    Simulation(long seed, double failures, Consumer<Simulation> invariants) {
        this.random = new Random(seed);
        this.failures = failures;
        this.invariants = invariants;
        lead();
    }

    void forgetLog() {
        keepLog = false;
        log.clear();
    }

    List<Entry> log() {
        return log;
    }

    Random random() {
        return random;
    }

    ClusterState state() {
        return state;
    }

    long nowMillis() {
        return nowMillis;
    }

    String siteOf(Machine machine) {
        return state.node(machine.id).map(Node::site).orElse("");
    }

    Map<NodeId, Machine> machines() {
        return machines;
    }

    /** Another manager leads from now on; what the last one was about to propose is late. */
    void lead() {
        term++;
        propose(new Entry(0, List.of(new Command.BeginTerm(term, "m"))));
        decider = new Decider(state, () -> new TaskId("t" + ++taskNumber));
        decisionPlanned = false;
        planDecision();
    }

    void add(Node node) {
        machines.put(node.id(), new Machine(node.id()));
        propose(new Entry(0, List.of(new Command.AddNode(node))));
    }

    Result propose(Command command) {
        return propose(new Entry(0, List.of(command))).getFirst();
    }

    List<Result> propose(Entry entry) {
        ClusterState.Applied applied = state.apply(entry);
        state = applied.state();
        if (keepLog) {
            log.add(entry);
        }
        if (decider != null) {
            decider.observe(applied.changes(), state);
        }
        for (clusterd.state.Change change : applied.changes()) {
            if (change instanceof clusterd.state.Change.TaskChange task && task.latest().node().isPresent()
                    && !equalForNode(task)) {
                Machine machine = machines.get(task.latest().node().get());
                after(1 + random.nextInt(5), machine::assigned);
            }
        }
        invariants.accept(this);
        planDecision();
        return applied.results();
    }

    private static boolean equalForNode(clusterd.state.Change.TaskChange change) {
        return change.before().isPresent() && change.after().isPresent()
                && change.before().get().desire() == change.after().get().desire()
                && change.before().get().holdsNode() == change.after().get().holdsNode();
    }

    void after(long millis, Runnable what) {
        events.put(new Event(nowMillis + millis, eventNumber++), what);
    }

    private void planDecision() {
        if (decider == null || decisionPlanned) {
            return;
        }
        OptionalLong wake = decider.wakeAtMillis();
        decisionPlanned = true;
        long delay = wake.isEmpty() || wake.getAsLong() <= nowMillis ? 1
                : Math.min(wake.getAsLong() - nowMillis, 50);
        long its = term;
        after(delay, () -> {
            if (its == term) {
                decisionPlanned = false;
                decide();
            }
        });
    }

    private void decide() {
        List<Command> commands = decider.decide(nowMillis);
        if (!commands.isEmpty()) {
            propose(new Entry(term, commands));
        } else if (decider.wakeAtMillis().isPresent()) {
            planDecision();
        }
    }

    /** Lets time pass. */
    void run(long millis) {
        long until = nowMillis + millis;
        while (!events.isEmpty() && events.firstKey().atMillis() <= until) {
            Map.Entry<Event, Runnable> next = events.pollFirstEntry();
            nowMillis = Math.max(nowMillis, next.getKey().atMillis());
            next.getValue().run();
        }
        nowMillis = until;
    }

    ServiceId create(ServiceSpec spec) {
        ServiceId id = new ServiceId(spec.name());
        propose(new Command.CreateService(id, spec, nowMillis));
        return id;
    }

    Result update(ServiceId id, ServiceSpec spec) {
        return propose(new Command.UpdateService(id, 0, spec, state.service(id).orElseThrow().updateTo(spec,
                UpdateStatus.Phase.UPDATING, nowMillis), nowMillis));
    }

    long running(ServiceId id) {
        return state.tasksOf(id).filter(each -> each.isAlive()
                && each.status().state() == TaskState.RUNNING).count();
    }
}
