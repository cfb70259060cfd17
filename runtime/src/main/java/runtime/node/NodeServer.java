package runtime.node;

import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import runtime.trace.Tracer;

/** A gRPC server on a Unix socket that only the owner and a group may open (0660). */
public final class NodeServer implements AutoCloseable {
    /** Per connection, and taken only by what nobody has read yet: what a deaf call can pile up here. */
    private static final int WINDOW_BYTES = 64 << 10;
    private static final long UNFINISHED_BYTES = 16 << 20;
    private static final int CALLS_PER_CONNECTION = 100;
    private static final int READS_AT_A_TIME = 1;
    /** A connection without a call; commands have one at once. */
    private static final int IDLE_SECONDS = 60;
    private static final int CLOSE_SECONDS = 5;

    /**
     * gRPC warns, with a trace, of each client that breaks off or talks rubbish, in that client's own words:
     * anyone could fill the journal. Kept here, since it is forgotten otherwise.
     */
    private static final Logger GRPC = Logger.getLogger("io.grpc");
    /** Tells of messages that are none, too; of anything else it goes on to tell. */
    private static final Logger MESSAGES =
            Logger.getLogger("io.grpc.internal.SerializeReentrantCallsDirectExecutor");

    static {
        GRPC.setLevel(Level.SEVERE);
        MESSAGES.setFilter(record -> !(record.getThrown() instanceof StatusRuntimeException));
    }

    /** The file to remove in the end; empty if it is somebody else's. */
    private final Optional<Path> file;
    private final EventLoopGroup loop;
    private final Server server;

    private NodeServer(Optional<Path> file, EventLoopGroup loop, Server server) {
        this.file = file;
        this.loop = loop;
        this.server = server;
    }

    /**
     * Serves calls from now on. A socket file of ours that somebody left is replaced if nobody listens
     * on it.
     *
     * @param socket where the daemon is called
     * @param others answers calls of other services
     * @throws IOException if somebody listens there, the group is unknown, or the folder cannot be
     *     written
     */
    static NodeServer open(Path socket, Entrance entrance, BindableService service,
            HandlerRegistry others, Tracer tracer) throws IOException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        boolean done = false;
        try {
            NodeServer opened = switch (entrance) {
                case Entrance.Own own ->
                    openOwn(socket, own.group(), path -> builder(path, service, others, tracer, loop), loop);
                case Entrance.Inherited inherited -> new NodeServer(Optional.empty(), loop,
                        builder(socket, service, others, tracer, loop).channelFactory(
                                () -> InheritedChannel.of(inherited.descriptor()))
                                .build().start());
            };
            done = true;
            return opened;
        } finally {
            if (!done) {
                loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
        }
    }

    private static NodeServer openOwn(Path socket, Optional<String> group,
            Function<Path, NettyServerBuilder> builders, EventLoopGroup loop) throws IOException {
        refuseIfAlive(socket);
        Optional<GroupPrincipal> owner = Optional.empty();
        if (group.isPresent()) {
            owner = Optional.of(group(group.get()));
        }
        // Bound where nobody else can look, so that it is never open wider than meant.
        Path folder = Files.createTempDirectory(socket.getParent(), ".socket",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path bound = folder.resolve("s");
        Server server = null;
        try {
            server = builders.apply(bound)
                    .channelType(EpollServerDomainSocketChannel.class).build().start();
            if (owner.isPresent()) {
                Files.getFileAttributeView(bound, PosixFileAttributeView.class)
                        .setGroup(owner.get());
            }
            Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-rw----"));
            Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE);
            NodeServer opened = new NodeServer(Optional.of(socket), loop, server);
            server = null;
            return opened;
        } finally {
            if (server != null) {
                server.shutdownNow();
            }
            Files.deleteIfExists(bound);
            Files.deleteIfExists(folder);
        }
    }

    private static NettyServerBuilder builder(Path address, BindableService service,
            HandlerRegistry others, Tracer tracer, EventLoopGroup loop) {
        RequestMemory memory = new RequestMemory(UNFINISHED_BYTES);
        NettyServerBuilder builder = NettyServerBuilder
                .forAddress(new DomainSocketAddress(address.toFile()), LocalCallers.credentials())
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .directExecutor()
                .initialFlowControlWindow(WINDOW_BYTES)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS)
                .addStreamTracerFactory(memory)
                .intercept(memory)
                // gRPC asks for it; a Unix socket has none and would warn at each connection.
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                // One thread reads all: whoever sends as fast as it can waits for the others after each buffer.
                .withChildOption(ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_AT_A_TIME))
                .addService(service)
                .fallbackHandlerRegistry(others);
        if (tracer != Tracer.OFF) {
            builder.addStreamTracerFactory(CallSpans.of(tracer, service));
        }
        return builder;
    }

    private static GroupPrincipal group(String name) throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException unknown) {
            throw new IOException("the socket's group '" + name + "' does not exist: make it with"
                    + " `groupadd --system " + name + "`, or choose another --group", unknown);
        }
    }

    private static void refuseIfAlive(Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return;
        }
        throw new IOException("another process listens on " + socket
                + "; stop it or choose another --run-dir");
    }

    /** Waits until it is closed. */
    public void awaitEnd() throws InterruptedException {
        server.awaitTermination();
    }

    /** Takes no more calls, gives those under way a moment, then ends them. */
    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            Files.deleteIfExists(file.get());
        }
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
