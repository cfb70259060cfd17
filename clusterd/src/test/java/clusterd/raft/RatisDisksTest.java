package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of three members whose disk is not what it was: the others have everything, and it gets it from them. */
class RatisDisksTest {
    private RatisGroup group;

    @TempDir
    Path aside;

    @BeforeEach
    void begin() throws Exception {
        group = RatisGroup.of(3, UnaryOperator.identity());
        group.leader();
        write(0, 30);
    }

    @AfterEach
    void end() throws IOException {
        group.close();
    }

    private void write(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Await.done(group.log(0).propose(LogContract.bytes("entry " + i)));
        }
    }

    private void assertSame(int entries, int... members) throws Exception {
        for (int member : members) {
            Await.done(group.log(member).barrier());
            assertEquals(entries, group.ledger(member).entries().size(), "member " + member);
            assertEquals(group.ledger(members[0]).digest(), group.ledger(member).digest(), "member " + member);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void aMemberWithYesterdaysFolderGetsWhatItLacks() throws Exception {
        Path folder = group.folder(2).getParent();
        group.stop(2);
        copy(folder, aside.resolve("yesterday"));
        group.start(2);
        write(30, 60);
        for (int i = 0; i < 3; i++) {
            Await.done(group.log(i).snapshot());
        }
        write(60, 70);
        group.stop(2);
        delete(folder);
        copy(aside.resolve("yesterday"), folder);
        group.start(2);
        assertSame(70, 0, 1, 2);
        write(70, 75);
        assertSame(75, 0, 1, 2);
    }

    @Test
    void aMemberWhoseSnapshotIsBrokenIsRefusedAndGetsAllAnewWhenItJoinsAgain() throws Exception {
        Await.done(group.log(2).snapshot());
        group.stop(2);
        Path snapshot;
        try (Stream<Path> files = Files.list(group.folder(2).resolve("sm"))) {
            snapshot = files.filter(each -> each.getFileName().toString().startsWith("snapshot.")).findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(snapshot.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            int value = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(value ^ 1);
        }
        LogException refused = assertThrows(LogException.class, () -> group.start(2));
        assertEquals(LogException.Kind.STORAGE, refused.kind());
        assertTrue(refused.getMessage().contains(snapshot.toString()), refused.getMessage());
        write(30, 40);

        Await.done(group.log(0).changeMembers(List.of(group.member(0), group.member(1))));
        int again = group.add(group.newMember("m3", MemberKind.VOTER), List.of());
        group.start(again);
        Await.done(group.log(0).changeMembers(List.of(group.member(0), group.member(1), group.member(again))));
        write(40, 45);
        assertSame(45, 0, 1, again);
    }
}
