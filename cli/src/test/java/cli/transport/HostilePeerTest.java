package cli.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What answers on the socket is broken, hostile, or no gRPC server at all: one error, no hang. */
@Timeout(60)
class HostilePeerTest {
    /** ":status: 200", and "grpc-status: 0" as a literal. */
    private static final byte[] OK = {(byte) 0x88};

    @TempDir
    Path folder;

    /** Answers every connection with these octets, then closes. */
    private Exception answerOf(byte[] answer) throws Exception {
        Path socket = folder.resolve("peer.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread peer = Thread.startVirtualThread(() -> answer(server, answer));
            try (Connection connection = Connection.open(socket)) {
                Call call = connection.call("/a/b");
                call.sendLast(new byte[0]);
                return assertThrows(Exception.class, () -> {
                    while (call.receive() != null) {
                        continue;
                    }
                    throw new IllegalStateException("ended well");
                });
            } catch (IOException e) {
                return e;
            } finally {
                peer.join();
            }
        } finally {
            java.nio.file.Files.deleteIfExists(socket);
        }
    }

    private static void answer(ServerSocketChannel server, byte[] answer) {
        try (SocketChannel channel = server.accept()) {
            ByteBuffer request = ByteBuffer.allocate(4096);
            channel.read(request);
            channel.write(ByteBuffer.wrap(answer));
            channel.shutdownOutput();
            while (channel.read(request.clear()) >= 0) {
                continue;
            }
        } catch (IOException e) {
            // The client hung up first, which is its right.
            return;
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload)
                .array();
    }

    private static byte[] frames(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    private void broken(byte[] answer, String words) throws Exception {
        Exception error = answerOf(answer);
        assertTrue(error instanceof IOException || error instanceof CallException, error.toString());
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    @Test
    void brokenHttp2() throws Exception {
        broken(new byte[0], "closed the connection");
        broken("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "HTTP/2");
        broken(frame(FrameType.SETTINGS, 0, 0, new byte[5]), "SETTINGS of 5");
        broken(frame(FrameType.DATA, 0, 1, new byte[16_385]), "a frame of 16385");
        broken(frame(FrameType.PUSH_PROMISE, 4, 1, new byte[4]), "push");
        broken(frame(FrameType.CONTINUATION, 4, 1, new byte[4]), "CONTINUATION");
        broken(frame(FrameType.PING, 0, 0, new byte[7]), "frame type 6");
        broken(frame(FrameType.DATA, FrameType.FLAG_PADDED, 1, new byte[] {9, 1}), "padding");
        broken(frame(FrameType.WINDOW_UPDATE, 0, 0, new byte[4]), "window update of 0");
        broken(frame(FrameType.WINDOW_UPDATE, 0, 0, new byte[] {127, -1, -1, -1}), "window update");
        broken(frame(FrameType.GOAWAY, 0, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, 2}), "error 2");
        broken(frame(FrameType.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}), "broke off");
        broken(frames(frame(FrameType.HEADERS, 0, 1, OK), frame(FrameType.PING, 0, 0, new byte[8])),
                "interrupted");
    }

    @Test
    void anEndlessHeaderBlock() throws Exception {
        byte[][] frames = new byte[20][];
        frames[0] = frame(FrameType.HEADERS, 0, 1, OK);
        for (int i = 1; i < frames.length; i++) {
            frames[i] = frame(FrameType.CONTINUATION, 0, 1, new byte[16_000]);
        }
        broken(frames(frames), "endless");
    }

    @Test
    void brokenGrpc() throws Exception {
        byte[] headers = frame(FrameType.HEADERS, FrameType.FLAG_END_HEADERS, 1, OK);
        broken(frames(headers, frame(FrameType.DATA, 0, 1, new byte[] {1, 0, 0, 0, 0})),
                "compressed");
        broken(frames(headers, frame(FrameType.DATA, 0, 1, new byte[] {0, -1, -1, -1, -1})),
                "message of 4294967295 bytes");
        broken(frames(headers, frame(FrameType.DATA, 1, 1, new byte[0])), "without a status");
        broken(frame(FrameType.HEADERS, 5, 1, OK), "without a word");
        broken(frame(FrameType.HEADERS, 5, 1, new byte[] {(byte) 0x8d}), "no jctl daemon");
    }

    @Test
    void noiseIsAnErrorWhateverItIs() throws Exception {
        Random random = new Random(9113);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 1) {
                noise[0] = 0;
                noise[1] = 0;
            }
            Exception error = answerOf(noise);
            assertTrue(error instanceof IOException || error instanceof CallException,
                    "seed 9113 round " + round + ": " + error);
        }
    }

    @Test
    void percentEncodingAsGrpcDefinesIt() {
        assertEquals("é 100%", Status.percentDecoded("%C3%A9 100%"));
        assertEquals("%zz%4", Status.percentDecoded("%zz%4"));
        assertEquals("", Status.percentDecoded(""));
    }
}
