package clusterd.manager;

import clusterd.autoscale.Autoscaler;
import clusterd.model.ServiceId;
import clusterd.raft.Log;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.wire.StateCodec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;

/**
 * Scales services while this manager leads: asks every second what should become of them, and puts that into the log,
 * where it is refused if another leads by now.
 */
public final class ScaleLoop implements AutoCloseable {
    private static final long PERIOD_MILLIS = 1_000;

    private final StateMachine machine;
    private final Log log;
    private final long term;
    private final UsageBoard board;
    private final Journal journal;
    private final Autoscaler autoscaler = new Autoscaler();
    private final Thread thread;
    private volatile Map<ServiceId, Autoscaler.Thought> thoughts = Map.of();

    /** Begins. */
    public ScaleLoop(StateMachine machine, Log log, long term, UsageBoard board, Journal journal) {
        this.machine = machine;
        this.log = log;
        this.term = term;
        this.board = board;
        this.journal = journal;
        this.thread = Thread.ofVirtual().name("scale-" + term).start(this::run);
    }

    /** What it last thought of each service that is scaled. */
    public Map<ServiceId, Autoscaler.Thought> thoughts() {
        return thoughts;
    }

    private void run() {
        String said = "";
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                String problem = "";
                try {
                    step();
                } catch (ExecutionException e) {
                    problem = "what was decided could not be noted: " + e.getCause().getMessage();
                } catch (RuntimeException mistake) {
                    // What one service is or says is no reason to leave all others alone for ever.
                    problem = "this manager made a mistake: " + mistake;
                }
                if (!problem.isEmpty() && !problem.equals(said)) {
                    journal.say("how many tasks services are to have is decided again: " + problem);
                }
                said = problem;
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() throws InterruptedException, ExecutionException {
        List<Command> commands = autoscaler.decide(machine.state(), board.readings(), UsageBoard.nowMillis());
        thoughts = autoscaler.thoughts();
        if (!commands.isEmpty()) {
            log.propose(StateCodec.encode(new Entry(term, commands))).get();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
