package clusterd.manager;

import clusterd.raft.Log;
import clusterd.raft.LogException;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Result;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Commands on their way into the log. While some are under way those that come together go together, so that
 * a thousand nodes' reports are a few entries. What waits is bounded: more is refused at once.
 */
public final class Proposals {
    private static final int UNDER_WAY = 8;
    private static final int TOGETHER = 500;
    private static final int WAITING = 20_000;

    private final Log log;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int waitingCommands;
    private int underWay;
    private long refused;

    private record Waiting(List<Command> commands, CompletableFuture<List<Result>> answer) {
    }

    /** Into that log. */
    public Proposals(Log log) {
        this.log = log;
    }

    /**
     * Puts commands into the log, in their order and with nothing between them.
     *
     * @return what became of each; or a {@link LogException}
     */
    public CompletableFuture<List<Result>> propose(List<Command> commands) {
        CompletableFuture<List<Result>> answer = new CompletableFuture<>();
        synchronized (this) {
            if (waitingCommands + commands.size() > WAITING) {
                refused++;
                return CompletableFuture.failedFuture(new LogException(LogException.Kind.BUSY,
                        waitingCommands + " changes wait for the log already: try again later"));
            }
            waiting.add(new Waiting(commands, answer));
            waitingCommands += commands.size();
        }
        sendWhatWaits();
        return answer;
    }

    /** Commands that wait for those that are under way. */
    public synchronized int waiting() {
        return waitingCommands;
    }

    /** How often changes were refused since too many waited. */
    public synchronized long refused() {
        return refused;
    }

    private void sendWhatWaits() {
        while (true) {
            List<Waiting> together = new ArrayList<>();
            synchronized (this) {
                if (underWay == UNDER_WAY || waiting.isEmpty()) {
                    return;
                }
                int commands = 0;
                do {
                    Waiting next = waiting.poll();
                    commands += next.commands().size();
                    together.add(next);
                } while (!waiting.isEmpty() && commands + waiting.peek().commands().size() <= TOGETHER);
                waitingCommands -= commands;
                underWay++;
            }
            send(together);
        }
    }

    private void send(List<Waiting> together) {
        List<Command> commands = together.stream().flatMap(each -> each.commands().stream()).toList();
        log.propose(StateCodec.encode(new Entry(0, commands))).whenComplete((bytes, failure) -> {
            synchronized (this) {
                underWay--;
            }
            if (failure != null) {
                together.forEach(each -> each.answer().completeExceptionally(failure));
            } else {
                answer(together, bytes);
            }
            sendWhatWaits();
        });
    }

    private static void answer(List<Waiting> together, byte[] bytes) {
        try {
            List<Result> results = StateCodec.results(bytes);
            int from = 0;
            for (Waiting each : together) {
                int count = each.commands().size();
                each.answer().complete(results.size() == 1 && count > 1 ? results
                        : results.subList(Math.min(from, results.size()), Math.min(from + count, results.size())));
                from += count;
            }
        } catch (MalformedRecordException e) {
            together.forEach(each -> each.answer().completeExceptionally(e));
        }
    }
}
