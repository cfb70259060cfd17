package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.link.HostNetwork;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesMissingException;
import overlaynet.network.NetworkDefinition;
import overlaynet.network.NetworkWish;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A node's parts of shared networks among the networks of its host. */
@NeedsKernel
class SharedNetworksTest {
    private static final String ID = "ab".repeat(32);
    private static final String CONTAINER = "aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private NetworkNamespace host;
    private HostNetworks networks;

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (Nftables nftables = Nftables.open()) {
            Assumptions.assumeTrue(nftables != null);
        } catch (NftablesMissingException missing) {
            Assumptions.abort(missing.getMessage());
        }
        host = NetworkNamespace.create();
        host.call(() -> {
            VirtualHost.send(List.of(LinkMessages.loopbackUp()));
            return null;
        });
        open();
    }

    @AfterEach
    void end() {
        if (networks != null) {
            networks.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private void open() throws Exception {
        networks = host.call(() -> HostNetworks.open(folder, Path.of("/run/jctl"), HostPorts.own(), new Random(1),
                InstantSource.system()));
    }

    private void share(NetworkDefinition definition) throws Exception {
        host.call(() -> {
            networks.share(definition);
            return null;
        });
    }

    private void unshare() throws Exception {
        host.call(() -> {
            networks.unshare(ID);
            return null;
        });
    }

    private Set<String> links() throws Exception {
        return host.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return Set.copyOf(HostNetwork.read(socket).links().stream().map(LinkInfo::name).toList());
            }
        });
    }

    private HostNetworks.Network front() throws AttachException {
        return networks.find("front");
    }

    private Attachment attach(NetworkNamespace container) throws Exception {
        return host.call(() -> {
            Attachment reserved = networks.attach("front", new AttachRequest(CONTAINER, Optional.empty(),
                    container.descriptor()));
            VirtualHost.send(reserved.hostSide());
            return reserved;
        });
    }

    private void detach() throws Exception {
        Callable<Void> detach = () -> {
            networks.detach(CONTAINER).join();
            return null;
        };
        host.call(detach);
    }

    private static NetworkWish wish(String name) {
        return new NetworkWish(name, List.of(), List.of(), List.of(), false, false, Map.of(), Map.of());
    }

    @Test
    void aSharedNetworkSurvivesTheAgentAsItWas() throws Exception {
        NetworkDefinition definition = NetworkFoldersTest.shared(ID, "front", 3);
        share(definition);
        assertTrue(front().isShared());
        assertFalse(networks.find("bridge").isShared());
        assertEquals(Set.of("lo", "jn-abababab"), links());
        List<HostNetworks.Network> before = networks.list();
        networks.close();
        open();
        assertEquals(Optional.of(definition), front().definition());
        share(definition);
        assertEquals(before, networks.list());
        assertEquals(1400, front().bridge().orElseThrow().mtuBytes());
        assertEquals(Optional.of("jx6a0007"), front().bridge().orElseThrow().peers().orElseThrow().tunnel());
        assertEquals(definition.shared().orElseThrow().subnets(), front().bridge().orElseThrow().peers().orElseThrow()
                .subnets());
    }

    @Test
    void anEmptyPartBecomesAnotherOneAndAPartInUseStays() throws Exception {
        try (NetworkNamespace container = NetworkNamespace.create()) {
            share(NetworkFoldersTest.shared(ID, "front", 3));
            share(NetworkFoldersTest.shared(ID, "front", 4));
            assertEquals(InetAddress.ofLiteral("10.203.4.2"), attach(container).address());
            NetworkDefinition other = NetworkFoldersTest.shared(ID, "front", 5);
            assertEquals(AttachException.Kind.NETWORK_IN_USE,
                    assertThrows(AttachException.class, () -> share(other)).kind());
            assertEquals(AttachException.Kind.NETWORK_IN_USE, assertThrows(AttachException.class, this::unshare).kind());
            assertEquals(Optional.of(NetworkFoldersTest.shared(ID, "front", 4)), front().definition());
            detach();
            share(other);
            assertEquals(Optional.of(other), front().definition());
            assertEquals(InetAddress.ofLiteral("10.203.5.1"), front().bridge().orElseThrow().gateway());
        }
    }

    @Test
    void aSharedNetworkGoesWithoutATraceAndNotByAUser() throws Exception {
        share(NetworkFoldersTest.shared(ID, "front", 3));
        assertEquals(AttachException.Kind.OF_THE_CLUSTER,
                assertThrows(AttachException.class, () -> networks.remove("front")).kind());
        unshare();
        unshare();
        assertEquals(Set.of("lo"), links());
        assertFalse(Files.exists(folder.resolve("networks").resolve(ID)));
        assertEquals(AttachException.Kind.NETWORK_NOT_FOUND, assertThrows(AttachException.class, this::front).kind());
    }

    @Test
    void aNameIsOfOneNetwork() throws Exception {
        String local = host.call(() -> networks.create(wish("front"))).id();
        AttachException refused = assertThrows(AttachException.class, () -> share(NetworkFoldersTest.shared(ID, "front", 3)));
        assertEquals(AttachException.Kind.NAME_IN_USE, refused.kind());
        assertEquals(local, front().id());
        assertFalse(Files.exists(folder.resolve("networks").resolve(ID)));
        share(NetworkFoldersTest.shared(ID, "back", 3));
        assertEquals(AttachException.Kind.NAME_IN_USE, assertThrows(AttachException.class,
                () -> host.call(() -> networks.create(wish("back")))).kind());
        host.call(() -> {
            networks.unshare(local);
            return null;
        });
        assertEquals(local, front().id(), "it is no shared one");
    }
}
