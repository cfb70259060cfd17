package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.raft.SegmentScan.Broken;
import clusterd.raft.SegmentScan.Finding;
import clusterd.raft.SegmentScan.Torn;
import clusterd.raft.SegmentScan.Whole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log's file and a snapshot as a member wrote them, cut off at every byte and with every byte changed. */
class BrokenFilesTest {
    private static final int LARGEST = LogContract.LARGEST_BYTES;
    private static final int ENTRIES = 12;

    private static RatisGroup group;
    private static byte[] segment;
    private static byte[] snapshot;
    /** Where entries end in the segment. */
    private static final List<Integer> BOUNDARIES = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void write() throws Exception {
        group = RatisGroup.of(1, UnaryOperator.identity());
        for (int i = 0; i < ENTRIES; i++) {
            Await.done(group.log(0).propose(LogContract.bytes("entry " + i)));
        }
        group.stop(0);
        byte[] all = Files.readAllBytes(file("current", "log_inprogress_"));
        group.start(0);
        Await.done(group.log(0).barrier());
        Await.done(group.log(0).snapshot());
        group.stop(0);
        int end = 8;
        for (int next = end; next > 0; next = SegmentScan.after(ByteBuffer.wrap(all), end, LARGEST)) {
            end = next;
            BOUNDARIES.add(end);
        }
        segment = Arrays.copyOf(all, end);
        snapshot = Files.readAllBytes(file("sm", "snapshot."));
    }

    @AfterAll
    static void end() throws IOException {
        group.close();
    }

    private static Path file(String in, String name) throws IOException {
        try (Stream<Path> files = Files.list(group.folder(0).resolve(in))) {
            return files.filter(each -> each.getFileName().toString().startsWith(name)).findFirst().orElseThrow();
        }
    }

    private static Finding scan(byte[] bytes) {
        return SegmentScan.scan(ByteBuffer.wrap(bytes), LARGEST);
    }

    @Test
    void theFilesAreAsExpected() {
        assertTrue(BOUNDARIES.size() > ENTRIES, BOUNDARIES.toString());
        assertInstanceOf(Whole.class, scan(segment));
    }

    @Test
    void aLogCutOffAtAnyByteIsTornAtTheEndOfItsLastWholeEntry() {
        for (int length = 9; length < segment.length; length++) {
            int cut = length;
            int whole = BOUNDARIES.stream().filter(each -> each <= cut).reduce(8, Math::max);
            for (int ahead : new int[] {0, 512}) {
                Finding finding = scan(Arrays.copyOf(Arrays.copyOf(segment, length), length + ahead));
                // A sum that ends in zeros is whole again where zeros follow.
                boolean completed = ahead > 0 && BOUNDARIES.stream().anyMatch(each -> each > cut
                        && isZero(segment, cut, each));
                if (!completed) {
                    assertEquals(whole == length ? new Whole() : new Torn(whole), finding,
                            "cut at " + length + " with " + ahead + " zeros after it");
                }
            }
        }
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aLogOfWhichAnyByteIsAnotherIsNeverTakenForWhole() {
        int last = BOUNDARIES.get(BOUNDARIES.size() - 2);
        for (int at = 0; at < segment.length; at++) {
            byte[] changed = segment.clone();
            changed[at] ^= 0x20;
            Finding finding = scan(changed);
            if (at < 8) {
                assertEquals(new Broken(0), finding, "byte " + at);
            } else if (at < last) {
                assertInstanceOf(Broken.class, finding, "byte " + at);
            } else {
                assertEquals(new Torn(last), finding, "byte " + at);
            }
        }
    }

    @Test
    void aSnapshotOfWhichAnyByteIsAnotherIsRefusedWithItsName() throws IOException {
        Path file = folder.resolve("snapshot.1_12");
        Files.write(file, snapshot);
        SnapshotFile.check(file);
        for (int at = 0; at < snapshot.length; at++) {
            byte[] changed = snapshot.clone();
            changed[at] ^= (byte) (1 << at % 8);
            Files.write(file, changed);
            IOException refused = assertThrows(IOException.class, () -> SnapshotFile.check(file), "byte " + at);
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
        }
    }

    @Test
    void aSnapshotCutOffAtAnyByteIsRefusedWithItsName() throws IOException {
        Path file = folder.resolve("snapshot.1_12");
        for (int length = 0; length < snapshot.length; length++) {
            Files.write(file, Arrays.copyOf(snapshot, length));
            IOException refused = assertThrows(IOException.class, () -> SnapshotFile.check(file), "cut at " + length);
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
        }
    }
}
