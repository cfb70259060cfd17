package overlaynet.overlay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.VethPair;
import linux.socket.NetlinkSocket;
import overlaynet.attach.AttachRequest;
import overlaynet.attach.Attachment;
import overlaynet.attach.HostNetworks;
import overlaynet.attach.HostPorts;
import overlaynet.ipam.Subnet;
import overlaynet.link.HostNetwork;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesException;
import overlaynet.link.NftablesMissingException;
import overlaynet.mesh.Peer;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A network namespace that plays a node, with others that play its containers: 192.0.2.N outside. */
final class OverlayHost implements AutoCloseable {
    static final int SERVER_PORT = 8080;
    static final int OUT_INDEX = 90;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final int CONTAINER_INDEX = 1000;

    final int number;
    final NetworkNamespace namespace = NetworkNamespace.create();
    final List<String> journal = new CopyOnWriteArrayList<>();
    HostNetworks networks;
    Overlay overlay;
    private final Path folder;
    private final List<Container> containers = new ArrayList<>();

    /** What may become so. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Skips the test where there can be no such host. */
    static void require() throws NftablesException {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (Nftables nftables = Nftables.open()) {
            nftables.run("list tables");
        } catch (NftablesMissingException missing) {
            Requires.fact(false, "libnftables");
        }
    }

    OverlayHost(int number, Path folder) throws Exception {
        this.number = number;
        this.folder = folder.resolve("host" + number);
        send(namespace, LinkMessages.loopbackUp());
        open();
    }

    /** Its agent starts. */
    void open() throws Exception {
        open(true);
    }

    /** Its agent starts, and lets packets take the fast path, or not. */
    void open(boolean fastPath) throws Exception {
        networks = namespace.call(() -> HostNetworks.open(folder, Path.of("/run/jctl"), HostPorts.own(), new Random(number),
                InstantSource.system()));
        overlay = new Overlay(networks, fastPath, journal::add);
        overlay.asker(asked -> { });
    }

    /** Its agent ends; what stands stays. */
    void stop() {
        if (overlay != null) {
            overlay.close();
            networks.close();
            overlay = null;
        }
    }

    /** A cable between the two. */
    static void connect(OverlayHost one, OverlayHost other) throws Exception {
        send(one.namespace, LinkMessages.createVethPair(new VethPair("out", OUT_INDEX, OptionalInt.empty(), "out", OUT_INDEX,
                HardwareAddress.parse("02:00:00:00:00:02"), other.namespace.descriptor(), 1500)),
                AddressMessages.add(one.outside(), 24, OUT_INDEX));
        send(other.namespace, LinkMessages.up(OUT_INDEX), AddressMessages.add(other.outside(), 24, OUT_INDEX));
    }

    InetAddress outside() {
        return InetAddress.ofLiteral("192.0.2." + number);
    }

    String nodeId() {
        return "node" + number;
    }

    Peer peer(List<Subnet> block) {
        return new Peer(nodeId(), outside(), block);
    }

    /** From a thread of the namespace, to which the overlay's own belongs then. */
    void want(WantedNetwork... all) throws Exception {
        want(Optional.of(outside()), all);
    }

    void want(Optional<InetAddress> underlay, WantedNetwork... all) throws Exception {
        namespace.call(() -> {
            overlay.want(new Overlay.Wanted(nodeId(), underlay, List.of(all)));
            return null;
        });
    }

    /** Returns once the network of that name stands. */
    void await(String network) throws IOException {
        overlay.obtain(network, PATIENCE_MILLIS);
    }

    static void eventually(String what, Condition condition) throws Exception {
        for (long left = PATIENCE_MILLIS * 1_000_000L / PAUSE_NANOS; !condition.holds(); left--) {
            if (left == 0) {
                throw new AssertionError("never came true: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    static void send(NetworkNamespace namespace, NetlinkRequest... requests) throws Exception {
        send(namespace, List.of(requests));
    }

    static void send(NetworkNamespace namespace, List<NetlinkRequest> requests) throws Exception {
        namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                for (NetlinkRequest each : requests) {
                    socket.request(each);
                }
            }
            return null;
        });
    }

    HostNetwork kernel() throws Exception {
        return namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return HostNetwork.read(socket);
            }
        });
    }

    Set<String> links() throws Exception {
        return kernel().links().stream().map(LinkInfo::name).collect(Collectors.toSet());
    }

    String nft(String commands) throws Exception {
        return namespace.call(() -> {
            try (Nftables nftables = Nftables.open()) {
                return nftables.run(commands);
            }
        });
    }

    /** A container that says who it is, and whom it sees, to everybody who connects to its port. */
    static final class Container implements AutoCloseable {
        final String name;
        final NetworkNamespace namespace = NetworkNamespace.create();
        final Attachment attachment;
        private final ServerSocketChannel server;

        private Container(OverlayHost host, String network, String name, Optional<InetAddress> address) throws Exception {
            this.name = name;
            this.attachment = host.namespace.call(() -> host.networks.attach(network, new AttachRequest(name,
                    List.of(name), address, Optional.empty(), List.of(), List.of(), 0, true,
                    namespace.descriptor())));
            send(host.namespace, attachment.hostSide());
            send(namespace, LinkMessages.loopbackUp());
            send(namespace, attachment.containerSide());
            this.server = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(SERVER_PORT)));
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            try {
                while (true) {
                    try (SocketChannel accepted = server.accept()) {
                        InetAddress client = ((InetSocketAddress) accepted.getRemoteAddress()).getAddress();
                        accepted.write(ByteBuffer.wrap((name + " sees " + client.getHostAddress())
                                .getBytes(StandardCharsets.UTF_8)));
                    }
                }
            } catch (IOException closed) {
                // The test ended.
            }
        }

        InetAddress address() {
            return attachment.address();
        }

        InetAddress address6() {
            return attachment.lease().address6().orElseThrow();
        }

        /** What whoever is found at the address says to this container. */
        String ask(InetAddress address) throws Exception {
            return ask(address, PATIENCE_MILLIS);
        }

        String ask(InetAddress address, int timeoutMillis) throws Exception {
            return call(() -> {
                try (Socket socket = new Socket()) {
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    socket.connect(new InetSocketAddress(address, SERVER_PORT), timeoutMillis);
                    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                }
            });
        }

        /** Whether it gets an answer now. */
        boolean reaches(InetAddress address) throws Exception {
            try {
                return !ask(address, 500).isEmpty();
            } catch (IOException unreachable) {
                return false;
            }
        }

        /** One more address, which nobody gave it. */
        void take(InetAddress address) throws Exception {
            send(namespace, AddressMessages.add(address, address.getAddress().length * Byte.SIZE, CONTAINER_INDEX));
        }

        <T> T call(Callable<T> code) throws Exception {
            return namespace.call(code);
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException stays) {
                throw new AssertionError(stays);
            } finally {
                namespace.close();
            }
        }
    }

    Container container(String network, String name) throws Exception {
        return container(network, name, Optional.empty());
    }

    /** One with that address. */
    Container container(String network, String name, Optional<InetAddress> address) throws Exception {
        Container made = new Container(this, network, name, address);
        containers.add(made);
        overlay.look();
        return made;
    }

    @Override
    public void close() {
        stop();
        containers.forEach(Container::close);
        namespace.close();
    }
}
