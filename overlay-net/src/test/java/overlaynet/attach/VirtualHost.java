package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import linux.socket.NetlinkSocket;
import overlaynet.link.BridgeSettings;
import overlaynet.link.HostNetwork;
import overlaynet.link.SharedNftables;
import testkit.NetworkNamespace;

/** A network namespace that plays the host, with others that play containers and the uplink. */
final class VirtualHost implements AutoCloseable {
    static final BridgeAttacher.Settings SETTINGS = BridgeAttacher.Settings.first(
            BridgeSettings.forRunFolder(Path.of("/run/jctl")));

    final NetworkNamespace namespace;
    final BridgeAttacher attacher;
    final PortReservations ports = new PortReservations(HostPorts.own());
    final SharedNftables nftables;
    private final List<NetworkNamespace> others = new ArrayList<>();

    VirtualHost(Path folder) throws Exception {
        namespace = NetworkNamespace.create();
        nftables = namespace.call(SharedNftables::open);
        attacher = namespace.call(() -> {
            send(List.of(LinkMessages.loopbackUp()));
            return BridgeAttacher.open(SETTINGS, folder, ports, nftables);
        });
    }

    NetworkNamespace newNamespace() throws Exception {
        NetworkNamespace made = NetworkNamespace.create();
        others.add(made);
        return made;
    }

    Attachment attach(String id, NetworkNamespace container) throws Exception {
        return attach(id, container, Optional.empty());
    }

    /** Attaches and sends the messages as the container's keeper does. */
    Attachment attach(String id, NetworkNamespace container, Optional<InetAddress> wanted)
            throws Exception {
        return attach(new AttachRequest(id, wanted, container.descriptor()), container);
    }

    Attachment attach(AttachRequest request, NetworkNamespace container) throws Exception {
        Attachment attachment = namespace.call(() -> {
            Attachment reserved = attacher.attach(request);
            send(reserved.hostSide());
            return reserved;
        });
        container.call(() -> {
            send(List.of(LinkMessages.loopbackUp()));
            send(attachment.containerSide());
            return null;
        });
        return attachment;
    }

    /** Gives the host an uplink: 198.51.100.1 here, the default gateway 198.51.100.254 there. */
    NetworkNamespace uplink() throws Exception {
        NetworkNamespace uplink = newNamespace();
        namespace.call(() -> {
            send(List.of(
                    LinkMessages.createVethPair(new VethPair("uplink", 9, OptionalInt.empty(),
                            "far",
                            9, HardwareAddress.parse("02:00:00:00:00:fe"), uplink.descriptor(),
                                    1450)),
                    AddressMessages.add(InetAddress.ofLiteral("198.51.100.1"), 24, 9)));
            return null;
        });
        uplink.call(() -> {
            send(List.of(LinkMessages.up(9),
                    AddressMessages.add(InetAddress.ofLiteral("198.51.100.254"), 24, 9)));
            return null;
        });
        namespace.call(() -> {
            send(List.of(RouteMessages.addDefault(InetAddress.ofLiteral("198.51.100.254"), 9)));
            return null;
        });
        return uplink;
    }

    static void send(List<NetlinkRequest> requests) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            for (NetlinkRequest request : requests) {
                socket.request(request);
            }
        }
    }

    List<String> linkNames() throws Exception {
        return network().links().stream().map(LinkInfo::name).toList();
    }

    HostNetwork network() throws Exception {
        return namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return HostNetwork.read(socket);
            }
        });
    }

    /**
     * Sends a byte over TCP from one namespace to an address of the other and back.
     *
     * @return whom the server saw
     */
    static InetAddress exchange(NetworkNamespace client, NetworkNamespace server,
            InetAddress serverAddress) throws Exception {
        ServerSocketChannel listener = server.call(() -> ServerSocketChannel.open()
                .bind(new InetSocketAddress(serverAddress, 0)));
        try (listener) {
            InetSocketAddress target = (InetSocketAddress) listener.getLocalAddress();
            CompletableFuture<InetAddress> seen = server.start(() -> {
                try (SocketChannel accepted = listener.accept()) {
                    ByteBuffer buffer = ByteBuffer.allocate(1);
                    accepted.read(buffer);
                    accepted.write(buffer.flip());
                    return ((InetSocketAddress) accepted.getRemoteAddress()).getAddress();
                }
            });
            client.call(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(target, 10_000);
                    socket.getOutputStream().write(42);
                    assertEquals(42, socket.getInputStream().read());
                }
                return null;
            });
            return seen.get();
        }
    }

    @Override
    public void close() throws IOException {
        attacher.close();
        ports.close();
        nftables.close();
        others.forEach(NetworkNamespace::close);
        namespace.close();
    }
}
