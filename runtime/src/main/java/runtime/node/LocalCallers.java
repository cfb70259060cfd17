package runtime.node;

import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.PeerCredentials;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * Gives the calls of a Unix socket their {@link LocalCaller}. gRPC has no such attribute of its own; where it
 * negotiates TLS on other sockets, here the kernel is asked.
 */
final class LocalCallers implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final AsciiString SCHEME = AsciiString.of("http");

    private LocalCallers() {}

    /** For a server of that socket: without TLS. */
    static ServerCredentials credentials() {
        return InternalNettyServerCredentials.create(new InternalProtocolNegotiator.ServerFactory() {
            @Override
            public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
                    ObjectPool<? extends Executor> executors) {
                return new LocalCallers();
            }
        });
    }

    @Override
    public AsciiString scheme() {
        return SCHEME;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return InternalProtocolNegotiators.waitUntilActiveHandler(
                new Asking(InternalProtocolNegotiators.grpcNegotiationHandler(grpc)), grpc.getNegotiationLogger());
    }

    @Override
    public void close() {
        // It holds nothing.
    }

    /** Adds what the kernel says to what is known of a connection, and makes way. */
    private static final class Asking extends ChannelInboundHandlerAdapter {
        private final ChannelHandler next;

        Asking(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (!(event instanceof ProtocolNegotiationEvent known)) {
                super.userEventTriggered(context, event);
                return;
            }
            Attributes.Builder attributes = InternalProtocolNegotiationEvent.getAttributes(known).toBuilder();
            if (context.channel() instanceof EpollDomainSocketChannel socket) {
                try {
                    PeerCredentials peer = socket.peerCredentials();
                    attributes.set(LocalCaller.KEY, new LocalCaller(peer.pid(), peer.uid()));
                } catch (IOException gone) {
                    context.close();
                    return;
                }
            }
            context.pipeline().replace(this, null, next);
            context.fireUserEventTriggered(
                    InternalProtocolNegotiationEvent.withAttributes(known, attributes.build()));
        }
    }
}
