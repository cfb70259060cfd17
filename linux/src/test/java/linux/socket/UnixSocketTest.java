package linux.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import linux.abi.Errno;
import linux.syscall.SystemCallException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

    private static long openDescriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    @Test
    void aDescriptorPassedIsTheSameSocket() throws Exception {
        List<UnixSocket> carrier = UnixSocket.pair();
        List<UnixSocket> passed = UnixSocket.pair();
        try (UnixSocket left = carrier.get(0); UnixSocket right = carrier.get(1);
                UnixSocket near = passed.get(0); UnixSocket far = passed.get(1)) {
            left.send(HELLO, List.of(far.descriptor(), near.descriptor()));
            UnixSocket.Received received = right.receive(100, 2);
            assertArrayEquals(HELLO, received.bytes());
            assertEquals(2, received.descriptors().size());
            try (UnixSocket farAgain = UnixSocket.of(received.descriptors().get(0));
                    UnixSocket nearAgain = UnixSocket.of(received.descriptors().get(1))) {
                assertTrue(farAgain.descriptor() != far.descriptor());
                near.send(new byte[] {7}, List.of());
                assertArrayEquals(new byte[] {7}, farAgain.receive(10, 0).bytes());
                farAgain.send(new byte[] {8}, List.of());
                assertArrayEquals(new byte[] {8}, nearAgain.receive(10, 0).bytes());
            }
        }
    }

    @Test
    void moreDescriptorsThanExpectedAreClosedAndToldAbout() throws Exception {
        List<UnixSocket> carrier = UnixSocket.pair();
        try (UnixSocket left = carrier.get(0); UnixSocket right = carrier.get(1)) {
            long before = openDescriptors();
            left.send(HELLO, Collections.nCopies(5, left.descriptor()));
            assertThrows(IOException.class, () -> right.receive(100, 1));
            left.send(HELLO, Collections.nCopies(5, left.descriptor()));
            assertThrows(IOException.class, () -> right.receive(100, 0));
            assertEquals(before, openDescriptors());
        }
    }

    @Test
    void endOfStreamIsNoBytes() throws Exception {
        List<UnixSocket> pair = UnixSocket.pair();
        pair.get(0).close();
        try (UnixSocket right = pair.get(1)) {
            assertEquals(0, right.receive(10, 1).bytes().length);
            assertThrows(SystemCallException.class, () -> right.send(HELLO, List.of()));
        }
    }

    @Test
    void peerIsThisProcess() throws Exception {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket left = pair.get(0); UnixSocket right = pair.get(1)) {
            assertEquals(ProcessHandle.current().pid(), left.peerCredentials().pid());
            assertEquals(left.peerCredentials(), right.peerCredentials());
        }
    }

    @Test
    void connectsToAServerOfTheJdk(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (UnixSocket client = UnixSocket.connect(path);
                    SocketChannel accepted = server.accept()) {
                client.send(HELLO, List.of());
                ByteBuffer buffer = ByteBuffer.allocate(5);
                while (buffer.hasRemaining()) {
                    accepted.read(buffer);
                }
                assertArrayEquals(HELLO, buffer.array());
            }
        }
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> UnixSocket.connect(folder.resolve("none")));
        assertEquals(Errno.ENOENT.number(), refused.errno());
        assertThrows(SystemCallException.class,
                () -> UnixSocket.connect(folder.resolve("x".repeat(120))));
    }
}
