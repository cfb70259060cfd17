package runtime.node;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import java.net.SocketAddress;

/**
 * A server's channel on a socket that listens already. A server binds its channel whatever it is, which
 * such a socket refuses (EINVAL): that order ends here. Closing it leaves the socket's file.
 */
final class InheritedChannel extends ChannelOutboundHandlerAdapter {

    private InheritedChannel() {}

    /** @param descriptor of a listening Unix stream socket; the channel closes it */
    static ServerChannel of(int descriptor) {
        ServerChannel channel = new EpollServerDomainSocketChannel(descriptor, true);
        channel.pipeline().addLast(new InheritedChannel());
        return channel;
    }

    @Override
    public void bind(ChannelHandlerContext context, SocketAddress address, ChannelPromise bound) {
        bound.setSuccess();
    }
}
