package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
import overlaynet.ipam.Subnet;
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

    private String refusal(NetworkNamespace container, String id, Optional<String> address) {
        return assertThrows(AttachException.class, () -> reserve(container, id, address)).getMessage();
    }

    private Attachment reserve(NetworkNamespace container, String id, Optional<String> address) throws Exception {
        return host.call(() -> networks.attach("front", new AttachRequest(id, List.of(), address.map(InetAddress::ofLiteral),
                Optional.empty(), List.of(), List.of(), 0, true, container.descriptor())));
    }

    @Test
    void anAddressThatCannotBeHadIsRefusedWithWhoHasItOrHasMore() throws Exception {
        Subnet part = Subnet.parse("10.203.3.0/29");
        share(new NetworkDefinition(ID, "front", Instant.EPOCH, part, part.at(1), Optional.empty(), Optional.empty(), false,
                "jn-abababab", OptionalInt.empty(), Map.of(), Map.of(), Optional.of(new NetworkDefinition.Shared(0x6a0007,
                        List.of(Subnet.parse("10.203.0.0/16")), true))));
        String hint = "; a node gives addresses of its own part of a network alone, and gets more of one that is made with a"
                + " shorter --block; `jctl network inspect front` says who holds what";
        try (NetworkNamespace container = NetworkNamespace.create()) {
            reserve(container, "a0", Optional.of("10.203.3.4"));
            assertEquals("container b0 cannot join the network front: 10.203.3.4 is in use by a0" + hint,
                    refusal(container, "b0", Optional.of("10.203.3.4")));
            assertEquals("container b0 cannot join the network front: 10.203.9.4 is not in the network's subnet 10.203.3.0/29"
                    + hint, refusal(container, "b0", Optional.of("10.203.9.4")), "another node's part");
            for (int i = 1; i < 5; i++) {
                reserve(container, "a" + i, Optional.empty());
            }
            assertEquals("container b0 cannot join the network front: all 5 addresses of 10.203.3.0/29 are in use" + hint,
                    refusal(container, "b0", Optional.empty()));
        }
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
