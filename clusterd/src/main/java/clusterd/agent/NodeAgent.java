package clusterd.agent;

import clusterd.model.NodeDescription;
import clusterd.model.Role;
import clusterd.session.AssignmentDelta;
import clusterd.session.ToNode;
import clusterd.session.FromNode;
import clusterd.state.TaskReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import runtime.container.Journal;
import runtime.container.NodeLease;

/**
 * The node's side of the cluster: finds the leading manager, keeps a session with it, and keeps working when
 * there is none.
 */
public final class NodeAgent implements AutoCloseable {
    private static final long ANSWER_MILLIS = 2_000;
    /** As long as an election may take: the handshakes of all nodes would make it longer. */
    private static final long SHORTEST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final long REFUSED_PAUSE_MILLIS = 5_000;
    private static final long DESCRIBE_MILLIS = 5_000;
    private static final long CLOSE_MILLIS = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** No beat has this number: nothing is heard by it. */
    private static final ToNode WAKE = new ToNode.Heard(0);

    /**
     * What it is told when it starts.
     *
     * @param nodeId   its own
     * @param instance chosen at random for this run
     * @param managers addresses to begin with
     * @param describe what the node has now
     * @param keep     told of each new list of managers, to keep it for the next run
     * @param logs     told whose log which manager, by its address, wants to read; returns at once
     * @param orders   told what becomes of the node
     * @param usages   told what to measure; returns at once
     * @param networks told what there is of them
     */
    public record Settings(String nodeId, String instance, List<String> managers,
            Supplier<NodeDescription> describe, Consumer<List<String>> keep,
            BiConsumer<ToNode.ReadLogs, String> logs, Orders orders, Usages usages, NodeNetworks networks) {
        /** Copies the list. */
        public Settings {
            managers = List.copyOf(managers);
        }

        /** Of a node that measures nothing. */
        public Settings(String nodeId, String instance, List<String> managers, Supplier<NodeDescription> describe,
                Consumer<List<String>> keep, BiConsumer<ToNode.ReadLogs, String> logs, Orders orders) {
            this(nodeId, instance, managers, describe, keep, logs, orders, Usages.NONE, NodeNetworks.NONE);
        }
    }

    /** What managers make of this node; nobody waits for what comes of it. */
    public interface Orders {
        /** It has that role from now on, or has it already. */
        void become(Role role);

        /** It is no part of the cluster any more. */
        void removed(String why);

        /** Whom to trust; returns at once. */
        void trust(ToNode.Trust trust);
    }

    private final Settings settings;
    private final ManagerDial dial;
    private final Tasks tasks;
    private final RandomGenerator random;
    private final Journal journal;
    private final LinkedBlockingQueue<TaskReport> reports = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> wanted = new LinkedBlockingQueue<>();
    /** The latest; what nobody has said by then is out of date. */
    private final AtomicReference<FromNode.Usage> usage = new AtomicReference<>();
    private final Lease lease = new Lease();
    private final Thread sessions;
    private final Thread watch;
    private long toldLeaseEnd;
    private volatile boolean closed;
    private volatile boolean connected;
    private volatile boolean fenced;
    private volatile boolean redials;
    private volatile List<String> managers;
    private volatile Line line;

    /** A stream, and what came on it. */
    private static final class Line implements ManagerDial.Ear {
        private final LinkedBlockingQueue<ToNode> heard = new LinkedBlockingQueue<>();
        private volatile String ended = "";

        @Override
        public void hear(ToNode message) {
            heard.add(message);
        }

        @Override
        public void end(String why) {
            ended = why.isEmpty() ? "the stream ended" : why;
            heard.add(new ToNode.Elsewhere(""));
        }
    }

    /** Begins to look for a manager. */
    public NodeAgent(Settings settings, ManagerDial dial, Tasks tasks, RandomGenerator random,
            Journal journal) {
        this.settings = settings;
        this.dial = dial;
        this.tasks = tasks;
        this.random = random;
        this.journal = journal;
        this.managers = settings.managers();
        tasks.cutOff(true);
        this.sessions = Thread.ofVirtual().name("session").start(this::run);
        this.watch = Thread.ofVirtual().name("lease").start(this::watch);
    }

    /** By CLOCK_BOOTTIME: a lease goes on while the machine is suspended. */
    private static long nowMillis() {
        return NodeLease.clockNanos() / NANOS_PER_MILLI;
    }

    /** Something became of a task. */
    public void report(TaskReport report) {
        if (connected) {
            reports.add(report);
            wake();
        }
    }

    /** So much is in use. */
    public void report(FromNode.Usage measured) {
        if (connected) {
            usage.set(measured);
            wake();
        }
    }

    /** The node wants a part of a network; without a session nobody hears of it. */
    public void want(String network) {
        if (connected) {
            wanted.add(network);
            wake();
        } else {
            settings.networks().refused(network, "no manager is in reach, and this node has no part of that network yet");
        }
    }

    /** Whatever waits to be said is said now. */
    private void wake() {
        Line now = line;
        if (now != null) {
            now.hear(WAKE);
        }
    }

    /** The session goes on over a new connection, which shows the certificate of now. */
    public void redial() {
        redials = true;
        wake();
    }

    /** Whether it has a session with a manager. */
    public boolean isConnected() {
        return connected;
    }

    /** Addresses of all managers it knows. */
    public List<String> managers() {
        return managers;
    }

    private void run() {
        long pause = SHORTEST_PAUSE_MILLIS;
        String next = "";
        String said = "";
        try {
            while (!closed) {
                List<String> candidates = candidates(next);
                next = "";
                for (String address : candidates) {
                    Outcome outcome = session(address);
                    if (closed) {
                        return;
                    }
                    if (outcome.welcome()) {
                        pause = SHORTEST_PAUSE_MILLIS;
                        said = "";
                    }
                    next = outcome.next();
                    if (!outcome.why().isEmpty() && !outcome.why().equals(said)) {
                        said = outcome.why();
                        journal.say("session with " + address + ": " + said);
                    }
                    if (outcome.pauseMillis() > 0) {
                        TimeUnit.MILLISECONDS.sleep(outcome.pauseMillis());
                    }
                    if (!next.isEmpty() || outcome.welcome()) {
                        break;
                    }
                }
                if (next.isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(pause / 2 + random.nextLong(pause));
                    pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 3 / 2);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> candidates(String first) {
        List<String> candidates = new ArrayList<>(managers);
        Collections.shuffle(candidates, new Random(random.nextLong()));
        if (!first.isEmpty()) {
            candidates.remove(first);
            candidates.addFirst(first);
        }
        return candidates;
    }

    /** What became of a session: where to go next, whether there was one at all, why it ended, how long to wait. */
    private record Outcome(String next, boolean welcome, String why, long pauseMillis) {
    }

    private Outcome session(String address) throws InterruptedException {
        Line ear = new Line();
        boolean welcome = false;
        redials = false;
        try (ManagerDial.Line out = dial.open(address, ear)) {
            long saidAt = nowMillis();
            reports.clear();
            usage.set(null);
            wanted.clear();
            NodeDescription described = settings.describe().get();
            connected = true;
            out.say(new FromNode.Hello(settings.nodeId(), settings.instance(), described, tasks.reports(),
                    settings.usages() != Usages.NONE));
            long number = 0;
            long beatMillis = ANSWER_MILLIS;
            long beatAt = saidAt + ANSWER_MILLIS;
            long describeAt = saidAt + DESCRIBE_MILLIS;
            while (true) {
                ToNode message = ear.heard.poll(Math.max(0, beatAt - nowMillis()), TimeUnit.MILLISECONDS);
                if (closed) {
                    out.say(new FromNode.Leave("the agent ended"));
                    return new Outcome("", welcome, "", 0);
                }
                switch (message) {
                    case null -> { /* time to beat, or to report */ }
                    case ToNode.Welcome each -> {
                        welcome = true;
                        beatMillis = each.beatMillis();
                        beatAt = nowMillis();
                        begin(each, saidAt);
                        line = ear;
                    }
                    case ToNode.Assign each -> tasks.assign(each.delta());
                    case ToNode.Heard each -> {
                        synchronized (lease) {
                            lease.heard(each.number());
                        }
                        tellLease();
                    }
                    case ToNode.Managers each -> know(each.addresses());
                    case ToNode.ReadLogs each -> settings.logs().accept(each, address);
                    case ToNode.Measure each -> settings.usages().measure(each);
                    case ToNode.Become each -> settings.orders().become(each.role());
                    case ToNode.Trust each -> settings.orders().trust(each);
                    case ToNode.Networks each -> settings.networks().hear(each.delta());
                    case ToNode.NoNetwork each -> settings.networks().refused(each.name(), each.why());
                    case ToNode.Elsewhere each -> {
                        return new Outcome(each.address(), welcome, ear.ended, 0);
                    }
                    case ToNode.Refused each -> {
                        if (each.removed()) {
                            tasks.assign(new AssignmentDelta(true, List.of(), List.of()));
                            settings.orders().removed(each.message());
                        }
                        return new Outcome("", false, each.message(), REFUSED_PAUSE_MILLIS);
                    }
                }
                long now = nowMillis();
                if (!welcome && now >= saidAt + ANSWER_MILLIS) {
                    return new Outcome("", false, "no answer for " + ANSWER_MILLIS + " ms", 0);
                }
                if (welcome) {
                    if (redials) {
                        return new Outcome(address, true, "", 0);
                    }
                    sayReports(out);
                    for (String each = wanted.poll(); each != null; each = wanted.poll()) {
                        out.say(new FromNode.WantNetwork(each));
                    }
                    FromNode.Usage measured = usage.getAndSet(null);
                    if (measured != null) {
                        out.say(measured);
                    }
                    if (now >= beatAt) {
                        synchronized (lease) {
                            lease.sent(++number, now);
                        }
                        out.say(new FromNode.Beat(number));
                        beatAt = now + beatMillis;
                        if (isOver(now)) {
                            return new Outcome("", true, "no beat was answered for a lease", 0);
                        }
                    }
                    if (now >= describeAt) {
                        NodeDescription again = settings.describe().get();
                        if (!again.equals(described)) {
                            described = again;
                            out.say(new FromNode.Describe(again));
                        }
                        describeAt = now + DESCRIBE_MILLIS;
                    }
                }
            }
        } catch (IOException e) {
            return new Outcome("", welcome, e.getMessage(), 0);
        } catch (RuntimeException mistake) {
            // The node goes on: what it was told may be another's mistake, and another session may be told otherwise.
            return new Outcome("", welcome, mistake.toString(), REFUSED_PAUSE_MILLIS);
        } finally {
            settings.usages().measure(ToNode.Measure.NOTHING);
            connected = false;
            line = null;
        }
    }

    private void begin(ToNode.Welcome welcome, long saidAt) {
        synchronized (lease) {
            lease.begin(saidAt, welcome.leaseMillis());
        }
        tellLease();
        know(welcome.managers());
        fenced = false;
        tasks.cutOff(false);
    }

    private void tellLease() {
        long endsAt;
        long length;
        synchronized (lease) {
            endsAt = lease.endsAtMillis();
            length = lease.lengthMillis();
        }
        if (endsAt != toldLeaseEnd) {
            toldLeaseEnd = endsAt;
            tasks.leaseUntil(endsAt * NANOS_PER_MILLI, length);
        }
    }

    private void know(List<String> addresses) {
        if (!addresses.isEmpty() && !addresses.equals(managers)) {
            managers = List.copyOf(addresses);
            settings.keep().accept(managers);
        }
    }

    private void sayReports(ManagerDial.Line out) {
        List<TaskReport> some = new ArrayList<>();
        reports.drainTo(some, 500);
        if (!some.isEmpty()) {
            out.say(new FromNode.Report(some));
        }
    }

    private boolean isOver(long now) {
        synchronized (lease) {
            return lease.isOver(now);
        }
    }

    /** Fences when the lease is over, whatever the session's thread is busy with. */
    private void watch() {
        try {
            while (!closed) {
                long left;
                synchronized (lease) {
                    left = lease.leftMillis(nowMillis());
                }
                if (left <= 0 && !fenced) {
                    fenced = true;
                    tasks.fence();
                    tasks.cutOff(true);
                }
                TimeUnit.MILLISECONDS.sleep(Math.clamp(left, 10, 100));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says good-bye; tasks go on. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            sessions.join(Duration.ofMillis(CLOSE_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.interrupt();
        watch.interrupt();
    }
}
