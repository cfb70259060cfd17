package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import linux.netlink.LinkMessages;
import linux.netlink.RouteMessages;
import linux.socket.NetlinkException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.link.BridgeException;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesException;
import overlaynet.link.NftablesMissingException;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/**
 * Wires containers to a host's bridge in the running kernel; host, containers, uplink are
 * namespaces.
 */
@NeedsKernel
class BridgeAttacherTest {
    private static final String HINT = "; `jctl network inspect bridge` says who holds what";
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.144.0.1");

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

    @Test
    void hostAndContainersReachEachOther() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace first = host.newNamespace();
            NetworkNamespace second = host.newNamespace();
            Attachment one = host.attach("aaaaaaaaaaaa1111", first);
            Attachment two = host.attach("web", second);
            assertEquals("10.144.0.2", one.address().getHostAddress());
            assertEquals(GATEWAY, one.bridge().gateway());
            assertEquals("02:6a:0a:90:00:02", one.hardwareAddress().toString());
            assertTrue(host.linkNames().contains("jvaaaaaaaaaaaa"));

            assertEquals(GATEWAY, VirtualHost.exchange(host.namespace, first, one.address()));
            assertEquals(one.address(), VirtualHost.exchange(first, host.namespace, GATEWAY));
            assertEquals(two.address(), VirtualHost.exchange(second, first, one.address()));
            assertEquals(InetAddress.ofLiteral("127.0.0.1"), VirtualHost.exchange(first, first,
                    InetAddress.ofLiteral("127.0.0.1")));
        }
    }

    @Test
    void outgoingGetsTheHostsAddressAndIncomingIsDropped() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace uplink = host.uplink();
            NetworkNamespace container = host.newNamespace();
            Attachment attachment = host.attach("aaaaaaaaaaaa", container);
            assertEquals(1450, attachment.bridge().mtuBytes());
            assertEquals(InetAddress.ofLiteral("198.51.100.1"),
                    VirtualHost.exchange(container, uplink,
                    InetAddress.ofLiteral("198.51.100.254")));

            uplink.call(() -> {
                VirtualHost.send(List.of(RouteMessages.add(InetAddress.ofLiteral("10.144.0.0"), 16,
                        InetAddress.ofLiteral("198.51.100.1"), 9)));
                try (Socket socket = new Socket()) {
                    // The host drops silently, so the only possible end is that of the patience.
                    assertThrows(SocketTimeoutException.class, () -> socket.connect(
                            new InetSocketAddress(attachment.address(), 80), 300));
                }
                return null;
            });
        }
    }

    @Test
    void messagesSayWhatTheyDo() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = host.newNamespace();
            Attachment attachment = host.namespace.call(() -> host.attacher.attach(
                    new AttachRequest("aaaaaaaaaaaa",
                            Optional.of(InetAddress.ofLiteral("10.144.7.9")), 20)));
            assertEquals(1, attachment.hostSide().size());
            assertTrue(attachment.hostSide().getFirst().symbolic().endsWith(" mtu 1500 up peer eth0"
                    + " index 1000 address 02:6a:0a:90:07:09 netns-fd 20"));
            assertEquals(List.of("RTM_NEWADDR 10.144.7.9/16 dev 1000", "RTM_NEWLINK index 1000 up",
                    "RTM_NEWROUTE default via 10.144.0.1 dev 1000"),
                    attachment.containerSide().stream().map(message -> message.symbolic())
                            .toList());
            assertTrue(container.descriptor() >= 0);
        }
    }

    @Test
    void attachingAgainKeepsTheAddressAndReplacesTheLink() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = host.newNamespace();
            NetworkNamespace restarted = host.newNamespace();
            Attachment before = host.attach("aaaaaaaaaaaa", container);
            Attachment after = host.attach("aaaaaaaaaaaa", restarted);
            assertEquals(before.address(), after.address());
            assertEquals(GATEWAY, VirtualHost.exchange(host.namespace, restarted, after.address()));
            assertEquals(3, host.linkNames().size());
        }
    }

    @Test
    void refusalsNameTheReasonAndChangeNothing() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = host.newNamespace();
            Attachment first = host.attach("aaaaaaaaaaaa", container);
            assertEquals("container b cannot join the network bridge: 10.144.0.2 is in use by"
                    + " aaaaaaaaaaaa" + HINT, refused(host, "b", first.address()));
            assertEquals("container b cannot join the network bridge: 10.144.0.1 is reserved in"
                    + " 10.144.0.0/16" + HINT, refused(host, "b", GATEWAY));
            for (String id : List.of("", "../x", "a/b", ".hidden", "x".repeat(129), "a\nb")) {
                assertTrue(refused(host, id, first.address())
                        .startsWith("not a container id"));
            }
            assertEquals(Set.of("aaaaaaaaaaaa"), host.attacher.addresses().keySet());
            assertEquals(List.of("aaaaaaaaaaaa.json"), leaseFiles());
        }
    }

    private static String refused(VirtualHost host, String id, InetAddress wanted)
            throws Exception {
        return host.namespace.call(() -> assertThrows(AttachException.class,
                () -> host.attacher.attach(new AttachRequest(id, Optional.of(wanted), 3)))
                .getMessage());
    }

    private List<String> leaseFiles() throws IOException {
        try (var files = Files.list(folder.resolve("leases"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aNewAgentKnowsTheLeasesAndDropsThoseOfTheDead() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace living = host.newNamespace();
            Attachment kept = host.attach("aaaaaaaaaaaa", living);
            host.attach("bbbbbbbbbbbb", host.newNamespace());
            Files.writeString(folder.resolve("leases/damaged.json"), "{\"container\":\"x\"");
            Files.writeString(folder.resolve("leases/cccccccccccc.json.new"), "{");
            try (BridgeAttacher next = host.namespace.call(
                    () -> BridgeAttacher.open(VirtualHost.SETTINGS, folder, host.ports, host.nftables))) {
                Attachment third = host.namespace.call(
                        () -> next.attach(new AttachRequest("dddddddddddd", Optional.empty(), 3)));
                assertEquals("10.144.0.4", third.address().getHostAddress());
                assertEquals(List.of("aaaaaaaaaaaa.json", "bbbbbbbbbbbb.json", "dddddddddddd.json"),
                        leaseFiles());
                assertTrue(third.warnings().getFirst().contains("damaged.json"));

                assertEquals(Set.of("bbbbbbbbbbbb", "dddddddddddd"), Set.copyOf(host.namespace.call(
                        () -> next.reconcile(Set.of("aaaaaaaaaaaa")))));
                assertEquals(Set.of("aaaaaaaaaaaa"), next.addresses().keySet());
            }
            assertEquals(List.of("lo", "jctl0", "jvaaaaaaaaaaaa"), host.linkNames());
            assertEquals(GATEWAY, VirtualHost.exchange(host.namespace, living, kept.address()));
        }
    }

    @Test
    void aDeletedBridgeIsMadeAnewAndContainersRejoin() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace first = host.newNamespace();
            NetworkNamespace second = host.newNamespace();
            Attachment one = host.attach("aaaaaaaaaaaa", first);
            host.namespace.call(() -> {
                VirtualHost.send(List.of(LinkMessages.delete("jctl0")));
                return null;
            });
            Attachment two = host.attach("bbbbbbbbbbbb", second);
            assertEquals("10.144.0.3", two.address().getHostAddress());
            assertEquals(one.address(), VirtualHost.exchange(first, second, two.address()));
            assertEquals(GATEWAY, VirtualHost.exchange(host.namespace, first, one.address()));
        }
    }

    @Test
    void aForeignLinkOfTheNameIsLeftAlone() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            host.namespace.call(() -> {
                VirtualHost.send(List.of(LinkMessages.createVxlan("jctl0", 7,
                        InetAddress.ofLiteral("127.0.0.1"), 4789)));
                BridgeException refused = assertThrows(BridgeException.class,
                        () -> host.attacher.attach(new AttachRequest("a", Optional.empty(), 3)));
                assertTrue(refused.getMessage().contains("of kind vxlan, not a bridge"));
                return null;
            });
            assertEquals(List.of("lo", "jctl0"), host.linkNames());
            assertEquals(List.of(), leaseFiles());
        }
    }

    @Test
    void aDescriptorThatIsNoNamespaceIsRefusedByTheKernel() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            host.namespace.call(() -> {
                Attachment attachment =
                        host.attacher.attach(
                                new AttachRequest("aaaaaaaaaaaa", Optional.empty(), 99_999));
                assertThrows(NetlinkException.class,
                        () -> VirtualHost.send(attachment.hostSide()));
                host.attacher.detach("aaaaaaaaaaaa").join();
                return null;
            });
            assertEquals(List.of("lo", "jctl0"), host.linkNames());
            assertEquals(List.of(), leaseFiles());
        }
    }

    @Test
    void twoHundredAttachesLeaveNothing() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            for (int round = 0; round < 200; round++) {
                String id = "container-" + round;
                try (NetworkNamespace container = NetworkNamespace.create()) {
                    host.attach(id, container);
                }
                host.namespace.call(() -> {
                    host.attacher.detach(id).join();
                    host.attacher.detach(id).join();
                    return null;
                });
            }
            assertEquals(List.of("lo", "jctl0"), host.linkNames());
            assertEquals(List.of(), leaseFiles());
            assertTrue(host.attacher.addresses().isEmpty());
        }
    }

    /** The container's namespace outlives it here, as when somebody has entered it. */
    @Test
    void anAddressIsFreeOnceItsLinkIsGone() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace held = host.newNamespace();
            Attachment before = host.attach("aaaaaaaaaaaa", held);
            CompletableFuture<Void> gone =
                    host.namespace.call(() -> host.attacher.detach("aaaaaaaaaaaa"));
            assertEquals(List.of(), leaseFiles());
            gone.join();
            assertEquals(List.of("lo", "jctl0"), host.linkNames());
            Attachment after = host.attach("bbbbbbbbbbbb", host.newNamespace(),
                    Optional.of(before.address()));
            assertEquals(before.address(), after.address());
        }
    }

    @Test
    void aRestartWaitsForTheLastRunsLink() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            for (int round = 0; round < 10; round++) {
                NetworkNamespace container = host.newNamespace();
                Attachment attachment = host.attach("aaaaaaaaaaaa", container);
                assertEquals(GATEWAY, VirtualHost.exchange(host.namespace, container,
                        attachment.address()));
                host.namespace.call(() -> host.attacher.detach("aaaaaaaaaaaa"));
            }
        }
    }

    @Test
    void aFullBridgeSaysSo() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            host.namespace.call(() -> {
                for (int i = 0; i < 1023; i++) {
                    host.attacher.attach(new AttachRequest("c" + i, Optional.empty(), 3));
                }
                AttachException full = assertThrows(AttachException.class,
                        () -> host.attacher.attach(new AttachRequest("more", Optional.empty(), 3)));
                assertTrue(full.getMessage().contains("a Linux bridge takes 1023 containers"));
                host.attacher.attach(new AttachRequest("c7", Optional.empty(), 3));
                host.attacher.detach("c7").join();
                host.attacher.attach(new AttachRequest("more", Optional.empty(), 3));
                return null;
            });
        }
    }

    @Test
    void threadsAttachingAtOnceGetAddressesOfTheirOwn() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            List<CompletableFuture<InetAddress>> started = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String id = "c" + i;
                NetworkNamespace container = host.newNamespace();
                started.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return host.attach(id, container).address();
                    } catch (Exception failed) {
                        throw new CompletionException(failed);
                    }
                }));
            }
            Set<InetAddress> addresses = new HashSet<>();
            started.forEach(attached -> addresses.add(attached.join()));
            assertEquals(20, addresses.size());
            assertEquals(22, host.linkNames().size());
        }
    }

    @Test
    void removeTakesEverythingAwayButOthersTables() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            host.namespace.call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    nftables.run("table ip host {\n chain c {\n }\n}\n");
                    host.attach("aaaaaaaaaaaa", host.newNamespace());
                    assertTrue(nftables.run("list tables").contains("table inet jctl"));
                    host.attacher.remove();
                    host.attacher.remove();
                    assertEquals("table ip host", nftables.run("list tables").strip());
                }
                return null;
            });
            assertEquals(List.of("lo"), host.linkNames());
            assertEquals(List.of(), leaseFiles());
        }
    }

    @Test
    void aFirewallThatDropsIsToldAboutNotOverruled() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = host.newNamespace();
            List<String> warnings = host.namespace.call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    nftables.run("table ip filter {\n chain FORWARD {\n type filter hook forward"
                            + " priority filter; policy drop;\n }\n}\n");
                }
                return host.attach("aaaaaaaaaaaa", container).warnings();
            });
            assertTrue(warnings.getFirst().contains(
                    "nft insert rule ip filter FORWARD iifname jctl0 accept"), warnings.toString());
            assertFalse(warnings.getFirst().isBlank());
        }
    }
}
