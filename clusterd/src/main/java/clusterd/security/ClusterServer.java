package clusterd.security;

import clusterd.credential.Permissions;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** Servers of a cluster's port: mutual TLS, and a peer that was checked in every call that is not open. */
public final class ClusterServer {
    private static final int KEEPALIVE_SECONDS = 20;
    private static final int HANDSHAKE_SECONDS = 20;
    /** Sooner than {@link ClusterChannel} asks, or its asking would count as an attack. */
    private static final int SHORTEST_KEEPALIVE_SECONDS = 5;

    private ClusterServer() {}

    /**
     * What a server is built from; services and executor are the caller's to add.
     *
     * @param permissions of all its services: what has no row is refused
     */
    public static NettyServerBuilder builder(SocketAddress address, TlsContexts tls, Permissions permissions) {
        return NettyServerBuilder.forAddress(address).sslContext(tls.server())
                .intercept(tls.interceptor(permissions))
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(SHORTEST_KEEPALIVE_SECONDS, TimeUnit.SECONDS);
    }
}
