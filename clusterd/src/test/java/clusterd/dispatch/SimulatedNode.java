package clusterd.dispatch;

import clusterd.fabric.ToldNetworks;
import clusterd.model.Desire;
import clusterd.model.NetworkId;
import clusterd.model.NetworkUse;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.Resources;
import clusterd.model.TaskAddress;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.session.Assignment;
import clusterd.session.AssignmentDelta;
import clusterd.session.FromNode;
import clusterd.session.NetworkDelta;
import clusterd.session.ToNode;
import clusterd.state.TaskReport;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import overlaynet.ipam.AddressPool;
import overlaynet.ipam.Allocation;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;

/**
 * A machine on virtual time. Its session is as {@code NodeAgent} keeps one, its tasks are a state and addresses, its kernel is a
 * {@link FakeKernel}; what it is told of networks is put together by the real {@link ToldNetworks}.
 */
final class SimulatedNode {
    private static final RecordCodec<NetworkDelta> CODEC = RecordCodec.of(NetworkDelta.class);
    private static final long ANSWER_MILLIS = 2_000;
    private static final long AUDIT_MILLIS = 2_000;
    private static final long DESCRIBE_MILLIS = 5_000;
    private static final long SAVE_MILLIS = 1_000;
    private static final long NETWORK_REST_MILLIS = 100;

    /** The agent is killed in the middle of what it writes. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A task, as it is here. */
    private static final class Held {
        private Assignment assignment;
        private TaskStatus status;
        private List<TaskAddress> container = List.of();

        Held(Assignment assignment, long nowMillis) {
            this.assignment = assignment;
            this.status = new TaskStatus(TaskState.ASSIGNED, nowMillis, "", "", OptionalInt.empty());
        }
    }

    /** What is said in one direction: in order, and later if the way is cut. */
    private final class Pipe {
        private final Deque<Runnable> held = new ArrayDeque<>();
        private long lastMillis;

        void send(Runnable arrives) {
            if (cut) {
                held.add(arrives);
                return;
            }
            long delay = time.chance(slow) ? time.between(20, 400) : time.between(1, 4);
            lastMillis = Math.max(lastMillis, time.millis() + delay);
            time.at(lastMillis, arrives);
        }

        void heal() {
            while (!held.isEmpty()) {
                send(held.poll());
            }
        }
    }

    /** A stream to a manager. */
    private final class Line implements NodeLink {
        private final SimulatedManagers.Voter manager;
        private final Pipe up = new Pipe();
        private final Pipe down = new Pipe();
        private final long saidMillis = time.millis();
        private final Map<Long, Long> beats = new HashMap<>();
        private Optional<Dispatcher.Incoming> incoming = Optional.empty();
        private boolean closed;
        private boolean welcome;
        private long beatMillis;
        private long leaseMillis;
        private long leaseEndMillis;
        private long number;

        Line(SimulatedManagers.Voter manager) {
            this.manager = manager;
            pipes.add(up);
            pipes.add(down);
            up.send(this::opened);
        }

        private void opened() {
            if (!manager.alive()) {
                close();
                return;
            }
            manager.onCrash(this::close);
            incoming = manager.dispatcher().map(each -> each.open(id, this));
            if (incoming.isEmpty()) {
                say(new ToNode.Elsewhere(manager.leaderAddress()));
                close();
            }
        }

        @Override
        public void say(ToNode message) {
            if (!closed) {
                down.send(() -> {
                    if (runs && line == this) {
                        hear(message);
                    }
                });
            }
        }

        @Override
        public void heard() {
            // It says little.
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                down.send(() -> endSession(this, ""));
            }
        }

        void sayUp(FromNode message) {
            up.send(() -> incoming.ifPresent(each -> {
                each.hear(message);
                manager.wake();
            }));
        }

        void end() {
            up.send(() -> {
                closed = true;
                incoming.ifPresent(Dispatcher.Incoming::end);
                manager.wake();
                pipes.remove(up);
                pipes.remove(down);
            });
        }
    }

    private final SimulatedTime time;
    private final SimulatedManagers managers;
    private final NodeId id;
    private final List<Pipe> pipes = new ArrayList<>();
    // What the machine has, whatever becomes of its agent.
    private final FakeKernel kernel = new FakeKernel();
    private final Map<String, WantedNetwork> folders = new TreeMap<>();
    private final Map<TaskId, Held> tasks = new TreeMap<>();
    private final Map<Subnet, AddressPool> pools = new HashMap<>();
    private Optional<byte[]> saved = Optional.empty();
    private String underlay;
    private boolean cut;
    private boolean member = true;
    private double slow;
    private double failures;
    private int killAfterWrites;
    // What its agent remembers.
    private boolean runs;
    private long run;
    private ToldNetworks told = new ToldNetworks();
    private SimulatedOverlay overlay = new SimulatedOverlay(kernel, folders);
    private Line line;
    private List<TaskReport> reports = new ArrayList<>();
    private NodeDescription described;
    private boolean roundPlanned;
    private boolean saving;

    SimulatedNode(SimulatedTime time, SimulatedManagers managers, NodeId id, String underlay) {
        this.time = time;
        this.managers = managers;
        this.id = id;
        this.underlay = underlay;
        kernel.trouble(this::beforeWrite);
        start();
    }

    private void beforeWrite() throws IOException {
        if (killAfterWrites > 0 && --killAfterWrites == 0) {
            throw new Killed();
        }
        if (time.chance(failures)) {
            throw new IOException("ENOBUFS");
        }
    }

    NodeId id() {
        return id;
    }

    String underlay() {
        return underlay;
    }

    FakeKernel kernel() {
        return kernel;
    }

    /** Whether it still is a part of the cluster, as far as it knows. */
    boolean isMember() {
        return member;
    }

    Optional<NetworkNames> names(NetworkId network) {
        return overlay.names(network.value());
    }

    /** Addresses of containers that run here now. */
    List<TaskAddress> containers() {
        return tasks.values().stream().flatMap(each -> each.container.stream()).toList();
    }

    String describe() {
        return id + (runs ? "" : ", no agent") + (cut ? ", cut off" : "") + (line == null ? ", no session"
                : line.welcome ? "" : ", no welcome") + " " + tasks.values().stream().map(each -> each.assignment.task() + " "
                + each.status.state() + "/" + each.assignment.desire()).toList();
    }

    /** How often its kernel refuses, and how often its messages take long. */
    void trouble(double refusals, double slowness) {
        failures = refusals;
        slow = slowness;
    }

    private NodeDescription description() {
        return NodeDescription.of(id.value(), Resources.of(16_000, 64L << 30)).at(underlay);
    }

    private void later(long millis, Runnable what) {
        long its = run;
        time.after(millis, () -> {
            if (runs && run == its) {
                what.run();
            }
        });
    }

    // The agent's life.

    private void start() {
        runs = true;
        run++;
        told = new ToldNetworks();
        overlay = new SimulatedOverlay(kernel, folders);
        roundPlanned = false;
        saving = false;
        saved.ifPresent(bytes -> {
            try {
                told.hear(CODEC.decode(bytes));
            } catch (MalformedRecordException damaged) {
                throw new IllegalStateException(damaged);
            }
        });
        if (member) {
            want();
        }
        tasks.values().forEach(each -> later(time.between(1, 30), () -> step(each)));
        later(time.between(1, AUDIT_MILLIS), this::audit);
        later(1, () -> dial(""));
        later(DESCRIBE_MILLIS, this::describeAgain);
    }

    /** Its agent is killed: containers and tables stay. */
    void kill(long forMillis) {
        if (runs) {
            runs = false;
            if (line != null) {
                line.end();
                line = null;
            }
            time.after(forMillis, this::startAgain);
        }
    }

    /** So many writes from now on its agent is killed in the middle of them. */
    void killAfterWrites(int writes) {
        killAfterWrites = writes;
    }

    /** It is switched off, and on again after a while. */
    void switchOff(long forMillis) {
        runs = false;
        line = null;
        kernel.clear();
        pools.clear();
        tasks.values().forEach(each -> {
            each.container = List.of();
            if (!each.status.state().isEnd()) {
                each.status = each.status.in(TaskState.FAILED, time.millis(), "the host went down");
            }
        });
        time.after(forMillis, this::startAgain);
    }

    private void startAgain() {
        if (!runs) {
            start();
        }
    }

    /** Nothing comes through for a while; it arrives later, if somebody still listens. */
    void cutOff(long forMillis) {
        if (!cut) {
            cut = true;
            time.after(forMillis, () -> {
                cut = false;
                List.copyOf(pipes).forEach(Pipe::heal);
            });
        }
    }

    /** Others reach it at another address from now on. */
    void move(String other) {
        underlay = other;
        if (runs && member) {
            want();
        }
    }

    // Its session.

    private void dial(String hint) {
        if (line != null || !member) {
            return;
        }
        List<String> known = managers.addresses();
        String address = hint.isEmpty() ? known.get(time.random().nextInt(known.size())) : hint;
        Line opened = new Line(managers.at(address));
        line = opened;
        reports = new ArrayList<>();
        described = description();
        opened.sayUp(new FromNode.Hello(id.value(), "run-" + run, described, tasks.entrySet().stream().map(each ->
                new TaskReport(each.getKey(), each.getValue().status)).toList()));
        later(ANSWER_MILLIS, () -> {
            if (!opened.welcome) {
                endSession(opened, "");
            }
        });
    }

    private void endSession(Line its, String next) {
        if (line != its || !runs) {
            return;
        }
        line = null;
        its.end();
        later(next.isEmpty() ? time.between(100, 400) : 0, () -> dial(next));
    }

    private void hear(ToNode message) {
        switch (message) {
            case ToNode.Welcome each -> {
                line.welcome = true;
                line.beatMillis = each.beatMillis();
                line.leaseMillis = each.leaseMillis();
                line.leaseEndMillis = line.saidMillis + each.leaseMillis();
                beat(line);
                sayReports();
            }
            case ToNode.Heard each -> line.leaseEndMillis = line.beats.get(each.number()) + line.leaseMillis;
            case ToNode.Assign each -> assign(each.delta());
            case ToNode.Networks each -> {
                told.hear(each.delta());
                want();
                save();
            }
            case ToNode.Elsewhere each -> endSession(line, each.address());
            case ToNode.Refused each -> {
                Line its = line;
                if (each.removed()) {
                    leave();
                }
                endSession(its, "");
            }
            default -> { /* of roles, trust and what is in use */ }
        }
    }

    private void leave() {
        member = false;
        assign(new AssignmentDelta(true, List.of(), List.of()));
        told.hear(new NetworkDelta(true, List.of(), List.of(), List.of(), List.of()));
        saved = Optional.empty();
        overlay.want(Overlay.Wanted.NOTHING);
        planRound();
    }

    private void beat(Line its) {
        if (line != its) {
            return;
        }
        if (time.millis() >= its.leaseEndMillis) {
            endSession(its, "");
            return;
        }
        its.beats.put(++its.number, time.millis());
        its.sayUp(new FromNode.Beat(its.number));
        later(its.beatMillis, () -> beat(its));
    }

    private void describeAgain() {
        if (line != null && line.welcome && !description().equals(described)) {
            described = description();
            line.sayUp(new FromNode.Describe(described));
        }
        later(DESCRIBE_MILLIS, this::describeAgain);
    }

    private void say(Held held, TaskStatus status) {
        held.status = status;
        if (line != null) {
            reports.add(new TaskReport(held.assignment.task(), status));
            sayReports();
        }
    }

    private void sayReports() {
        if (line.welcome && !reports.isEmpty()) {
            line.sayUp(new FromNode.Report(reports));
            reports = new ArrayList<>();
        }
    }

    // Its networks.

    private void want() {
        overlay.want(told.wanted(id.value(), Optional.of(InetAddress.ofLiteral(underlay)), key -> Optional.empty()));
        planRound();
    }

    /** A second later, as the real one: what an agent that is killed did not save, it is told again. */
    private void save() {
        if (!saving) {
            saving = true;
            later(SAVE_MILLIS, () -> {
                saving = false;
                saved = member ? Optional.of(CODEC.encode(told.whole())) : Optional.empty();
            });
        }
    }

    private void planRound() {
        if (!roundPlanned) {
            roundPlanned = true;
            later(time.between(1, 15), this::round);
        }
    }

    private void audit() {
        round();
        later(AUDIT_MILLIS, this::audit);
    }

    private void round() {
        roundPlanned = false;
        List<InetAddress> addresses = new ArrayList<>();
        Set<String> used = new TreeSet<>();
        for (TaskAddress each : containers()) {
            addresses.add(InetAddress.ofLiteral(each.address()));
            used.add(each.network().value());
        }
        try {
            overlay.round(addresses, used);
        } catch (Killed now) {
            kill(time.between(50, 3_000));
        }
    }

    // Its tasks.

    private void assign(AssignmentDelta delta) {
        Set<TaskId> gone = new TreeSet<>(delta.removed());
        if (delta.whole()) {
            gone.addAll(tasks.keySet());
            delta.put().forEach(each -> gone.remove(each.task()));
        }
        for (TaskId each : gone) {
            Held held = tasks.remove(each);
            if (held != null) {
                release(held);
            }
        }
        for (Assignment each : delta.put()) {
            Held held = tasks.computeIfAbsent(each.task(), key -> new Held(each, time.millis()));
            held.assignment = each;
            later(time.between(1, 20), () -> step(held));
        }
    }

    private void release(Held held) {
        held.container.forEach(each -> pools.values().forEach(pool -> pool.release(held.assignment.task().value())));
        held.container = List.of();
        planRound();
    }

    private void end(Held held, TaskState how) {
        if (tasks.get(held.assignment.task()) == held && !held.status.state().isEnd()) {
            release(held);
            say(held, held.status.in(how, time.millis(), ""));
        }
    }

    private void step(Held held) {
        if (tasks.get(held.assignment.task()) != held || held.status.state().isEnd()) {
            return;
        }
        if (!held.assignment.desire().isAlive()) {
            later(held.container.isEmpty() ? 1 : time.between(5, 300), () -> end(held, TaskState.SHUTDOWN));
            return;
        }
        long next = time.between(1, 60);
        switch (held.status.state()) {
            case ASSIGNED -> say(held, held.status.in(TaskState.PREPARING, time.millis(), ""));
            case PREPARING -> {
                if (lacksNetworks(held)) {
                    next = NETWORK_REST_MILLIS;
                } else {
                    say(held, held.status.in(TaskState.READY, time.millis(), ""));
                }
            }
            case READY -> {
                if (held.assignment.desire() != Desire.RUNNING || !attach(held)) {
                    next = NETWORK_REST_MILLIS;
                } else if (time.chance(failures)) {
                    end(held, TaskState.FAILED);
                } else {
                    say(held, held.status.with(held.container).in(time.chance(0.5) ? TaskState.STARTING : TaskState.RUNNING,
                            time.millis(), ""));
                }
            }
            case STARTING -> say(held, held.status.in(TaskState.RUNNING, time.millis(), ""));
            default -> {
                if (time.chance(failures)) {
                    later(time.between(1, 2_000), () -> end(held, TaskState.FAILED));
                }
                return;
            }
        }
        later(next, () -> step(held));
    }

    private boolean lacksNetworks(Held held) {
        return held.assignment.template().networks().stream().anyMatch(each -> overlay.ready(each.network().value()).isEmpty());
    }

    private boolean attach(Held held) {
        if (lacksNetworks(held)) {
            return false;
        }
        List<TaskAddress> addresses = new ArrayList<>();
        for (NetworkUse use : held.assignment.template().networks()) {
            for (Subnet block : overlay.block(use.network().value())) {
                AddressPool pool = pools.computeIfAbsent(block, key -> new AddressPool(key, Set.of(key.at(1))));
                if (!(pool.allocate(held.assignment.task().value()) instanceof Allocation.Granted granted)) {
                    return false;
                }
                addresses.add(new TaskAddress(use.network(), granted.address().getHostAddress()));
            }
        }
        held.container = addresses;
        planRound();
        return true;
    }
}
