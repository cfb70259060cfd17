package sriov.plugin;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** gRPC over sockets of files, which root alone may open. */
final class LocalSocket implements AutoCloseable {
    private static final int MOST_BYTES = 16 << 20;
    /** Of each connection it says that a socket of a file has no such option as one of TCP. Kept here, since it is forgotten otherwise. */
    private static final Logger OPTIONS = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    static {
        OPTIONS.setLevel(Level.SEVERE);
    }

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /** Serves there; what is there is replaced, as plug-ins of devices do it. */
    Server serve(Path socket, List<BindableService> services) throws IOException {
        Files.deleteIfExists(socket);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile())).bossEventLoopGroup(loop).workerEventLoopGroup(loop)
                .channelType(EpollServerDomainSocketChannel.class).executor(Executors.newVirtualThreadPerTaskExecutor())
                .maxInboundMessageSize(MOST_BYTES);
        services.forEach(builder::addService);
        Server server = builder.build().start();
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        return server;
    }

    /** Who serves there; nothing is sent yet. */
    ManagedChannel dial(Path socket) {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile())).eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class).maxInboundMessageSize(MOST_BYTES).usePlaintext().build();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
