package overlaynet.attach;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import overlaynet.link.PortMapping;

/**
 * A port of the host, kept from programs of the host, which a published port would hide from their
 * clients, and from other agents: a socket that is bound and never used. No packet passes through
 * it, and it goes with this process.
 */
final class BoundPort implements HostPort {
    private static final Path SCTP_TRACKING =
            Path.of("/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established");
    private final Closeable socket;

    private BoundPort(Closeable socket) {
        this.socket = socket;
    }

    /**
     * Takes the port.
     *
     * @param ipv6 whether the port is published on IPv6 addresses, too
     * @throws AttachException if a program uses it, the host lacks the address, or the kernel the
     *                         protocol
     */
    static BoundPort take(PortMapping port, boolean ipv6) throws IOException {
        boolean six = port.hostAddress().isPresent() ? port.covers(true) : ipv6;
        ProtocolFamily family = six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        InetAddress any = InetAddress.ofLiteral(six ? "::" : "0.0.0.0");
        InetSocketAddress address =
                new InetSocketAddress(port.hostAddress().orElse(any), port.hostPort());
        try {
            return new BoundPort(switch (port.protocol()) {
                case TCP -> bindStream(family, address);
                case UDP -> bound(DatagramChannel.open(family), address);
                case SCTP -> trackedSctp(port);
            });
        } catch (BindException taken) {
            throw new AttachException(AttachException.Kind.PORT_IN_USE, "port " + port
                    + " cannot be published: " + address.getAddress().getHostAddress() + " port "
                    + port.hostPort() + "/" + port.protocol().lowerCase() + " of this host: "
                    + taken.getMessage() + "; `ss -lnp` lists the programs that listen");
        }
    }

    /**
     * Without SO_REUSEADDR nobody can bind the same port beside it. Connections of a program that
     * has ended may stand in the way for a minute, though: if it could listen, that is all it is.
     */
    private static Closeable bindStream(ProtocolFamily family, InetSocketAddress address)
            throws IOException {
        try {
            return bound(SocketChannel.open(family), address);
        } catch (BindException taken) {
            try (ServerSocketChannel probe = ServerSocketChannel.open(family)) {
                probe.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
            }
            return bound(SocketChannel.open(family)
                    .setOption(StandardSocketOptions.SO_REUSEADDR, true), address);
        }
    }

    private static Closeable bound(SocketChannel channel, InetSocketAddress address)
            throws IOException {
        try {
            return channel.bind(address);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    private static Closeable bound(DatagramChannel channel, InetSocketAddress address)
            throws IOException {
        try {
            return channel.bind(address);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /**
     * The JDK opens no SCTP sockets of its own accord, so such a port is not kept. The bridge's rules, which
     * are there by now, made the kernel track connections.
     */
    private static Closeable trackedSctp(PortMapping port) throws AttachException {
        if (!Files.exists(SCTP_TRACKING)) {
            throw new AttachException(AttachException.Kind.HOST_LACKS_FEATURE, "port " + port
                    + " cannot be published: this kernel does not track SCTP connections"
                    + " (CONFIG_NF_CT_PROTO_SCTP)");
        }
        return () -> { };
    }

    /** The rules that lead the port's packets to the container need no socket. */
    @Override
    public void leave() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
