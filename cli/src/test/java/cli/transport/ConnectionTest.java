package cli.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.Chunk;
import api.node.ImageReply;
import api.node.ImageSummary;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.LoadImageRequest;
import api.node.NodeGrpc;
import api.node.SaveImageRequest;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.VersionRequest;
import api.node.VersionResponse;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The light client against grpc-netty, which the daemon serves with. */
@Timeout(60)
class ConnectionTest {
    private static final String NODE = "/jctl.node.v1.Node/";

    @TempDir
    Path folder;
    private final Service service = new Service();
    private NettyNode node;
    private Connection connection;

    @BeforeEach
    void connect() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), service);
        connection = Connection.open(node.socket());
    }

    @AfterEach
    void disconnect() {
        connection.close();
        node.close();
    }

    private static final class Service extends NodeGrpc.NodeImplBase {
        final CountDownLatch cancelled = new CountDownLatch(1);
        final CompletableFuture<String> opened = new CompletableFuture<>();
        final AtomicReference<StreamObserver<SessionReply>> session = new AtomicReference<>();

        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> reply) {
            reply.onNext(VersionResponse.newBuilder().setVersion("1.2.3").build());
            reply.onCompleted();
        }

        @Override
        public void inspectContainer(
                InspectContainerRequest request, StreamObserver<InspectContainerResponse> reply) {
            String name = request.getContainer();
            if (name.startsWith("missing")) {
                Metadata trailers = new Metadata();
                put(trailers, "jctl-reason", "CONTAINER_NOT_FOUND");
                put(trailers, "jctl-exit-code", "127");
                reply.onError(Status.NOT_FOUND.withDescription("no container “" + name + "”\n50%")
                        .asRuntimeException(trailers));
            } else if (name.equals("broken")) {
                throw new IllegalStateException("a bug of the daemon");
            } else {
                reply.onNext(InspectContainerResponse.newBuilder().setJson(name.repeat(2)).build());
                reply.onCompleted();
            }
        }

        @Override
        public void saveImage(SaveImageRequest request, StreamObserver<Chunk> reply) {
            ServerCallStreamObserver<Chunk> call = (ServerCallStreamObserver<Chunk>) reply;
            call.setOnCancelHandler(cancelled::countDown);
            int chunks = Integer.parseInt(request.getImages(0));
            ByteString data = ByteString.copyFrom(new byte[1 << 20]);
            for (int i = 0; i < chunks; i++) {
                reply.onNext(Chunk.newBuilder().setData(data).build());
            }
            if (chunks > 0) {
                reply.onCompleted();
            }
            opened.complete(request.getImages(0));
        }

        @Override
        public StreamObserver<LoadImageRequest> loadImage(StreamObserver<ImageReply> reply) {
            return new StreamObserver<>() {
                private long bytes;

                @Override
                public void onNext(LoadImageRequest request) {
                    bytes += request.getData().size();
                    if (request.hasOptions()) {
                        reply.onError(Status.DATA_LOSS.withDescription("no").asRuntimeException());
                    }
                }

                @Override
                public void onError(Throwable t) {
                    cancelled.countDown();
                }

                @Override
                public void onCompleted() {
                    reply.onNext(ImageReply.newBuilder()
                            .setImage(ImageSummary.newBuilder().setSizeBytes(bytes)).build());
                    reply.onCompleted();
                }
            };
        }

        @Override
        public StreamObserver<SessionRequest> exec(StreamObserver<SessionReply> reply) {
            session.set(reply);
            return new StreamObserver<>() {
                @Override
                public void onNext(SessionRequest request) {
                    reply.onNext(SessionReply.newBuilder().setStdout(request.getStdin()).build());
                }

                @Override
                public void onError(Throwable t) {
                    cancelled.countDown();
                }

                @Override
                public void onCompleted() {
                    reply.onCompleted();
                }
            };
        }

        private static void put(Metadata trailers, String name, String value) {
            trailers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }

    private byte[] unary(String method, byte[] request) throws Exception {
        try (Call call = connection.call(NODE + method)) {
            call.sendLast(request);
            byte[] reply = call.receive();
            assertNotNull(reply);
            assertNull(call.receive());
            return reply;
        }
    }

    private static byte[] inspect(String name) {
        return InspectContainerRequest.newBuilder().setContainer(name).build().toByteArray();
    }

    @Test
    void manyUnaryCallsOnOneConnection() throws Exception {
        for (int i = 0; i < 500; i++) {
            assertEquals("1.2.3",
                    VersionResponse.parseFrom(unary("Version", new byte[0])).getVersion());
        }
    }

    @Test
    void moreCallsThanTheDaemonTakesAtOnceWaitTheirTurn() throws Exception {
        var full = new CountDownLatch(NettyNode.CALLS_PER_CONNECTION);
        List<Future<Object>> sessions = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3 * NettyNode.CALLS_PER_CONNECTION; i++) {
                sessions.add(threads.submit(() -> {
                    try (Call call = connection.call(NODE + "Exec")) {
                        call.send(SessionRequest.newBuilder()
                                .setStdin(ByteString.copyFromUtf8("x")).build().toByteArray());
                        byte[] reply = call.receive();
                        full.countDown();
                        full.await();
                        call.closeInput();
                        assertNull(call.receive());
                        return SessionReply.parseFrom(reply).getStdout().toStringUtf8();
                    }
                }));
            }
        }
        for (Future<Object> session : sessions) {
            assertEquals("x", session.get());
        }
    }

    @Test
    void largeMessagesBothWays() throws Exception {
        String name = "0123456789".repeat(400_000);
        InspectContainerResponse reply =
                InspectContainerResponse.parseFrom(unary("InspectContainer", inspect(name)));
        assertEquals(name + name, reply.getJson());
    }

    @Test
    void aRequestTheDaemonWouldNotTakeIsNotSent() throws Exception {
        String name = "0123456789".repeat(1_000_000);
        IOException error = assertThrows(
                IOException.class, () -> unary("InspectContainer", inspect(name)));
        assertTrue(error.getMessage().contains("it takes 4194304"), error.getMessage());
    }

    @Test
    void errorsCarryTheSentenceTheReasonAndTheExitCode() {
        CallException error = assertThrows(
                CallException.class, () -> unary("InspectContainer", inspect("missing one")));
        assertEquals(CallException.NOT_FOUND, error.code());
        assertEquals("no container “missing one”\n50%", error.getMessage());
        assertEquals("CONTAINER_NOT_FOUND", error.reason());
        assertEquals(127, error.exitCode());
    }

    @Test
    void aLongErrorMessageArrivesHuffmanCoded() {
        String name = "missing " + "abc~{|} ".repeat(200);
        CallException error = assertThrows(
                CallException.class, () -> unary("InspectContainer", inspect(name)));
        assertTrue(error.getMessage().contains(name));
    }

    @Test
    void aBugOfTheDaemonIsAnErrorAndTheConnectionGoesOn() throws Exception {
        CallException error = assertThrows(
                CallException.class, () -> unary("InspectContainer", inspect("broken")));
        assertEquals(CallException.UNKNOWN, error.code());
        unary("Version", new byte[0]);
    }

    @Test
    void anUnknownMethodIsUnimplemented() {
        CallException error = assertThrows(
                CallException.class, () -> unary("Conquer", new byte[0]));
        assertEquals(CallException.UNIMPLEMENTED, error.code());
    }

    @Test
    void aStreamOfManyWindowsArrivesWhole() throws Exception {
        try (Call call = connection.call(NODE + "SaveImage")) {
            call.sendLast(SaveImageRequest.newBuilder().addImages("100").build().toByteArray());
            int chunks = 0;
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                assertEquals(1 << 20, Chunk.parseFrom(message).getData().size());
                chunks++;
            }
            assertEquals(100, chunks);
        }
    }

    @Test
    void anotherCallPassesAStreamNobodyReads() throws Exception {
        try (Call call = connection.call(NODE + "SaveImage")) {
            call.sendLast(SaveImageRequest.newBuilder().addImages("100").build().toByteArray());
            assertNotNull(call.receive());
            unary("Version", new byte[0]);
        }
        service.cancelled.await();
        unary("Version", new byte[0]);
    }

    @Test
    void uploadsObeyTheDaemonsWindow() throws Exception {
        byte[] message = LoadImageRequest.newBuilder()
                .setData(ByteString.copyFrom(new byte[1 << 20])).build().toByteArray();
        try (Call call = connection.call(NODE + "LoadImage")) {
            for (int i = 0; i < 50; i++) {
                assertTrue(call.send(message));
            }
            call.closeInput();
            assertEquals(50L << 20, ImageReply.parseFrom(call.receive()).getImage().getSizeBytes());
            assertNull(call.receive());
        }
    }

    @Test
    void anUploadTheDaemonRefusesStops() throws Exception {
        byte[] options = LoadImageRequest.newBuilder()
                .setOptions(api.node.LoadOptions.getDefaultInstance()).build().toByteArray();
        byte[] data = LoadImageRequest.newBuilder()
                .setData(ByteString.copyFrom(new byte[1 << 20])).build().toByteArray();
        try (Call call = connection.call(NODE + "LoadImage")) {
            boolean sent = call.send(options);
            while (sent) {
                sent = call.send(data);
            }
            assertFalse(call.send(data));
            assertEquals("no", assertThrows(CallException.class, call::receive).getMessage());
        }
    }

    @Test
    void bothDirectionsAtOnce() throws Exception {
        byte[] line = SessionRequest.newBuilder()
                .setStdin(ByteString.copyFrom(new byte[60_000])).build().toByteArray();
        try (Call call = connection.call(NODE + "Exec")) {
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 200; i++) {
                        call.send(line);
                    }
                    call.closeInput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            int echoes = 0;
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                assertEquals(60_000, SessionReply.parseFrom(message).getStdout().size());
                echoes++;
            }
            sender.join();
            assertEquals(200, echoes);
        }
    }

    @Test
    void givingUpACallCancelsIt() throws Exception {
        Call call = connection.call(NODE + "SaveImage");
        call.sendLast(SaveImageRequest.newBuilder().addImages("0").build().toByteArray());
        service.opened.get();
        call.close();
        assertTrue(service.cancelled.await(1, TimeUnit.MINUTES));
    }

    @Test
    void aDaemonKilledInMidStreamIsALostConnection() throws Exception {
        try (Call call = connection.call(NODE + "Exec")) {
            call.send(SessionRequest.newBuilder()
                    .setStdin(ByteString.copyFromUtf8("x")).build().toByteArray());
            assertNotNull(call.receive());
            node.close();
            assertThrows(Exception.class, call::receive);
        }
        assertThrows(IOException.class, () -> {
            Call call = connection.call(NODE + "Version");
            call.sendLast(new byte[0]);
            call.receive();
        });
    }

    @Test
    void aDaemonThatShutsDownLetsCallsEnd() throws Exception {
        try (Call call = connection.call(NODE + "Exec")) {
            call.send(SessionRequest.newBuilder()
                    .setStdin(ByteString.copyFromUtf8("x")).build().toByteArray());
            assertNotNull(call.receive());
            node.shutDown();
            call.send(SessionRequest.newBuilder()
                    .setStdin(ByteString.copyFromUtf8("y")).build().toByteArray());
            byte[] reply = call.receive();
            assertArrayEquals(new byte[] {'y'},
                    SessionReply.parseFrom(reply).getStdout().toByteArray());
            call.closeInput();
            assertNull(call.receive());
        }
    }

    @Test
    void nobodyListens() {
        assertThrows(IOException.class, () -> Connection.open(folder.resolve("none.sock")));
    }
}
