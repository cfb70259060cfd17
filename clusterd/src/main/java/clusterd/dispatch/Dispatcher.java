package clusterd.dispatch;

import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.explain.Names;
import clusterd.model.Desire;
import clusterd.model.Network;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Role;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.session.Assignment;
import clusterd.session.AssignmentDelta;
import clusterd.session.NetworkDelta;
import clusterd.session.ToNode;
import clusterd.session.FromNode;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import runtime.container.Journal;

/**
 * The sessions of all nodes with the leading manager, for as long as it leads. What nodes say becomes commands;
 * what the state says of their tasks becomes assignments; who is silent for longer than the lease is down. All
 * of it happens on one thread, in the order it came.
 */
public final class Dispatcher implements AutoCloseable {
    private static final long TICK_MILLIS = 50;
    private static final long MEASURE_MILLIS = 1_000;

    private final StateMachine machine;
    private final Proposals proposals;
    private final Supplier<List<String>> managers;
    private final Function<Node, Role> role;
    private final Supplier<Optional<ToNode.Trust>> trust;
    private final InstantSource clock;
    private final Journal journal;
    private final Assignments assignments;
    private final UsageBoard board;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final Map<NodeId, Live> lives = new HashMap<>();
    private final Map<NodeId, Long> deadlines = new HashMap<>();
    /** How many sessions of a node are on their way into the log: it has been heard of, whatever its deadline says. */
    private final Map<NodeId, Integer> opening = new HashMap<>();
    private final Consumer<ClusterState.Applied> listener =
            applied -> events.add(() -> observe(applied));
    private final Confirmations confirmations;
    /** In milliseconds; monotonic: a lease is no matter of what time it is. */
    private final LongSupplier monotonic;
    /** When each node that has a session was last heard of; read by others than the dispatcher's thread. */
    private final Map<NodeId, Long> heard = new ConcurrentHashMap<>();
    private final NetworkNews news = new NetworkNews();
    private volatile boolean closed;
    private ClusterState state;
    private Pace pace;
    private ToNode.Measure measure = ToNode.Measure.NOTHING;
    private long measureAtMillis;

    /** A node's session. */
    private static final class Live {
        private final String instance;
        private final NodeLink link;
        private final long session;
        private final boolean measures;
        /** As the node was told: its lease is that long, whatever others are told later. */
        private final Pace pace;
        private final Map<TaskId, Desire> told = new HashMap<>();
        private boolean open = true;
        /** Whether it was ever given a unique task: its lease is then more than a matter of being heard. */
        private boolean unique;
        private Role role;

        Live(String instance, NodeLink link, long session, boolean measures, Pace pace) {
            this.pace = pace;
            this.instance = instance;
            this.link = link;
            this.session = session;
            this.measures = measures;
        }
    }

    /**
     * Begins; every node that was there gets the time of a lease to be heard of.
     *
     * @param managers {@code HOST:PORT} of all managers
     * @param role     what a node is to be now: a manager stays one until it is out of the managers' group
     * @param open     gives the bytes of a secret or configuration, and of a registry's login
     * @param trust    whom nodes are to trust now; empty = nobody needs to hear of it
     * @param board    told what is in use, says what is to be measured
     * @param leads    fails unless this manager leads, and did ever since it was asked: others may lead without its
     *                 knowing
     */
    public Dispatcher(StateMachine machine, Proposals proposals, Supplier<List<String>> managers,
            Function<Node, Role> role, Function<StoredFile, byte[]> open, Supplier<Optional<ToNode.Trust>> trust,
            InstantSource clock, Journal journal, UsageBoard board, Supplier<CompletableFuture<Void>> leads) {
        this(machine, proposals, managers, role, open, trust, clock, journal, board, leads,
                () -> System.nanoTime() / 1_000_000);
        Thread.ofVirtual().name("dispatcher").start(this::run);
    }

    /**
     * Without a thread of its own: whoever made it calls {@link #step} and {@link #tick}, from one thread.
     *
     * @param monotonic what time it is, in milliseconds since whenever
     */
    Dispatcher(StateMachine machine, Proposals proposals, Supplier<List<String>> managers,
            Function<Node, Role> role, Function<StoredFile, byte[]> open, Supplier<Optional<ToNode.Trust>> trust,
            InstantSource clock, Journal journal, UsageBoard board, Supplier<CompletableFuture<Void>> leads,
            LongSupplier monotonic) {
        this.monotonic = monotonic;
        this.trust = trust;
        this.board = board;
        this.confirmations = new Confirmations(leads, events::add);
        this.machine = machine;
        this.proposals = proposals;
        this.managers = managers;
        this.role = role;
        this.clock = clock;
        this.journal = journal;
        this.assignments = new Assignments(open);
        this.state = machine.attach(listener);
        this.pace = Pace.forNodes(state.nodes().size());
        long deadline = nowMillis() + pace.downMillis();
        state.nodes().stream().filter(each -> isThere(each.status().state()))
                .forEach(each -> deadlines.put(each.id(), deadline));
    }

    private static boolean isThere(NodeStatus.State state) {
        return state == NodeStatus.State.READY || state == NodeStatus.State.DISCONNECTED;
    }

    private long nowMillis() {
        return monotonic.getAsLong();
    }

    /** Does the next of what has come. @return whether more waits */
    boolean step() {
        Runnable event = events.poll();
        if (event != null) {
            attempt(event);
        }
        return !events.isEmpty();
    }

    /** Does what is due, though nothing has come. */
    void tick() {
        attempt(this::doWhatIsDue);
    }

    private void run() {
        try {
            long tickAt = nowMillis() + TICK_MILLIS;
            while (!closed) {
                Runnable event = events.poll(Math.max(0, tickAt - nowMillis()), TimeUnit.MILLISECONDS);
                if (event != null) {
                    attempt(event);
                }
                if (nowMillis() >= tickAt) {
                    tick();
                    tickAt = nowMillis() + TICK_MILLIS;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What one node says must not end the sessions of all. */
    private void attempt(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException mistake) {
            journal.say("something that concerns nodes' sessions was left undone: " + mistake);
        }
    }

    /** A stream that a node has opened. */
    public interface Incoming {
        /** The node says something. */
        void hear(FromNode message);

        /** The stream has ended. */
        void end();
    }

    /**
     * Takes a stream up.
     *
     * @param peer whom the other end's certificate names
     */
    public Incoming open(NodeId peer, NodeLink link) {
        return new Incoming() {
            private Live live;

            @Override
            public void hear(FromNode message) {
                events.add(() -> {
                    heard(message);
                    link.heard();
                });
            }

            private void heard(FromNode message) {
                switch (message) {
                    case FromNode.Hello hello -> greet(peer, hello, link, opened -> live = opened);
                    case FromNode.Beat beat -> {
                        if (isCurrent()) {
                            deadlines.put(peer, nowMillis() + live.pace.downMillis());
                            heard.put(peer, nowMillis());
                            acknowledge(beat.number());
                        }
                    }
                    case FromNode.Report report -> {
                        if (isCurrent()) {
                            note(new Command.ReportTasks(peer, live.session, report.reports()));
                        }
                    }
                    case FromNode.Describe describe -> {
                        if (isCurrent() && isBelieved(peer, describe.description(), link)) {
                            note(new Command.DescribeNode(peer, live.session, describe.description()));
                        }
                    }
                    case FromNode.WantNetwork want -> {
                        if (isCurrent()) {
                            admit(peer, want.name(), live);
                        }
                    }
                    case FromNode.Usage usage -> {
                        if (isCurrent()) {
                            board.put(peer, usage);
                        }
                    }
                    case FromNode.Leave leave -> {
                        if (isCurrent()) {
                            note(mark(peer, live.session, NodeStatus.State.DISCONNECTED, leave.message()));
                        }
                    }
                }
            }

            private void acknowledge(long number) {
                Live heard = live;
                if (heard.unique) {
                    confirmations.answer(() -> sayHeard(heard, number));
                } else {
                    sayHeard(heard, number);
                }
            }

            private void sayHeard(Live heard, long number) {
                if (lives.get(peer) == heard) {
                    link.say(new ToNode.Heard(number));
                }
            }

            private boolean isCurrent() {
                return live != null && lives.get(peer) == live;
            }

            @Override
            public void end() {
                events.add(() -> {
                    if (live != null) {
                        live.open = false;
                    }
                });
            }
        };
    }

    private boolean isBelieved(NodeId peer, NodeDescription description, NodeLink link) {
        Optional<String> problem = CapacityCheck.problem(description.capacity());
        problem.ifPresent(why -> {
            String message = "node " + peer + " says that it has " + why + ": its tasks would be counted wrongly, so it"
                    + " takes no part";
            journal.say(message);
            link.say(new ToNode.Refused(message, false));
            link.close();
        });
        return problem.isEmpty();
    }

    private void greet(NodeId peer, FromNode.Hello hello, NodeLink link, Consumer<Live> opened) {
        Node node = state.node(peer).orElse(null);
        if (node == null || !hello.nodeId().equals(peer.value())) {
            link.say(new ToNode.Refused(node == null ? "node " + peer + " is no part of this cluster: it was"
                    + " removed, and may join again with a token" : "node " + hello.nodeId()
                    + " has the certificate of " + peer, node == null));
            link.close();
            return;
        }
        if (!isBelieved(peer, hello.description(), link)) {
            return;
        }
        Live before = lives.get(peer);
        if (before != null && before.open && !before.instance.equals(hello.instance())
                && deadlines.getOrDefault(peer, 0L) > nowMillis()) {
            String message = "another agent is node " + peer + " already: two machines have the same data folder;"
                    + " join one of them again with a token and an empty folder";
            journal.say(message);
            link.say(new ToNode.Refused(message, false));
            link.close();
            return;
        }
        Live live = new Live(hello.instance(), link, node.session() + 1, hello.measures(), pace);
        NodeStatus ready = new NodeStatus(NodeStatus.State.READY, clock.millis(), "", node.status().address());
        opening.merge(peer, 1, Integer::sum);
        proposals.propose(List.of(new Command.OpenSession(peer, live.session, hello.description(), ready),
                new Command.ReportTasks(peer, live.session, hello.reports())))
                .whenComplete((results, failure) -> events.add(() -> {
                    opening.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
                    if (failure != null || results.getFirst() instanceof Result.Refused) {
                        link.close();
                        return;
                    }
                    if (before != null) {
                        before.link.close();
                    }
                    lives.put(peer, live);
                    opened.accept(live);
                    deadlines.put(peer, nowMillis() + live.pace.downMillis());
                    heard.put(peer, nowMillis());
                    link.say(new ToNode.Welcome(live.session, live.pace.beatMillis(), live.pace.leaseMillis(),
                            managers.get()));
                    sayAll(peer, live);
                    sayRole(peer, live);
                    if (live.measures) {
                        link.say(measure);
                    }
                    trust.get().ifPresent(link::say);
                }));
    }

    private void sayRole(NodeId peer, Live live) {
        state.node(peer).map(role).filter(each -> each != live.role).ifPresent(each -> {
            live.role = each;
            live.link.say(new ToNode.Become(each));
        });
    }

    private void sayAll(NodeId peer, Live live) {
        List<Assignment> all = new ArrayList<>();
        state.tasksOf(peer).filter(Assignments::concerns).forEach(task ->
                assignments.of(task, state).ifPresent(each -> {
                    all.add(each);
                    live.unique |= each.unique();
                    live.told.put(task.id(), each.desire());
                }));
        // Networks first: a task is begun in those that are known.
        if (knowsNetworks(peer)) {
            live.link.say(new ToNode.Networks(NetworkNews.whole(peer, state)));
        }
        live.link.say(new ToNode.Assign(new AssignmentDelta(true, all, List.of())));
    }

    private boolean knowsNetworks(NodeId node) {
        return state.node(node).filter(each -> !each.description().underlay().isEmpty()).isPresent();
    }

    /** What is new of networks is said once nothing else waits, or time has passed: many changes are one message. */
    private void sayNews() {
        if (news.isEmpty()) {
            return;
        }
        NetworkNews.Edition edition = news.edition(state);
        lives.forEach((node, live) -> {
            NetworkDelta delta = edition.of(node);
            if (!delta.isEmpty() && knowsNetworks(node)) {
                live.link.say(new ToNode.Networks(delta));
            }
        });
    }

    /** A container that is no task wants to be in a network. */
    private void admit(NodeId node, String name, Live live) {
        Network network;
        try {
            network = Names.network(name, state);
        } catch (Names.UnknownNameException nobodys) {
            live.link.say(new ToNode.NoNetwork(name, nobodys.getMessage()));
            return;
        }
        if (!network.spec().attachable()) {
            live.link.say(new ToNode.NoNetwork(name, "network " + network.spec().name() + " is for services' tasks:"
                    + " make one with --attachable for other containers"));
            return;
        }
        proposals.propose(List.of(new Command.TakeBlock(network.id(), node))).whenComplete((results, failure) ->
                events.add(() -> {
                    if (failure != null) {
                        live.link.say(new ToNode.NoNetwork(name, "no manager could note that: " + failure.getMessage()));
                    } else if (results.getFirst() instanceof Result.Refused refused) {
                        live.link.say(new ToNode.NoNetwork(name, refused.message()));
                    } else {
                        live.link.say(new ToNode.Networks(NetworkNews.whole(node, state)));
                    }
                }));
    }

    private Command mark(NodeId node, long session, NodeStatus.State how, String why) {
        String address = state.node(node).map(each -> each.status().address()).orElse("");
        return new Command.MarkNode(node, session, new NodeStatus(how, clock.millis(), why, address));
    }

    private void note(Command command) {
        proposals.propose(List.of(command)).whenComplete((results, failure) -> {
            if (failure != null) {
                events.add(() -> lostWord(command));
            }
        });
    }

    /** The node said something that is not noted: it says all again in another session. */
    private void lostWord(Command command) {
        if (command instanceof Command.MarkNode mark) {
            deadlines.putIfAbsent(mark.id(), nowMillis() + pace.beatMillis());
            return;
        }
        NodeId node = switch (command) {
            case Command.ReportTasks each -> each.node();
            case Command.DescribeNode each -> each.id();
            default -> null;
        };
        Live live = node == null ? null : lives.get(node);
        if (live != null && !closed) {
            live.link.close();
            live.open = false;
        }
    }

    private void observe(ClusterState.Applied applied) {
        state = applied.state();
        Map<NodeId, List<Assignment>> put = new HashMap<>();
        Map<NodeId, List<TaskId>> removed = new HashMap<>();
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.TaskChange each -> observe(each, put, removed);
                case Change.NodeChange each -> observe(each);
                default -> { /* concerns no node by itself */ }
            }
            news.note(change);
        }
        if (!put.isEmpty() || events.isEmpty()) {
            sayNews();
        }
        for (Map.Entry<NodeId, Live> each : lives.entrySet()) {
            List<Assignment> its = put.getOrDefault(each.getKey(), List.of());
            List<TaskId> gone = removed.getOrDefault(each.getKey(), List.of());
            if (!its.isEmpty() || !gone.isEmpty()) {
                each.getValue().link.say(new ToNode.Assign(new AssignmentDelta(false, its, gone)));
            }
        }
    }

    private void observe(Change.TaskChange change, Map<NodeId, List<Assignment>> put,
            Map<NodeId, List<TaskId>> removed) {
        Task task = change.latest();
        Live live = task.node().map(lives::get).orElse(null);
        if (live == null) {
            return;
        }
        NodeId node = task.node().get();
        if (change.after().isEmpty()) {
            if (live.told.remove(task.id()) != null) {
                removed.computeIfAbsent(node, key -> new ArrayList<>()).add(task.id());
            }
        } else if (Assignments.concerns(task) && Assignments.desire(task) != live.told.get(task.id())) {
            assignments.of(task, state).ifPresent(each -> {
                live.unique |= each.unique();
                live.told.put(task.id(), each.desire());
                put.computeIfAbsent(node, key -> new ArrayList<>()).add(each);
            });
        }
    }

    private void observe(Change.NodeChange change) {
        NodeId id = change.latest().id();
        if (NetworkNews.isTurned(change)) {
            news.turned(id, state);
        }
        if (NetworkNews.isMoved(change)) {
            news.moved(id, state);
            Live moved = lives.get(id);
            if (moved != null && knowsNetworks(id)) {
                moved.link.say(new ToNode.Networks(NetworkNews.whole(id, state)));
            }
        }
        if (change.after().isEmpty()) {
            deadlines.remove(id);
            heard.remove(id);
            Live live = lives.remove(id);
            if (live != null) {
                live.link.say(new ToNode.Refused("node " + id + " was removed from the cluster", true));
                live.link.close();
            }
        } else if (lives.containsKey(id)) {
            sayRole(id, lives.get(id));
        }
        change.after().ifPresent(this::endIfDown);
        pace = Pace.forNodes(state.nodes().size());
    }

    /** A node that is down in the very session it has would beat for ever and get no task: it begins another. */
    private void endIfDown(Node node) {
        Live live = lives.get(node.id());
        if (node.status().state() == NodeStatus.State.DOWN && live != null && live.session == node.session()) {
            lives.remove(node.id());
            live.link.close();
        }
    }

    private void sayMeasure(long now) {
        if (now < measureAtMillis) {
            return;
        }
        measureAtMillis = now + MEASURE_MILLIS;
        ToNode.Measure wanted = board.wanted(state);
        if (!wanted.equals(measure)) {
            measure = wanted;
            lives.values().stream().filter(each -> each.measures).forEach(each -> each.link.say(wanted));
        }
    }

    private void doWhatIsDue() {
        long now = nowMillis();
        sayMeasure(now);
        sayNews();
        List<NodeId> silent = deadlines.entrySet().stream().filter(each -> each.getValue() <= now)
                .filter(each -> !opening.containsKey(each.getKey()))
                .map(Map.Entry::getKey).toList();
        for (NodeId id : silent) {
            deadlines.remove(id);
            heard.remove(id);
            Live live = lives.remove(id);
            if (live != null) {
                live.link.close();
            }
            state.node(id).filter(each -> isThere(each.status().state())).ifPresent(node ->
                    note(mark(id, node.session(), NodeStatus.State.DOWN,
                            "not heard of for " + pace.downMillis() + " ms")));
        }
    }

    /**
     * Asks a node for what a task wrote; it comes as chunks of that reading.
     *
     * @param no told why it will not come
     */
    public void readLogs(NodeId node, ToNode.ReadLogs wanted, Consumer<String> no) {
        events.add(() -> {
            Live live = lives.get(node);
            if (live == null || !live.open) {
                no.accept("node " + state.node(node).map(each -> each.description().hostname())
                        .orElse(node.value()) + " is not there");
            } else {
                live.link.say(wanted);
            }
        });
    }

    /** For how long each node that has a session has been silent, in milliseconds. */
    public Map<NodeId, Long> silentMillis() {
        long now = nowMillis();
        Map<NodeId, Long> silent = new HashMap<>();
        heard.forEach((node, at) -> silent.put(node, Math.max(0, now - at)));
        return silent;
    }

    /** The managers are others now, or who is to be one: every node is told. */
    public void tellManagers() {
        events.add(() -> {
            ToNode.Managers message = new ToNode.Managers(managers.get());
            lives.forEach((node, each) -> {
                each.link.say(message);
                sayRole(node, each);
            });
        });
    }

    /** Whom to trust has changed, or was not heard: these nodes are told. */
    public void tellTrust(Predicate<NodeId> whom) {
        events.add(() -> trust.get().ifPresent(now -> lives.forEach((node, each) -> {
            if (whom.test(node)) {
                each.link.say(now);
            }
        })));
    }

    /** Another leads: nodes look for it. */
    @Override
    public void close() {
        machine.detach(listener);
        events.add(() -> {
            closed = true;
            lives.values().forEach(each -> {
                each.link.say(new ToNode.Elsewhere(""));
                each.link.close();
            });
        });
    }
}
