package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.link.HostNetwork;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesException;
import overlaynet.link.NftablesMissingException;
import overlaynet.link.PortRequest;
import overlaynet.link.TransportProtocol;
import overlaynet.network.NetworkWish;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Several networks of one host; host and containers are namespaces. */
@NeedsKernel
class HostNetworksTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsNamespacesAndNftables() throws NftablesException {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (Nftables nftables = Nftables.open()) {
            Assumptions.assumeTrue(nftables != null);
        } catch (NftablesMissingException missing) {
            Assumptions.abort(missing.getMessage());
        }
    }

    private HostNetworks open(long seed) throws Exception {
        return HostNetworks.open(folder, Path.of("/run/jctl"), HostPorts.own(), new Random(seed),
                InstantSource.system());
    }

    private static NetworkWish wish(String name, boolean ipv6, boolean internal,
            String... subnets) {
        return new NetworkWish(name, List.of(subnets), List.of(), List.of(), ipv6, internal,
                Map.of(), Map.of());
    }

    private static AttachRequest request(String id, NetworkNamespace container, int number,
            PortRequest... ports) {
        return new AttachRequest(id, List.of(id), Optional.empty(), Optional.empty(), List.of(),
                List.of(ports), number, number == 0, container.descriptor());
    }

    /** Everything on a host, and what is left of it. */
    private final class Host implements AutoCloseable {
        final NetworkNamespace namespace = NetworkNamespace.create();
        final List<NetworkNamespace> containers = new ArrayList<>();
        HostNetworks networks = call(() -> open(1));

        Host() throws Exception {
            call(() -> {
                VirtualHost.send(List.of(LinkMessages.loopbackUp()));
                return null;
            });
        }

        <T> T call(Callable<T> code) throws Exception {
            return namespace.call(code);
        }

        NetworkNamespace container() throws Exception {
            NetworkNamespace made = NetworkNamespace.create();
            containers.add(made);
            return made;
        }

        InetAddress attach(String network, String id, NetworkNamespace container, int number,
                PortRequest... ports) throws Exception {
            Attachment place = call(() -> {
                Attachment reserved =
                        networks.attach(network, request(id, container, number, ports));
                VirtualHost.send(reserved.hostSide());
                return reserved;
            });
            container.call(() -> {
                VirtualHost.send(place.containerSide());
                return null;
            });
            return place.address();
        }

        Set<String> links() throws Exception {
            return call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    return Set.copyOf(HostNetwork.read(socket).links().stream()
                            .map(LinkInfo::name).toList());
                }
            });
        }

        String tables() throws Exception {
            return call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    return nftables.run("list tables");
                }
            });
        }

        @Override
        public void close() {
            networks.close();
            containers.forEach(NetworkNamespace::close);
            namespace.close();
        }
    }

    private static void assertSilent(NetworkNamespace client, InetAddress address)
            throws Exception {
        client.call(() -> {
            try (Socket socket = new Socket()) {
                // Dropped silently, so the only possible end is that of the patience.
                assertThrows(SocketTimeoutException.class,
                        () -> socket.connect(new InetSocketAddress(address, 80), 300));
            }
            return null;
        });
    }

    @Test
    void networksAreApartAndPortsLeadBetweenThem() throws Exception {
        try (Host host = new Host()) {
            host.call(() -> host.networks.create(wish("front", true, false)));
            host.call(() -> host.networks.create(wish("back", false, false, "10.9.0.0/24")));
            NetworkNamespace one = host.container();
            NetworkNamespace two = host.container();
            NetworkNamespace three = host.container();
            InetAddress first = host.attach("front", "aaaaaaaaaaaa", one, 0);
            InetAddress second = host.attach("front", "bbbbbbbbbbbb", two, 0);
            InetAddress third = host.attach("back", "cccccccccccc", three, 0, new PortRequest(
                    Optional.empty(), 8080, 8080, TransportProtocol.TCP, 80));
            assertEquals(first, VirtualHost.exchange(one, two, second));
            assertSilent(one, third);
            assertSilent(three, first);
            host.attach("back", "aaaaaaaaaaaa", one, 1);
            assertEquals(InetAddress.ofLiteral("10.9.0.3"), VirtualHost.exchange(one, three, third));
            assertEquals(List.of("front", "back"), host.networks.places("aaaaaaaaaaaa").stream()
                    .map(place -> place.network().name()).toList());
            InetAddress six = host.networks.places("bbbbbbbbbbbb").getFirst().attached().lease()
                    .address6().orElseThrow();
            InetAddress own = host.networks.places("aaaaaaaaaaaa").getFirst().attached().lease()
                    .address6().orElseThrow();
            assertEquals(own, VirtualHost.exchange(one, two, six));
        }
    }

    @Test
    void nothingLeavesAnInternalNetwork() throws Exception {
        try (Host host = new Host()) {
            host.call(() -> host.networks.create(wish("inside", false, true, "10.9.0.0/24")));
            NetworkNamespace one = host.container();
            NetworkNamespace two = host.container();
            host.attach("inside", "aaaaaaaaaaaa", one, 0);
            InetAddress second = host.attach("inside", "bbbbbbbbbbbb", two, 0);
            assertEquals(InetAddress.ofLiteral("10.9.0.2"), VirtualHost.exchange(one, two, second));
            one.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    assertTrue(HostNetwork.read(socket).routes().stream()
                            .noneMatch(route -> route.isDefault() && !route.ipv6()
                                    && route.gateway().isPresent()));
                }
                return null;
            });
            assertTrue(host.call(() -> assertThrows(AttachException.class, () ->
                    host.networks.attach("inside", request("cccccccccccc", host.namespace, 0,
                            new PortRequest(Optional.empty(), 80, 80, TransportProtocol.TCP, 80)))))
                    .getMessage().contains("is internal"));
        }
    }

    @Test
    void networksSurviveTheAgentAndGoWithoutATrace() throws Exception {
        try (Host host = new Host()) {
            String id = host.call(() -> host.networks.create(wish("front", true, false))).id();
            NetworkNamespace one = host.container();
            NetworkNamespace two = host.container();
            host.attach("front", "aaaaaaaaaaaa", one, 0);
            InetAddress second = host.attach("front", "bbbbbbbbbbbb", two, 0);
            assertEquals(AttachException.Kind.NETWORK_IN_USE, host.call(() -> assertThrows(
                    AttachException.class, () -> host.networks.remove("front"))).kind());
            host.networks.close();
            Files.createDirectories(folder.resolve("networks/half"));
            host.call(() -> {
                VirtualHost.send(List.of(LinkMessages.delete("jn-" + id.substring(0, 8))));
                try (Nftables nftables = Nftables.open()) {
                    nftables.run("flush ruleset");
                }
                return null;
            });
            host.networks = host.call(() -> open(2));
            host.call(() -> host.networks.reconcile(Set.of("aaaaaaaaaaaa", "bbbbbbbbbbbb")));
            assertEquals(id, host.networks.find("front").id());
            assertEquals(id, host.networks.find(id.substring(0, 5)).id());
            assertFalse(Files.exists(folder.resolve("networks/half")));
            assertTrue(host.tables().contains("jctl_n" + id.substring(0, 8)));
            assertEquals(InetAddress.ofLiteral("10.144.0.2"),
                    VirtualHost.exchange(one, two, second));
            host.call(() -> {
                host.networks.detach("aaaaaaaaaaaa").join();
                host.networks.detach("bbbbbbbbbbbb").join();
                host.networks.remove("front");
                host.networks.removeUnused();
                return null;
            });
            assertEquals(Set.of("lo"), host.links());
            assertFalse(host.tables().contains("jctl"));
            assertFalse(Files.exists(folder.resolve("networks").resolve(id)));
            assertEquals(AttachException.Kind.NETWORK_NOT_FOUND, assertThrows(
                    AttachException.class, () -> host.networks.find("front")).kind());
        }
    }
}
