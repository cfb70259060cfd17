package clusterd.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.raft.LeadershipListener;
import clusterd.raft.Log;
import clusterd.raft.LogException;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.state.Sample;
import clusterd.wire.StateCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** More changes than the log takes: those that may wait do, the others are told at once. */
class ProposalsTest {
    private static final int WAITING = 20_000;

    /** Answers when it is told to; a slow disk, or no majority. */
    private static final class StuckLog implements Log {
        private final StateMachine machine = new StateMachine();
        private final Deque<Runnable> open = new ArrayDeque<>();
        private int most;
        private long index;

        @Override
        public CompletableFuture<byte[]> propose(byte[] entry) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            open.add(() -> answer.complete(machine.apply(++index, entry)));
            most = Math.max(most, open.size());
            return answer;
        }

        void answerAll() {
            while (!open.isEmpty()) {
                open.poll().run();
            }
        }

        @Override
        public CompletableFuture<Void> barrier() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public Standing standing() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public void onLeadership(LeadershipListener listener) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> changeMembers(List<Member> members) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> transferLeadership(String memberId) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> snapshot() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private static List<Command> command(int number) {
        return List.of(new Command.AddNode(Sample.node("n" + number, 1, 1)));
    }

    @Test
    void aFloodIsBoundedAndToldAndWhatWaitedIsDone() throws Exception {
        StuckLog log = new StuckLog();
        Proposals proposals = new Proposals(log);
        List<CompletableFuture<List<Result>>> taken = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < WAITING * 3; i++) {
            CompletableFuture<List<Result>> answer = proposals.propose(command(i));
            if (answer.isCompletedExceptionally()) {
                refused++;
                LogException busy = assertInstanceOf(LogException.class,
                        assertThrows(ExecutionException.class, answer::get).getCause());
                assertEquals(LogException.Kind.BUSY, busy.kind());
                assertFalse(busy.mayBeDone());
                assertTrue(busy.getMessage().contains("try again later"), busy.getMessage());
            } else {
                taken.add(answer);
            }
        }
        assertTrue(taken.size() >= WAITING && taken.size() < WAITING + 100, taken.size() + " were taken");
        assertEquals(WAITING * 3, taken.size() + refused);
        assertTrue(log.most <= 8, log.most + " entries were under way");
        log.answerAll();
        for (CompletableFuture<List<Result>> each : taken) {
            assertInstanceOf(Result.Done.class, each.get().getFirst());
        }
        assertEquals(taken.size(), log.machine.state().nodes().size());
        CompletableFuture<List<Result>> after = proposals.propose(command(WAITING * 3));
        log.answerAll();
        assertInstanceOf(Result.Done.class, after.get().getFirst());
    }
}
