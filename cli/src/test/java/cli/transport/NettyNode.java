package cli.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A grpc-netty server on a Unix socket, as the daemon has it, for a service written by a test. */
public final class NettyNode implements AutoCloseable {
    public static final int CALLS_PER_CONNECTION = 100;

    /** Kept, so that its level stays: errors here are what the tests provoke. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    static {
        GRPC.setLevel(Level.OFF);
    }

    private final Server server;
    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Path socket;

    public NettyNode(Path socket, BindableService service) throws IOException {
        this.socket = socket;
        this.server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .maxInboundMessageSize(64 << 20)
                .addService(service)
                .build()
                .start();
    }

    public Path socket() {
        return socket;
    }

    /** Tells clients with GOAWAY and waits for their calls. */
    public void shutDown() {
        server.shutdown();
    }

    /** Cuts every connection. */
    @Override
    public void close() {
        server.shutdownNow();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
