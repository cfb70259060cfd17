package runtime.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import linux.abi.SystemCall;
import linux.socket.UnixSocket;
import linux.syscall.Descriptors;
import linux.syscall.Kernel;
import linux.syscall.SystemCallException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.forward.LogChoice;
import runtime.forward.LogLine;
import runtime.forward.LogSubject;

/** What a journal gets by its native protocol; the journal is a datagram socket of this test. */
class JournalSocketTest {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int F_GET_SEALS = 1034;
    private static final int ALL_SEALS = 15;
    private static final int MOST_BYTES = 1 << 20;

    @TempDir
    Path folder;
    private Path journal;

    @BeforeEach
    void name() {
        journal = folder.resolve("socket");
    }

    private UnixSocket listen() throws SystemCallException {
        int socket = (int) Kernel.check(SystemCall.SOCKET, "AF_UNIX, SOCK_DGRAM", AF_UNIX,
                SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            byte[] path = journal.toString().getBytes(StandardCharsets.UTF_8);
            MemorySegment address = arena.allocate(110, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
            Kernel.check(SystemCall.BIND, journal.toString(), socket, address.address(),
                    address.byteSize());
        }
        return UnixSocket.of(socket);
    }

    private LogTarget target(Map<String, String> labels) throws IOException {
        LogChoice choice = LogChoice.of("journald", Map.of("labels-regex", "."));
        return LogTarget.open(choice, new LogSubject("ab".repeat(32), "web", "nginx",
                "sha256:" + "cd".repeat(32), choice.chosen(labels, List.of())), journal);
    }

    private static LogLine line(String text) {
        return new LogLine(Instant.EPOCH, false, text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aLineIsADatagramAndOneOfSeveralLinesBinary() throws Exception {
        try (UnixSocket got = listen(); LogTarget target = target(Map.of("note", "one\ntwo"))) {
            target.send(line("hello"));
            String entry = new String(got.receive(MOST_BYTES, 1).bytes(),
                    StandardCharsets.ISO_8859_1);
            assertTrue(entry.startsWith("MESSAGE=hello\nPRIORITY=6\n"), entry);
            assertTrue(entry.endsWith("\nNOTE\n\7\0\0\0\0\0\0\0one\ntwo\n"), entry);
        }
    }

    @Test
    void whatIsTooLargeForADatagramComesAsASealedFile() throws Exception {
        String value = "v".repeat(600_000);
        try (UnixSocket got = listen(); LogTarget target = target(Map.of("large", value))) {
            target.send(line("hello"));
            UnixSocket.Received received = got.receive(MOST_BYTES, 1);
            assertArrayEquals(bytes(""), received.bytes());
            int file = received.descriptors().getFirst();
            try {
                String entry = Files.readString(Path.of("/proc/self/fd/" + file));
                assertTrue(entry.startsWith("MESSAGE=hello\n"), entry.substring(0, 80));
                assertTrue(entry.endsWith("\nLARGE=" + value + "\n"));
                assertEquals(ALL_SEALS, Kernel.check(SystemCall.FCNTL, "F_GET_SEALS", file,
                        F_GET_SEALS), "a journal trusts only what nobody can change");
            } finally {
                Descriptors.close(file);
            }
        }
    }

    @Test
    void aJournalThatIsBehindIsWaitedFor() throws Exception {
        int count = 2_000;
        try (UnixSocket got = listen(); LogTarget target = target(Map.of())) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int number = 0; number < count; number++) {
                        target.send(line("line " + number));
                    }
                } catch (IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                }
            });
            for (int number = 0; number < count; number++) {
                String entry = new String(got.receive(MOST_BYTES, 0).bytes(),
                        StandardCharsets.UTF_8);
                assertTrue(entry.startsWith("MESSAGE=line " + number + "\n"), entry);
            }
            sent.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void whereNoJournalListensTheErrorNamesThePlace() {
        IOException absent = assertThrows(IOException.class, () -> target(Map.of()).close());
        assertTrue(absent.getMessage().contains(journal.toString()), absent.getMessage());
    }
}
