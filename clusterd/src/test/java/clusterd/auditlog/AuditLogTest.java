package clusterd.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.audit.AuditChain;
import clusterd.audit.AuditEntry;
import clusterd.audit.AuditLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final int SMALL_BYTES = 1000;

    @TempDir
    Path data;
    private final List<String> journal = new CopyOnWriteArrayList<>();

    private AuditLog log(int files) {
        return new AuditLog(new AuditFolder(data.resolve("audit"), SMALL_BYTES, files), "box1",
                InstantSource.system(), journal::add);
    }

    private static AuditEntry entry(String object) {
        return new AuditEntry(1, new AuditEntry.Caller("alice", "admin", "192.0.2.7:1"), "CreateService",
                new AuditEntry.Subject(object, ""), AuditEntry.DONE, "", OptionalLong.empty());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("audit"))) {
            return files.sorted().toList();
        }
    }

    private static List<AuditLine> lines(AuditLog log) throws IOException {
        List<AuditLine> lines = new ArrayList<>();
        log.read(text -> lines.add(AuditLine.parse(text).orElseThrow()));
        return lines;
    }

    private static List<String> objects(AuditLog log) throws IOException {
        return lines(log).stream().map(each -> each.entry().subject().name()).toList();
    }

    @Test
    void nothingIsMadeBeforeTheFirstLine() throws IOException {
        try (AuditLog log = log(100)) {
            assertEquals(List.of(), lines(log));
            assertEquals(List.of(), log.verify(new AuditChain()));
        }
        assertFalse(Files.exists(data.resolve("audit")));
    }

    @Test
    void theChainGoesOverFilesAndStarts() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (AuditLog log = log(100)) {
                for (int i = 0; i < 10; i++) {
                    log.append(entry("web" + i));
                }
            }
        }
        try (AuditLog log = log(100)) {
            AuditChain chain = new AuditChain();
            assertEquals(List.of(), log.verify(chain));
            assertEquals(30, chain.lines());
            assertTrue(files().size() > 5, files().toString());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())));
            assertEquals("rwx------", PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(data.resolve("audit"))));
        }
    }

    @Test
    void theOldestFileGoesAndTheRestStillHolds() throws IOException {
        try (AuditLog log = log(3)) {
            for (int i = 0; i < 50; i++) {
                log.append(entry("web" + i));
            }
            assertEquals(3, files().size());
            AuditChain chain = new AuditChain();
            assertEquals(List.of(), log.verify(chain));
            assertEquals(50, chain.number());
            assertTrue(chain.first() > 30, "begins at " + chain.first());
        }
    }

    @Test
    void aChangeInAnOldFileIsTold() throws IOException {
        try (AuditLog log = log(100)) {
            for (int i = 0; i < 10; i++) {
                log.append(entry("web" + i));
            }
            Path first = files().getFirst();
            Files.writeString(first, Files.readString(first).replace("alice", "mallory"));
            assertFalse(log.verify(new AuditChain()).isEmpty());
        }
    }

    @Test
    void anEndThatIsCutOffIsToldByTheAgentThatWroteIt() throws IOException {
        try (AuditLog log = log(100)) {
            for (int i = 0; i < 10; i++) {
                log.append(entry("web" + i));
            }
            Files.delete(files().getLast());
            List<String> breaks = log.verify(new AuditChain());
            assertEquals(1, breaks.size(), breaks.toString());
            assertTrue(breaks.getFirst().contains("cut off"), breaks.toString());
        }
    }

    @Test
    void aLineThatACrashCutShortIsRemovedAndThatIsSaid() throws IOException {
        try (AuditLog log = log(100)) {
            log.append(entry("one"));
        }
        Files.writeString(files().getLast(), "{\"number\":2,\"ti", StandardOpenOption.APPEND);
        try (AuditLog log = log(100)) {
            log.append(entry("two"));
            assertEquals(List.of("one", "", "two"), objects(log));
            assertEquals("torn", lines(log).get(1).entry().result());
            assertEquals(List.of(), log.verify(new AuditChain()));
        }
    }

    @Test
    void aLineThatCannotBeWrittenStopsNobodyAndIsMissedLater() throws IOException {
        Path folder = data.resolve("audit");
        try (AuditLog log = log(100)) {
            Files.writeString(folder, "in the way");
            log.append(entry("one"));
            log.append(entry("two"));
            assertEquals(2, log.lost());
            Files.delete(folder);
            log.append(entry("three"));
            assertEquals(List.of("", "three"), objects(log));
            assertEquals("2 lines could not be written", lines(log).getFirst().entry().message());
        }
        assertEquals(1, journal.stream().filter(each -> each.contains("cannot be written")).count());
        assertTrue(journal.stream().anyMatch(each -> each.contains("lost: admin alice: CreateService one")),
                journal.toString());
    }

    @Test
    void strangersCannotPushOutWhatMembersDid() throws IOException {
        try (AuditLog log = new AuditLog(new AuditFolder(data.resolve("audit")), "box1",
                () -> Instant.ofEpochSecond(7), journal::add)) {
            for (int i = 0; i < 1000; i++) {
                log.appendRefusal(new AuditEntry(1, new AuditEntry.Caller("-", AuditEntry.Caller.STRANGER, "x"), "ListNodes",
                        AuditEntry.Subject.NONE, "unauthenticated", "", OptionalLong.empty()));
            }
            log.appendRefusal(entry("by a member"));
            log.append(entry("web"));
            List<AuditLine> lines = lines(log);
            assertEquals(8, lines.size());
            assertEquals("995 more refusals came in a moment", lines.get(5).entry().message());
        }
    }

    @Test
    void furtherLinesComeToWhoFollows() {
        BlockingQueue<String> queue = new ArrayBlockingQueue<>(2);
        try (AuditLog log = log(100)) {
            log.append(entry("before"));
            log.attach(queue);
            log.append(entry("one"));
            log.append(entry("two"));
            assertTrue(log.isAttached(queue));
            log.append(entry("three"));
            assertFalse(log.isAttached(queue), "a slow one is dropped");
            assertEquals(2, queue.size());
        }
    }
}
