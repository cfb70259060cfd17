package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.netlink.LinkMessages;
import linux.netlink.WireGuardInfo;
import linux.netlink.WireGuardKey;
import linux.netlink.WireGuardMessages;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.audit.KernelTables;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.mesh.TunnelSecret;
import overlaynet.policy.Policy;
import overlaynet.trace.Hop;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Two nodes that share an encrypted network, by a kernel that has WireGuard, and by one that has not. */
@NeedsKernel
class EncryptedOverlayTest {
    private static final String SAFE = "c3".repeat(32);
    private static final int NUMBER = 0x6a0007;
    private static final String LINK = "jx6a0007";

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private boolean hasWireGuard() throws Exception {
        return a.namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route(); KernelTables tables = new KernelTables(socket)) {
                return tables.hasWireGuard();
            }
        });
    }

    private static TunnelSecret secret(int every) {
        byte[] bytes = new byte[WireGuardKey.BYTES];
        Arrays.fill(bytes, (byte) every);
        return TunnelSecret.of(bytes);
    }

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.203." + (host.number - 1) + ".0/24"));
    }

    private static WantedNetwork safe(OverlayHost host, Optional<TunnelSecret> own, OverlayHost peer, TunnelSecret its) {
        return new WantedNetwork(SAFE, "safe", Instant.ofEpochSecond(1), Map.of(), false, true, NUMBER, OptionalInt.empty(),
                List.of(Subnet.parse("10.203.0.0/16")), block(host), List.of(new Peer(peer.nodeId(), peer.outside(),
                        block(peer), Optional.of(its.publicKey()))), List.of(), Policy.OPEN,
                new WantedNetwork.Encryption(true, own));
    }

    private void want(TunnelSecret ofA, TunnelSecret ofB) throws Exception {
        a.want(safe(a, Optional.of(ofA), b, ofB));
        b.want(safe(b, Optional.of(ofB), a, ofA));
    }

    private WireGuardInfo tunnel(OverlayHost host) throws Exception {
        return host.namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.generic()) {
                int family = WireGuardMessages.familyOf(socket.get(WireGuardMessages.family(), Errno.ENOENT).orElseThrow())
                        .orElseThrow();
                return WireGuardInfo.decode(socket.dump(WireGuardMessages.get(family, LINK)));
            }
        });
    }

    @Test
    void aKernelWithoutWireGuardRefusesTheNetworkAndSaysSo() throws Exception {
        Requires.fact(!hasWireGuard(), "a kernel without WireGuard");
        a.want(safe(a, Optional.of(secret(1)), b, secret(2)));
        OverlayHost.eventually("it is refused", () -> a.overlay.lacking(SAFE).equals(Optional.of(KernelTables.NO_WIREGUARD)));
        assertTrue(a.links().stream().noneMatch(each -> each.startsWith("jx") || each.startsWith("jctl")), a.links().toString());
        assertEquals(List.of("network safe: " + KernelTables.NO_WIREGUARD), a.journal);
        assertEquals(List.of("safe"), a.overlay.elsewhere().stream().map(WantedNetwork::name).toList());
        List<Hop> found = a.namespace.call(() -> a.overlay.examine(""));
        List<String> kernel = found.stream().filter(each -> each.name().equals("kernel")).map(Hop::what).toList();
        assertTrue(kernel.getFirst().contains("WireGuard for encrypted networks (module wireguard)"), kernel.toString());
        assertTrue(found.stream().anyMatch(each -> each.name().equals("network safe") && each.state() == Hop.State.FAILS
                && each.what().equals(KernelTables.NO_WIREGUARD)), found.toString());
    }

    @Test
    void containersTalkAlsoAfterNewKeysAndDamage() throws Exception {
        Requires.fact(hasWireGuard(), "a kernel with WireGuard");
        want(secret(1), secret(2));
        a.await("safe");
        b.await("safe");
        OverlayHost.Container one = a.container("safe", "one");
        OverlayHost.Container two = b.container("safe", "two");
        String answer = "two sees " + one.address().getHostAddress();
        assertEquals(answer, one.ask(two.address()));
        want(secret(3), secret(2));
        OverlayHost.eventually("the new key is there", () -> tunnel(a).publicKey().equals(Optional.of(secret(3).publicKey()))
                && tunnel(b).peers().getFirst().key().equals(secret(3).publicKey()));
        assertEquals(answer, one.ask(two.address()));
        long before = a.overlay.repairs();
        a.namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.generic()) {
                int family = WireGuardMessages.familyOf(socket.get(WireGuardMessages.family(), Errno.ENOENT).orElseThrow())
                        .orElseThrow();
                socket.request(WireGuardMessages.removePeer(family, LINK, secret(2).publicKey()));
            }
            return null;
        });
        OverlayHost.eventually("the peer is back", () -> tunnel(a).peers().size() == 1);
        assertTrue(a.overlay.repairs() > before, "it is counted");
        assertEquals(answer, one.ask(two.address()));
        OverlayHost.send(a.namespace, LinkMessages.delete(LINK));
        OverlayHost.eventually("the link is back", () -> a.links().contains(LINK) && one.reaches(two.address()));
    }

    @Test
    void withoutAKeyThatOthersKnowItWaits() throws Exception {
        Requires.fact(hasWireGuard(), "a kernel with WireGuard");
        a.want(safe(a, Optional.empty(), b, secret(2)));
        OverlayHost.eventually("it waits", () -> a.overlay.lacking(SAFE).filter(each -> each.contains("have not told")).isPresent());
        assertFalse(a.links().contains(LINK));
    }
}
