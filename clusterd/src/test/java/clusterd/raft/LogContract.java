package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Log} does. Asked at member 0 unless it says otherwise. */
abstract class LogContract {
    private Group group;

    /** Members that can be restarted, each with a {@link Ledger}. */
    interface Group extends AutoCloseable {
        int size();

        Log log(int member);

        Ledger ledger(int member);

        /** Closes all members and opens them anew with empty ledgers. */
        void restart() throws Exception;

        @Override
        void close() throws IOException;
    }

    /** Open and with a leader, sooner or later. */
    abstract Group open() throws Exception;

    /** The largest entry of the group's settings. */
    static final int LARGEST_BYTES = 64 * 1024;

    static Settings.Limits limits() {
        return new Settings.Limits(LARGEST_BYTES, 256, 1024 * 1024, 256 * 1024, 256 * 1024, 1_000_000, 1 << 30);
    }

    @BeforeEach
    void begin() throws Exception {
        group = open();
    }

    @AfterEach
    void end() throws Exception {
        group.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Log log() {
        return group.log(0);
    }

    private void write(int from, int to) throws Exception {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(log().propose(bytes("entry " + i)));
        }
        for (CompletableFuture<byte[]> one : all) {
            Await.done(one);
        }
    }

    @Test
    void whatWasAcknowledgedIsReadBack() throws Exception {
        assertEquals("1", Await.text(log().propose(bytes("first"))));
        assertEquals("2", Await.text(log().propose(bytes("second"))));
        for (int i = 0; i < group.size(); i++) {
            Await.done(group.log(i).barrier());
            assertEquals(List.of("first", "second"), group.ledger(i).entries());
        }
    }

    @Test
    void aRestartGivesTheSameDigest() throws Exception {
        write(0, 50);
        Await.done(group.log(0).barrier());
        String digest = group.ledger(0).digest();
        group.restart();
        for (int i = 0; i < group.size(); i++) {
            Await.done(group.log(i).barrier());
            assertEquals(digest, group.ledger(i).digest());
        }
    }

    @Test
    void entriesAreAppliedOnceAndInOneOrder() throws Exception {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.add(group.log(i % group.size()).propose(bytes("entry " + i)));
        }
        Set<String> answers = new TreeSet<>();
        for (CompletableFuture<byte[]> one : all) {
            answers.add(Await.text(one));
        }
        assertEquals(120, answers.size());
        Await.done(log().barrier());
        List<String> order = group.ledger(0).entries();
        assertEquals(new TreeSet<>(IntStream.range(0, 120).mapToObj(i -> "entry " + i).toList()), new TreeSet<>(order));
        assertEquals(120, order.size());
        for (int i = 1; i < group.size(); i++) {
            Await.done(group.log(i).barrier());
            assertEquals(order, group.ledger(i).entries());
        }
    }

    @Test
    void aReadSeesEveryAcknowledgedWrite() throws Exception {
        for (int i = 0; i < 30; i++) {
            String entry = "entry " + i;
            Await.done(group.log(i % group.size()).propose(bytes(entry)));
            int reader = (i + 1) % group.size();
            Await.done(group.log(reader).barrier());
            assertTrue(group.ledger(reader).entries().contains(entry), "member " + reader + " lacks " + entry);
        }
    }

    @Test
    void aSnapshotAndTheRestOfTheLogGiveTheSameDigest() throws Exception {
        write(0, 40);
        for (int i = 0; i < group.size(); i++) {
            Await.done(group.log(i).snapshot());
        }
        write(40, 60);
        Await.done(group.log(0).barrier());
        String digest = group.ledger(0).digest();
        group.restart();
        for (int i = 0; i < group.size(); i++) {
            Await.done(group.log(i).barrier());
            assertEquals(digest, group.ledger(i).digest());
        }
    }

    @Test
    void anEntryTooLargeIsRefusedAndTheLogGoesOn() throws Exception {
        LogException refusal = Await.failure(log().propose(new byte[LARGEST_BYTES + 1]));
        assertEquals(LogException.Kind.TOO_LARGE, refusal.kind());
        assertEquals("1", Await.text(log().propose(new byte[LARGEST_BYTES])));
    }

    @Test
    void moreThanMayBeOnItsWayIsRefusedAndTheRestIsDone() throws Exception {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(log().propose(bytes("entry " + i)));
        }
        int done = 0;
        for (CompletableFuture<byte[]> one : all) {
            if (one.handle((answer, failure) -> failure == null).get()) {
                done++;
            } else {
                assertEquals(LogException.Kind.BUSY, Await.failure(one).kind());
            }
        }
        Await.done(log().barrier());
        assertEquals(done, group.ledger(0).entries().size());
        assertTrue(done >= 256, "only " + done + " were done");
    }

    @Test
    void aClosedLogRefuses() throws Exception {
        Await.done(log().propose(bytes("first")));
        log().close();
        assertEquals(LogException.Kind.CLOSED, Await.failure(log().propose(bytes("late"))).kind());
        assertEquals(LogException.Kind.CLOSED, Await.failure(log().barrier()).kind());
        assertEquals(Role.STOPPED, log().standing().role());
    }

    @Test
    void leadershipIsToldOfWithItsBeginAndEnd() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            int member = i;
            group.log(i).onLeadership((leading, term) -> told.add(member + " " + leading + " " + term));
        }
        Await.until("somebody leads", () -> !told.isEmpty());
        String begin = told.getFirst();
        int leader = Integer.parseInt(begin.split(" ")[0]);
        assertTrue(begin.contains("true"), begin);
        group.log(leader).close();
        Await.until("it leads no more, of " + told, () -> told.contains(begin.replace("true", "false")));
    }
}
