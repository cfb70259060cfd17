package clusterd.security;

import clusterd.credential.Role;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Calls to another member. Once this side's certificate is renewed, new calls go over a new connection that
 * shows it; calls that are under way end on the old one.
 */
public final class ClusterChannel implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClusterChannel.class.getName());
    private static final int KEEPALIVE_SECONDS = 20;
    private static final int CLOSE_SECONDS = 5;

    private final ManagedChannel channel;
    private final Runnable unwatch;

    private ClusterChannel(ManagedChannel channel, Runnable unwatch) {
        this.channel = channel;
        this.unwatch = unwatch;
    }

    /**
     * Opens it; connects with the first call.
     *
     * @param host  name or address
     * @param roles what the other side may be
     */
    public static ClusterChannel open(String host, int port, TlsContexts tls, Set<Role> roles) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(host, port).sslContext(tls.client(roles))
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS).build();
        return new ClusterChannel(channel, tls.identity().onChange(channel::enterIdle));
    }

    /** For stubs. */
    public ManagedChannel channel() {
        return channel;
    }

    /** Ends calls that are under way, too. */
    @Override
    public void close() {
        unwatch.run();
        channel.shutdownNow();
        try {
            if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.fine("a connection to a member did not end in time, and is left to end by itself");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
