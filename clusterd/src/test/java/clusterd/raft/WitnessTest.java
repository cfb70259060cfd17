package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two boxes, 0 and 1, and a witness, 2. */
class WitnessTest {
    private static final int WITNESS = 2;

    private RatisGroup group;

    private void open(UnaryOperator<Settings> adjust) throws IOException {
        group = new RatisGroup(adjust);
        group.begin(List.of(group.newMember("m0", MemberKind.VOTER), group.newMember("m1", MemberKind.VOTER),
                group.newMember("w", MemberKind.WITNESS)));
    }

    @AfterEach
    void end() throws IOException {
        group.close();
    }

    private static UnaryOperator<Settings> small(long witnessLogBytes) {
        return settings -> settings.with(new Settings.Limits(LogContract.LARGEST_BYTES, 256, 1024 * 1024,
                LogContract.LARGEST_BYTES, LogContract.LARGEST_BYTES, 400, witnessLogBytes))
                .with(new Settings.Timing(150, 300, 20_000, 300));
    }

    private void write(int at, int from, int to) throws Exception {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(group.log(at).propose(LogContract.bytes("entry " + i + " " + "x".repeat(100))));
            if (all.size() == 100 || i == to - 1) {
                for (CompletableFuture<byte[]> one : all) {
                    Await.done(one);
                }
                all.clear();
            }
        }
    }

    private long bytesOfLog(int member) throws IOException {
        try (Stream<Path> files = Files.list(group.folder(member).resolve("current"))) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    @Test
    void withOneBoxDeadTheOtherGoesOnAndNoWitnessLeads() throws Exception {
        open(UnaryOperator.identity());
        for (int dead = 0; dead < 2; dead++) {
            int living = 1 - dead;
            write(living, dead * 20, dead * 20 + 10);
            group.stop(dead);
            write(living, dead * 20 + 10, dead * 20 + 20);
            assertEquals("m" + living, group.log(living).standing().leaderId().orElseThrow());
            assertEquals(Role.WITNESS, group.log(WITNESS).standing().role());
            group.start(dead);
            Await.done(group.log(dead).barrier());
            assertEquals(group.ledger(living).digest(), group.ledger(dead).digest());
        }
    }

    @Test
    void theWitnessHasWhatTheBoxThatComesBackLacks() throws Exception {
        open(UnaryOperator.identity());
        write(0, 0, 10);
        group.stop(1);
        write(0, 10, 50);
        group.stop(0);
        group.start(1);
        // Only the witness has entries 10 to 49: it leads until box 1 has them, then hands over.
        Await.done(group.log(1).barrier());
        assertEquals(50, group.ledger(1).entries().size());
        assertEquals("51", Await.text(group.log(1).propose(LogContract.bytes("on"))));
        assertEquals("m1", group.log(1).standing().leaderId().orElseThrow());
    }

    @Test
    void theWitnessKeepsNoStateAndLittleLogAndHasNothingToGive() throws Exception {
        open(small(1 << 30));
        write(0, 0, 6_000);
        Await.until("the witness took a snapshot", () -> {
            try (Stream<Path> files = Files.list(group.folder(WITNESS).resolve("sm"))) {
                return files.anyMatch(file -> Snapshots.index(file) > 5_000);
            } catch (IOException e) {
                return false;
            }
        });
        try (Stream<Path> files = Files.list(group.folder(WITNESS).resolve("sm"))) {
            for (Path file : files.toList()) {
                assertTrue(Files.size(file) < 200, file + " has " + Files.size(file) + " bytes");
            }
        }
        Await.until("the log shrinks", () -> {
            try {
                return bytesOfLog(WITNESS) < 600_000;
            } catch (IOException e) {
                return false;
            }
        });
        group.stop(WITNESS);
        group.start(WITNESS);
        write(1, 6_000, 6_010);
    }

    @Test
    void aVoterThatLacksMoreThanTheWitnessKeepsWaitsForTheOtherAndLosesNothing() throws Exception {
        open(small(0));
        write(0, 0, 50);
        group.stop(1);
        write(0, 50, 3_000);
        Await.until("the witness lets go of what box 1 lacks, of " + group.journal(),
                () -> group.journal().stream().anyMatch(line -> line.contains("can catch up from another voter alone")));
        String digest = group.ledger(0).digest();
        group.stop(0);
        group.start(1);
        Await.until("the witness says what it lacks, of " + group.journal(),
                () -> group.journal().stream().anyMatch(line -> line.contains("keeps no more")));
        CompletableFuture<byte[]> waiting = group.log(1).propose(LogContract.bytes("waits"));
        assertEquals(List.of(), group.ledger(1).entries().stream().filter("waits"::equals).toList());
        group.start(0);
        Await.done(waiting);
        Await.done(group.log(1).barrier());
        List<String> entries = group.ledger(1).entries();
        assertEquals(3_001, entries.size());
        Await.done(group.log(0).barrier());
        assertEquals(entries, group.ledger(0).entries());
        assertTrue(!digest.isEmpty());
    }

    @Test
    void aLateWitnessTakesASnapshotOverAndKeepsNoneOfIt() throws Exception {
        open(small(1 << 30));
        write(0, 0, 50);
        group.stop(WITNESS);
        write(0, 50, 4_000);
        group.start(WITNESS);
        Await.until("the witness has caught up", () -> {
            Standing standing = group.log(group.leader()).standing();
            return standing.peers().stream().allMatch(peer -> peer.behindEntries() < 10);
        });
        group.stop(0);
        write(1, 4_000, 4_020);
        try (Stream<Path> files = Files.list(group.folder(WITNESS).resolve("sm"))) {
            for (Path file : files.toList()) {
                assertTrue(Files.size(file) < 200, file + " has " + Files.size(file) + " bytes");
            }
        }
    }

    @Test
    void aWitnessDoesNotBecomeAVoter() throws Exception {
        open(UnaryOperator.identity());
        write(0, 0, 5);
        Member witness = group.member(WITNESS);
        Member promoted = Member.voter(witness.id(), witness.host(), witness.port());
        LogException refusal = Await.failure(group.log(0).changeMembers(
                List.of(group.member(0), group.member(1), promoted)));
        assertEquals(LogException.Kind.REFUSED, refusal.kind());
        group.stop(WITNESS);
        int again = group.add(promoted, List.of());
        assertEquals(LogException.Kind.STORAGE, assertThrows(LogException.class, () -> group.start(again)).kind());
    }
}
