package linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

class SeparateThreadTest {

    private static String network() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @Test
    void theThreadIsAPlatformOneOfThatName() throws Exception {
        Thread[] used = new Thread[1];
        assertEquals("done", SeparateThread.call("errand", () -> {
            used[0] = Thread.currentThread();
            return "done";
        }));
        assertEquals("errand", used[0].getName());
        assertFalse(used[0].isVirtual());
        assertTrue(used[0].isDaemon());
    }

    @Test
    void whatItThrowsIsThrownHere() {
        IOException failure = new IOException("no such thing");
        assertSame(failure, assertThrows(IOException.class, () -> SeparateThread.call("errand", () -> {
            throw failure;
        })));
        Error grave = new AssertionError("grave");
        assertSame(grave, assertThrows(CompletionException.class,
                () -> SeparateThread.call("errand", () -> {
                    throw grave;
                })).getCause());
    }

    @Test
    void anInterruptedOneWaitsAndStaysInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertEquals("done", SeparateThread.call("errand", () -> "done"));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @NeedsKernel
    @Test
    void onlyTheThreadIsInTheOtherNamespace() throws Exception {
        Requires.root();
        String own = network();
        try (NetworkNamespace other = NetworkNamespace.create()) {
            String theirs = other.call(SeparateThreadTest::network);
            assertNotEquals(own, theirs);
            assertEquals(theirs,
                    SeparateThread.inNetwork(other.descriptor(), SeparateThreadTest::network));
        }
        assertEquals(own, network());
    }

    @Test
    void whatIsNoNamespaceIsNotEntered() throws Exception {
        int file = Descriptors.open(Path.of("/dev/null"), OpenFlag.O_RDONLY);
        try {
            SystemCallException refused = assertThrows(SystemCallException.class,
                    () -> SeparateThread.inNetwork(file, () -> "reached"));
            assertTrue(refused.is(Errno.EINVAL), refused.getMessage());
            assertTrue(refused.getMessage().startsWith("setns(network namespace, CLONE_NEWNET): "),
                    refused.getMessage());
        } finally {
            Descriptors.close(file);
        }
    }
}
