package runtime.container;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
    private static final CompletableFuture<Void> ENDED = CompletableFuture.completedFuture(null);
    @TempDir Path folder;
    private LogFiles files;
    private WatchServiceFollower follower;

    @BeforeEach
    void open() throws IOException {
        files = new LogFiles(folder, 1000, 3);
        follower = new WatchServiceFollower();
    }

    @AfterEach
    void close() throws IOException {
        follower.close();
    }

    static byte[] frame(long seconds, int stream, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(LogReader.HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(seconds).putLong(5).putInt(payload.length)
                .putInt(stream).put(payload).array();
    }

    private void append(byte[] bytes) throws IOException {
        Files.write(files.current(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String query(LogQuery query) throws Exception {
        StringBuilder text = new StringBuilder();
        new LogStream(files, follower).query(query, ENDED, frame -> {
            text.append(frame.stream() == LogFrame.Stream.STDERR ? "!" : "")
                    .append(new String(frame.payload(), StandardCharsets.UTF_8));
            return true;
        });
        return text.toString();
    }

    private static LogQuery tail(long lines) {
        return new LogQuery(false, OptionalLong.of(lines), Optional.empty(), Optional.empty(),
                true, true);
    }

    @Test
    void framesAreReadAcrossRotation() throws Exception {
        assertEquals("", query(LogQuery.ALL));
        for (int number = 0; number < 100; number++) {
            append(frame(number, 1 + number % 2, number + "\n"));
            files.rotateIfLarge();
        }
        String text = query(LogQuery.ALL);
        assertTrue(text.endsWith("98\n!99\n"), text);
        assertEquals(3, Files.list(folder).count());
        assertEquals("98\n!99\n", query(tail(2)));
    }

    @Test
    void whatSomeoneStillReadsIsNotDropped() throws Exception {
        append(frame(1, 1, "first\n"));
        List<String> seen = new ArrayList<>();
        new LogStream(files, follower).follow(LogPosition.START, ENDED, frame -> {
            if (seen.isEmpty()) {
                for (int number = 0; number < 300; number++) {
                    append(frame(number, 1, number + "\n"));
                    files.rotateIfLarge();
                }
            }
            return seen.add(new String(frame.payload(), StandardCharsets.UTF_8));
        });
        assertEquals(301, seen.size());
        append(frame(1, 1, "last\n"));
        assertTrue(files.rotateIfLarge());
    }

    @Test
    void whoStopsReadingDoesNotFillTheDisk() throws Exception {
        files = new LogFiles(folder, 1000, 3, 5000);
        append(frame(1, 1, "first\n"));
        StringBuilder seen = new StringBuilder();
        new LogStream(files, follower).follow(LogPosition.START, ENDED, frame -> {
            if (seen.isEmpty()) {
                for (int number = 0; number < 3000; number++) {
                    append(frame(number, 1, number + "\n"));
                    files.rotateIfLarge();
                }
                assertTrue(files.oldestFirst().stream().mapToLong(LogFiles.LogFile::size).sum() < 9000);
            }
            seen.append(new String(frame.payload(), StandardCharsets.UTF_8));
            return true;
        });
        assertTrue(seen.toString().startsWith("first\n"), seen.toString());
        assertTrue(seen.toString().contains(
                "[jctl: output was dropped here: it was not read in time]\n"), seen.toString());
        assertTrue(seen.toString().endsWith("2998\n2999\n"), seen.toString());
    }

    @Test
    void aClockSetBackHidesNothing() throws Exception {
        append(frame(100_000, 1, "before\n"));
        append(frame(50, 1, "after\n"));
        assertEquals("after\n", query(new LogQuery(false, OptionalLong.empty(), Optional.empty(),
                Optional.of(Instant.ofEpochSecond(60)), true, true)));
        assertEquals("before\n", query(new LogQuery(false, OptionalLong.empty(),
                Optional.of(Instant.ofEpochSecond(60)), Optional.empty(), true, true)));
    }

    @Test
    void tailCountsLinesWithinAndAcrossFrames() throws Exception {
        append(frame(1, 1, "one\ntwo\nth"));
        append(frame(2, 1, "ree\nfour"));
        assertEquals("", query(tail(0)));
        assertEquals("four", query(tail(1)));
        assertEquals("three\nfour", query(tail(2)));
        assertEquals("two\nthree\nfour", query(tail(3)));
        assertEquals("one\ntwo\nthree\nfour", query(tail(9)));
    }

    @Test
    void timesAndStreamsAreFiltered() throws Exception {
        for (int second = 1; second <= 5; second++) {
            append(frame(second, 1 + second % 2, second + "\n"));
        }
        assertEquals("!3\n4\n", query(new LogQuery(false, OptionalLong.empty(),
                Optional.of(Instant.ofEpochSecond(2, 6)), Optional.of(Instant.ofEpochSecond(4, 5)),
                true, true)));
        assertEquals("2\n4\n", query(new LogQuery(false, OptionalLong.empty(), Optional.empty(),
                Optional.empty(), true, false)));
    }

    @Test
    void aTornTailGivesWhatThereIs() throws Exception {
        byte[] good = frame(1, 1, "good\n");
        byte[] torn = frame(2, 1, "torn\n");
        for (int at = 0; at <= torn.length; at++) {
            Files.deleteIfExists(files.current());
            append(good);
            append(Arrays.copyOf(torn, at));
            String text = query(LogQuery.ALL);
            assertTrue(text.startsWith("good\n"), text);
            if (at > LogReader.HEADER_BYTES) {
                assertEquals("good\n" + "torn\n".substring(0, at - LogReader.HEADER_BYTES), text);
            } else {
                assertEquals(at > 0, text.contains(at + " damaged bytes"), text);
            }
        }
    }

    @Test
    void framesAfterDamageAreFound() throws Exception {
        Random random = new Random(7);
        byte[] garbage = new byte[100_000];
        random.nextBytes(garbage);
        // No believable stream number anywhere.
        for (int at = 0; at < garbage.length; at++) {
            garbage[at] |= 0x10;
        }
        append(frame(1, 1, "before\n"));
        append(garbage);
        append(frame(2, 1, "after\n"));
        String text = query(LogQuery.ALL);
        assertTrue(text.startsWith("before\n!"), text);
        assertTrue(text.endsWith("after\n"), text);
    }

    @Test
    void anyBytesAtAllAreSurvived() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (round % 2 == 0) {
                Arrays.fill(bytes, (byte) 0);
            }
            Files.write(files.current(), bytes);
            assertDoesNotThrow(() -> query(LogQuery.ALL));
        }
    }

    @Test
    void aFollowerSeesAllUntilTheEnd() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        append(frame(1, 1, "old"));
        LogPosition from = files.end();
        Thread reader = Thread.startVirtualThread(() -> {
            try {
                new LogStream(files, follower).follow(from, ended, frame ->
                        seen.add(new String(frame.payload(), StandardCharsets.UTF_8)));
                seen.add("(end)");
            } catch (Exception failure) {
                seen.add(failure.toString());
            }
        });
        List<String> expected = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            append(frame(number, 1, "line " + number));
            expected.add("line " + number);
            if (number % 10 == 0) {
                for (String wanted : expected) {
                    assertEquals(wanted, seen.take());
                }
                expected.clear();
            }
            files.rotateIfLarge();
        }
        ended.complete(null);
        reader.join();
        expected.add("(end)");
        assertEquals(expected, List.copyOf(seen));
    }

    @Test
    void whoJoinsWithinAFrameSeesNoDamage() throws Exception {
        byte[] whole = frame(1, 1, "x".repeat(100));
        append(Arrays.copyOf(whole, 60));
        LogPosition within = files.end();
        append(Arrays.copyOfRange(whole, 60, whole.length));
        append(frame(2, 1, "next"));
        List<String> seen = new ArrayList<>();
        new LogStream(files, follower).follow(within, ENDED,
                frame -> seen.add(new String(frame.payload(), StandardCharsets.UTF_8)));
        assertEquals(List.of("next"), seen);
    }
}
