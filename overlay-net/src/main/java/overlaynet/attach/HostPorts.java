package overlaynet.attach;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import overlaynet.link.PortMapping;

/** Whether programs of the host use a port, which a published one would hide from their clients. */
final class HostPorts {
    private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

    private HostPorts() {}

    /**
     * Tries the port by binding it for a moment.
     *
     * @throws AttachException if a program uses it, or the host lacks the address
     */
    static void checkUnused(PortMapping port) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(port.hostAddress().orElse(ANY), port.hostPort());
        try {
            switch (port.protocol()) {
                case TCP -> bindStream(address);
                case UDP -> bindDatagrams(address);
                case SCTP -> { } // the JDK has no SCTP socket where the kernel has none
            }
        } catch (BindException taken) {
            throw new AttachException("port " + port + " cannot be published: "
                    + address.getAddress().getHostAddress() + ":" + port.hostPort() + "/"
                    + port.protocol().lowerCase() + " of this host: " + taken.getMessage());
        }
    }

    /** With SO_REUSEADDR connections that linger in TIME_WAIT do not count, listeners do. */
    private static void bindStream(InetSocketAddress address) throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
        }
    }

    private static void bindDatagrams(InetSocketAddress address) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(address);
        }
    }
}
