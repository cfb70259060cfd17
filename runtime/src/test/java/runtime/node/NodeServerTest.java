package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.NodeGrpc;
import api.node.VersionResponse;
import api.node.VersionRequest;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import linux.socket.InheritedSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.trace.Tracer;
import testkit.NeedsKernel;
import testkit.Requires;

class NodeServerTest {
    @TempDir Path folder;

    /** Knows its version, and nothing else. */
    private static final class Service extends NodeGrpc.NodeImplBase {
        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> reply) {
            reply.onNext(VersionResponse.newBuilder().setVersion("7").build());
            reply.onCompleted();
        }
    }

    private static String version(Path socket) throws Exception {
        try (TestClient client = new TestClient(socket)) {
            return client.calls().version(VersionRequest.getDefaultInstance()).getVersion();
        }
    }

    @Test
    void anInheritedSocketIsServedAndLeft() throws Exception {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel parent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            parent.bind(UnixDomainSocketAddress.of(socket));
            int descriptor = duplicateOfListener();
            InheritedSocket.take(descriptor);
            NodeServer server = NodeServer.open(
                    socket, new Entrance.Inherited(descriptor), new Service(), Node.NOTHING_ELSE,
                Tracer.OFF);
            try (server) {
                assertEquals("7", version(socket));
                assertEquals("7", version(socket));
            }
            assertTrue(Files.exists(socket));
        }
    }

    /** The JDK does not tell a channel's descriptor; of all that are open one listens on our file. */
    private int duplicateOfListener() throws IOException {
        String inode = "";
        for (String line : Files.readAllLines(Path.of("/proc/net/unix"))) {
            if (line.endsWith(folder.resolve("s").toString())) {
                inode = line.strip().split("\\s+")[6];
            }
        }
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path entry : open.toList()) {
                if (Files.isSymbolicLink(entry) && Files.readSymbolicLink(entry).toString()
                        .equals("socket:[" + inode + "]")) {
                    return linux.syscall.Descriptors.duplicateFrom(
                            Integer.parseInt(entry.getFileName().toString()), 3);
                }
            }
        }
        throw new AssertionError("no descriptor of socket " + inode);
    }

    @Test
    void whatDoesNotListenIsNoInheritedSocket() throws Exception {
        IOException refused = assertThrows(IOException.class, () -> InheritedSocket.take(0));
        assertTrue(refused.getMessage().contains("inherited descriptor 0"), refused.getMessage());
    }

    @Test
    void anUnknownGroupLeavesNothing() throws Exception {
        Path socket = folder.resolve("s");
        IOException refused = assertThrows(IOException.class, () -> NodeServer.open(socket,
                new Entrance.Own(Optional.of("no-such-group")), new Service(), Node.NOTHING_ELSE,
                Tracer.OFF));
        assertTrue(refused.getMessage().contains("groupadd --system no-such-group"),
                refused.getMessage());
        assertFalse(Files.exists(socket));
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    @NeedsKernel
    void theGroupMayUseTheSocketAndNobodyElse() throws Exception {
        Requires.root();
        Path socket = folder.resolve("s");
        NodeServer server = NodeServer.open(
                socket, new Entrance.Own(Optional.of("daemon")), new Service(), Node.NOTHING_ELSE,
                Tracer.OFF);
        try (server) {
            PosixFileAttributes attributes = Files.readAttributes(socket,
                    PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            assertEquals("daemon", attributes.group().getName());
            assertEquals("root", attributes.owner().getName());
            assertEquals("rw-rw----", PosixFilePermissions.toString(attributes.permissions()));
            assertEquals("7", version(socket));
        }
        assertFalse(Files.exists(socket));
    }
}
