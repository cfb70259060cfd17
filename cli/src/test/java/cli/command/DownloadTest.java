package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import api.node.Chunk;
import api.node.ExportContainerRequest;
import api.node.ExportVolumeRequest;
import api.node.NodeGrpc;
import api.node.SaveImageRequest;
import cli.transport.NettyNode;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that write an archive, against a daemon of the tests' own. */
@Timeout(60)
class DownloadTest {
    @TempDir
    Path folder;
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), new Service());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static final class Service extends NodeGrpc.NodeImplBase {

        private static void answer(String text, StreamObserver<Chunk> reply) {
            reply.onNext(Chunk.newBuilder().setData(ByteString.copyFromUtf8(text)).build());
            if (text.contains("broken")) {
                reply.onError(Status.INTERNAL.withDescription("lost").asRuntimeException());
            } else {
                reply.onCompleted();
            }
        }

        @Override
        public void exportContainer(ExportContainerRequest request, StreamObserver<Chunk> reply) {
            answer("container " + request.getContainer(), reply);
        }

        @Override
        public void exportVolume(ExportVolumeRequest request, StreamObserver<Chunk> reply) {
            answer("volume " + request.getVolume(), reply);
        }

        @Override
        public void saveImage(SaveImageRequest request, StreamObserver<Chunk> reply) {
            answer("images " + request.getImagesList() + " " + request.getFormat(), reply);
        }
    }

    private TestConsole console() {
        return new TestConsole().with("JCTL_HOST", "unix://" + node.socket())
                .with("HOME", folder.toString());
    }

    private String shown(String... words) {
        TestConsole console = console();
        assertEquals(0, console.run(words), console::err);
        return console.out();
    }

    @Test
    void archivesGoToStandardOutput() {
        assertEquals("container web", shown("export", "web"));
        assertEquals("volume data", shown("volume", "export", "data"));
        assertEquals("images [a, b] OCI_ARCHIVE", shown("save", "--format", "oci", "a", "b"));
    }

    @Test
    void orToAFileOnceTheyAreWhole() throws Exception {
        Path file = folder.resolve("out.tar");
        assertEquals("", shown("volume", "export", "-o", file.toString(), "data"));
        assertEquals("volume data", Files.readString(file));
        assertEquals(1, console().run("export", "-o", file.toString(), "broken"));
        assertEquals("volume data", Files.readString(file));
        assertFalse(Files.exists(folder.resolve("out.tar.part")));
    }
}
