package cli.transport;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** A grpc-netty server on a Unix socket, as the daemon has it, for a service written by a test. */
public final class NettyNode implements AutoCloseable {
    private final Server server;
    private final EpollEventLoopGroup loops = new EpollEventLoopGroup(1);
    private final Path socket;

    public NettyNode(Path socket, BindableService service) throws IOException {
        this.socket = socket;
        this.server = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
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
        loops.shutdownGracefully().syncUninterruptibly();
    }
}
