package clusterd.manager;

import clusterd.decider.Decider;
import clusterd.model.TaskId;
import clusterd.raft.Log;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Result;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import runtime.container.Journal;

/**
 * Leads for one term: tells the decider what changed, puts what it decides into the log, and waits. It thinks
 * nothing itself.
 */
public final class LeaderLoop implements AutoCloseable {
    private static final int CHUNK = 1000;
    private static final long IDLE_MILLIS = 10_000;
    private static final long AFTER_FAILURE_MILLIS = 200;

    private final StateMachine machine;
    private final Log log;
    private final long term;
    private final String self;
    private final Supplier<TaskId> ids;
    private final InstantSource clock;
    private final Journal journal;
    private final Rounds rounds;
    private final LinkedBlockingQueue<ClusterState.Applied> applied = new LinkedBlockingQueue<>();
    private final Consumer<ClusterState.Applied> listener = applied::add;
    private final Thread thread;
    private volatile boolean closed;

    /** Counts what this loop does. */
    public interface Rounds {
        /** Counts nothing. */
        Rounds UNCOUNTED = (commands, decidingNanos, roundNanos) -> { };

        /**
         * One round is over.
         *
         * @param commands      that were decided
         * @param decidingNanos it took to decide
         * @param roundNanos    it took until all of them were applied
         */
        void done(List<Command> commands, long decidingNanos, long roundNanos);
    }

    /** Begins, and nobody counts. */
    public LeaderLoop(StateMachine machine, Log log, long term, String self, Supplier<TaskId> ids,
            InstantSource clock, Journal journal) {
        this(machine, log, term, self, ids, clock, journal, Rounds.UNCOUNTED);
    }

    /**
     * Begins.
     *
     * @param self who leads
     * @param ids  that no task has
     */
    public LeaderLoop(StateMachine machine, Log log, long term, String self, Supplier<TaskId> ids,
            InstantSource clock, Journal journal, Rounds rounds) {
        this.rounds = rounds;
        this.machine = machine;
        this.log = log;
        this.term = term;
        this.self = self;
        this.ids = ids;
        this.clock = clock;
        this.journal = journal;
        this.thread = Thread.ofVirtual().name("leader-" + term).start(this::lead);
    }

    private void lead() {
        try {
            while (!closed) {
                try {
                    begin();
                    decide();
                } catch (ExecutionException e) {
                    journal.say("what this manager decided could not be noted and is decided again: "
                            + e.getCause().getMessage());
                    Thread.sleep(AFTER_FAILURE_MILLIS);
                } finally {
                    machine.detach(listener);
                    applied.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error broken) {
            journal.say("this manager stops deciding until another leads, by a mistake of its own: " + broken);
            throw broken;
        }
    }

    /** Nobody led a later term; that this one has begun already is as good. */
    private void begin() throws InterruptedException, ExecutionException {
        propose(new Entry(0, List.of(new Command.BeginTerm(term, self))));
    }

    private void decide() throws InterruptedException, ExecutionException {
        Decider decider = new Decider(machine.attach(listener), ids);
        long restored = machine.restored();
        while (!closed && restored == machine.restored()) {
            observe(decider);
            long begun = System.nanoTime();
            List<Command> commands = decider.decide(clock.millis());
            long decided = System.nanoTime();
            for (int from = 0; from < commands.size(); from += CHUNK) {
                List<Command> chunk = commands.subList(from, Math.min(commands.size(), from + CHUNK));
                List<Result> results = propose(new Entry(term, chunk));
                observe(decider);
                for (int i = 0; i < chunk.size(); i++) {
                    if (results.get(i) instanceof Result.Refused) {
                        decider.refused(chunk.get(i));
                    }
                }
            }
            rounds.done(commands, decided - begun, System.nanoTime() - begun);
            if (commands.isEmpty()) {
                await(decider);
            }
        }
    }

    private void observe(Decider decider) {
        for (ClusterState.Applied each = applied.poll(); each != null; each = applied.poll()) {
            decider.observe(each.changes(), each.state());
        }
    }

    private void await(Decider decider) throws InterruptedException {
        long millis = Math.min(IDLE_MILLIS,
                Math.max(1, decider.wakeAtMillis().orElse(Long.MAX_VALUE) - clock.millis()));
        ClusterState.Applied next = applied.poll(millis, TimeUnit.MILLISECONDS);
        if (next != null) {
            decider.observe(next.changes(), next.state());
        }
    }

    private List<Result> propose(Entry entry) throws InterruptedException, ExecutionException {
        try {
            return StateCodec.results(log.propose(StateCodec.encode(entry)).get());
        } catch (MalformedRecordException e) {
            throw new ExecutionException(e);
        }
    }

    /** Decides no more; what was put into the log stays there. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
