package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A data folder after a crash, a bad disk or a mistake. */
class RatisStorageTest {
    private RatisGroup group;

    @BeforeEach
    void begin() throws Exception {
        group = RatisGroup.of(1, UnaryOperator.identity());
        for (int i = 0; i < 20; i++) {
            Await.done(group.log(0).propose(LogContract.bytes("entry " + i)));
        }
    }

    @AfterEach
    void end() throws IOException {
        group.close();
    }

    private Path file(String folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(group.folder(0).resolve(folder))) {
            return files.filter(file -> file.getFileName().toString().startsWith(name)).findFirst().orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int value = bytes.read();
            bytes.seek(at);
            bytes.write(value ^ 0x55);
        }
    }

    private LogException refusal() {
        return assertThrows(LogException.class, () -> group.start(0));
    }

    @Test
    void aCorruptSnapshotIsRefusedWithItsName() throws Exception {
        Await.done(group.log(0).snapshot());
        group.stop(0);
        Path snapshot = file("sm", "snapshot.");
        flip(snapshot, Files.size(snapshot) / 2);
        LogException refusal = refusal();
        assertEquals(LogException.Kind.STORAGE, refusal.kind());
        assertTrue(refusal.getMessage().contains(snapshot.toString()), refusal.getMessage());
        flip(snapshot, Files.size(snapshot) / 2);
        group.start(0);
        Await.done(group.log(0).barrier());
        assertEquals(20, group.ledger(0).entries().size());
    }

    /** Where the last entry of the open segment begins and ends. */
    private static long lastByte(Path segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    @Test
    void aTornTailOfTheLogIsCutOff() throws Exception {
        group.stop(0);
        Path segment = file("current", "log_inprogress_");
        long end = lastByte(segment);
        for (long torn : new long[] {end - 2, end - 7}) {
            try (RandomAccessFile bytes = new RandomAccessFile(segment.toFile(), "rw")) {
                bytes.setLength(torn);
                // Space that was taken ahead, as the file system shows it after a loss of power.
                bytes.setLength(torn + 4_096);
            }
            group.start(0);
            Await.done(group.log(0).barrier());
            List<String> entries = group.ledger(0).entries();
            assertTrue(entries.size() >= 18 && entries.get(17).equals("entry 17"), entries.toString());
            assertTrue(group.journal().stream().anyMatch(line -> line.contains("cut off")), group.journal().toString());
            Await.done(group.log(0).propose(LogContract.bytes("after")));
            group.stop(0);
            segment = file("current", "log_inprogress_");
            end = lastByte(segment);
        }
    }

    @Test
    void aLogThatIsBrokenInItsMidstIsRefusedWithItsName() throws Exception {
        group.stop(0);
        Path segment = file("current", "log_inprogress_");
        flip(segment, lastByte(segment) / 2);
        LogException refusal = refusal();
        assertEquals(LogException.Kind.STORAGE, refusal.kind());
        assertTrue(refusal.getMessage().contains(segment.toString()), refusal.getMessage());
    }

    @Test
    void aLogWithoutItsSnapshotIsRefused() throws Exception {
        group.stop(0);
        Path segment = file("current", "log_inprogress_");
        Files.move(segment, segment.resolveSibling("log_inprogress_1000"));
        assertTrue(refusal().getMessage().contains("begins with entry 1000"));
    }

    @Test
    void theFolderOfAnotherMemberIsRefused() throws Exception {
        group.stop(0);
        Path owner = group.folder(0).resolveSibling("member");
        String before = Files.readString(owner);
        Files.writeString(owner, "VOTER other\n");
        assertTrue(refusal().getMessage().contains("other"));
        Files.writeString(owner, before);
        group.start(0);
        Await.done(group.log(0).barrier());
        assertEquals(20, group.ledger(0).entries().size());
    }

    @Test
    void aMachineThatFailsStopsItsMemberAndTheJournalSaysSo() throws Exception {
        group.stop(0);
        group.failAt("poison");
        group.start(0);
        assertEquals("21", Await.text(group.log(0).propose(LogContract.bytes("good"))));
        CompletableFuture<byte[]> poison = group.log(0).propose(LogContract.bytes("poison"));
        Await.until("the member stops", () -> group.log(0).standing().role() == Role.STOPPED);
        assertTrue(group.journal().stream().anyMatch(line -> line.contains("the machine cannot apply entry")),
                group.journal().toString());
        assertEquals(LogException.Kind.CLOSED, Await.failure(group.log(0).propose(LogContract.bytes("more"))).kind());
        group.stop(0);
        assertTrue(Await.failure(poison).mayBeDone());
    }

    @Test
    void anAddressThatIsTakenIsRefusedAndTheProcessLivesOn() throws Exception {
        int second = group.add(new Member("m1", "127.0.0.1", group.member(0).port(), MemberKind.VOTER), List.of());
        LogException refusal = assertThrows(LogException.class, () -> group.start(second));
        assertTrue(refusal.getMessage().contains("cannot listen"), refusal.getMessage());
    }
}
