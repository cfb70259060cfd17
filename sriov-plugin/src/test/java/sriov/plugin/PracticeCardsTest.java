package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import linux.abi.Errno;
import linux.netlink.AddressMessages;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Course;
import sriov.grant.FunctionState;
import sriov.grant.NetdevState;
import sriov.grant.PortState;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.pool.Mode;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Cards whose functions are real links, in a network namespace of the test's own. */
@NeedsKernel
class PracticeCardsTest {
    private static final String CARD = "bus/pci/devices/0000:01:00.0/";
    private static final PciAddress FIRST = PciAddress.parse("0000:01:10.0").orElseThrow();
    private static final PciAddress SECOND = PciAddress.parse("0000:01:10.2").orElseThrow();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PORT = 7_000;
    private static final int CONNECT_MILLIS = 300;
    private static final long PAUSE_NANOS = 5_000_000;

    @TempDir
    Path folder;

    private final List<String> journal = new ArrayList<>();
    private NetworkNamespace host;
    private PracticeCards cards;

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        host = NetworkNamespace.create();
        cards = open(1);
    }

    @AfterEach
    void end() throws IOException {
        cards.remove();
        cards.close();
        host.close();
    }

    private PracticeCards open(int count) throws Exception {
        return host.call(() -> PracticeCards.open(count, folder, journal::add));
    }

    private void beginAnew(int count) throws Exception {
        cards.close();
        cards = open(count);
    }

    private HostFunctions functions() {
        return new HostFunctions(cards, cards, cards, PATIENCE);
    }

    private Grants grants() throws IOException {
        return Grants.open(functions(), GrantFolder.open(folder), InstantSource.system());
    }

    private static void send(NetworkNamespace namespace, NetlinkRequest request) throws Exception {
        namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                socket.request(request);
            }
            return null;
        });
    }

    private static Optional<LinkInfo> link(NetworkNamespace namespace, String name) throws Exception {
        return namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                Optional<byte[]> said = socket.get(LinkMessages.get(name), Errno.ENODEV);
                return said.isEmpty() ? Optional.<LinkInfo>empty() : Optional.of(LinkInfo.decode(said.get()));
            }
        });
    }

    private void move(PciAddress function, NetworkNamespace container, String name) throws Exception {
        String now = functions().state(function).netdev().orElseThrow().name();
        send(host, LinkMessages.move(link(host, now).orElseThrow().index(), container.descriptor(), name));
        send(container, LinkMessages.up(link(container, name).orElseThrow().index()));
    }

    private static void address(NetworkNamespace container, String name, String address) throws Exception {
        send(container, AddressMessages.add(InetAddress.ofLiteral(address), 24, link(container, name).orElseThrow().index()));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertTrue(System.nanoTime() - end < 0, "not within " + PATIENCE);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean reaches(NetworkNamespace from, NetworkNamespace to, String address) throws Exception {
        ServerSocket server = to.call(() -> new ServerSocket(PORT, 1, InetAddress.ofLiteral(address)));
        try (server) {
            return from.call(() -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, PORT), CONNECT_MILLIS);
                    return true;
                } catch (IOException unreachable) {
                    return false;
                }
            });
        }
    }

    private static Wish wish(Optional<String> address, Optional<PortState.Vlan> vlan, OptionalInt mtu, Optional<PortState.LinkState> link) {
        return new Wish(Mode.NETDEV, address, vlan, OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(), link, mtu);
    }

    @Test
    void aCardIsABridgeAndItsPartsAreLinksOnceTheirDriverIsBound() throws Exception {
        PhysicalFunction card = Inventory.read(cards).physical().getFirst();
        assertEquals("jvf1", card.name());
        assertTrue(card.uplink().orElseThrow().up() && card.uplink().orElseThrow().carrier());
        assertEquals(Optional.of("bridge"), link(host, "jvf1").orElseThrow().kind());
        assertEquals("1", host.call(() -> Files.readString(Path.of("/proc/sys/net/ipv6/conf/jvf1/disable_ipv6")).strip()));
        cards.write(CARD + "sriov_drivers_autoprobe", "0");
        cards.write(CARD + "sriov_numvfs", "2");
        assertEquals(2, Inventory.read(cards).physical().getFirst().virtual().size());
        assertEquals(Optional.empty(), link(host, "jvf1v0"));
        functions().take(FIRST, new Step.Probe());
        assertEquals("jvf1v0", functions().state(FIRST).netdev().orElseThrow().name());
        assertEquals(Optional.empty(), functions().state(SECOND).netdev());
        assertFalse(link(host, "jvf1v0").orElseThrow().up());
        functions().take(FIRST, new Step.Rename("signal"));
        functions().take(FIRST, new Step.Mtu(9_000));
        functions().take(FIRST, new Step.Up());
        NetdevState now = functions().state(FIRST).netdev().orElseThrow();
        assertEquals(List.of("signal", 9_000, true), List.of(now.name(), now.mtuBytes(), now.up()));
        functions().take(FIRST, new Step.Unbind());
        assertEquals(Optional.empty(), link(host, "signal"));
        assertEquals(Optional.empty(), link(host, "jvf1p0"));
    }

    @Test
    void afterAContainersEndItsFunctionComesBack() throws Exception {
        cards.write(CARD + "sriov_numvfs", "2");
        Grants grants = grants();
        FunctionState before = functions().state(FIRST);
        grants.give(FIRST, "a", 1, wish(Optional.of("02:00:00:00:0a:01"), Optional.empty(), OptionalInt.of(4_000), Optional.empty()));
        NetworkNamespace container = NetworkNamespace.create();
        move(FIRST, container, "eth1");
        assertEquals("02:00:00:00:0a:01", link(container, "eth1").orElseThrow().address().orElseThrow().toString());
        assertTrue(functions().state(FIRST).isAway());
        container.close();
        await(() -> !functions().state(FIRST).isAway());
        assertEquals("02:00:00:00:0a:01", functions().state(FIRST).netdev().orElseThrow().address());
        grants.takeBack(FIRST, "a");
        assertEquals(List.of(), Course.differences(before, functions().state(FIRST)));
        assertEquals(List.of(), grants.all());
    }

    @Test
    void takenBackFromARunningContainerItIsGoneThere() throws Exception {
        cards.write(CARD + "sriov_numvfs", "1");
        Grants grants = grants();
        grants.give(FIRST, "a", 1, Wish.plain(Mode.NETDEV));
        try (NetworkNamespace container = NetworkNamespace.create()) {
            move(FIRST, container, "eth1");
            grants.takeBack(FIRST, "a");
            assertEquals(Optional.empty(), link(container, "eth1"));
            assertFalse(functions().state(FIRST).isAway());
        }
    }

    @Test
    void functionsReachEachOtherWithinTheirVlan() throws Exception {
        cards.write(CARD + "sriov_numvfs", "3");
        Grants grants = grants();
        PciAddress third = PciAddress.parse("0000:01:10.4").orElseThrow();
        Optional<PortState.Vlan> vlan = Optional.of(new PortState.Vlan(100, 0, false));
        grants.give(FIRST, "a", 1, wish(Optional.empty(), vlan, OptionalInt.empty(), Optional.empty()));
        grants.give(SECOND, "b", 1, wish(Optional.empty(), vlan, OptionalInt.empty(), Optional.empty()));
        grants.give(third, "c", 1, Wish.plain(Mode.NETDEV));
        try (NetworkNamespace a = NetworkNamespace.create(); NetworkNamespace b = NetworkNamespace.create(); NetworkNamespace c = NetworkNamespace.create()) {
            move(FIRST, a, "eth1");
            move(SECOND, b, "eth1");
            move(third, c, "eth1");
            address(a, "eth1", "192.0.2.1");
            address(b, "eth1", "192.0.2.2");
            address(c, "eth1", "192.0.2.3");
            assertTrue(reaches(a, b, "192.0.2.2"));
            assertFalse(reaches(a, c, "192.0.2.3"));
            functions().take(third, new Step.Tag(vlan.get()));
            assertTrue(reaches(b, c, "192.0.2.3"));
            functions().take(third, new Step.Link(PortState.LinkState.DISABLE));
            assertFalse(reaches(a, c, "192.0.2.3"));
            grants.takeBack(FIRST, "a");
            grants.takeBack(SECOND, "b");
            grants.takeBack(third, "c");
            assertEquals(Optional.empty(), link(host, "jvf1t100"));
        }
    }

    @Test
    void whoBeginsAnewFindsAllAsItWas() throws Exception {
        cards.write(CARD + "sriov_drivers_autoprobe", "0");
        cards.write(CARD + "sriov_numvfs", "3");
        grants().give(FIRST, "a", 1, wish(Optional.of("02:00:00:00:0a:01"), Optional.of(new PortState.Vlan(7, 0, false)), OptionalInt.empty(),
                Optional.empty()));
        try (NetworkNamespace container = NetworkNamespace.create()) {
            move(FIRST, container, "eth1");
            FunctionState before = functions().state(FIRST);
            Inventory all = Inventory.read(cards);
            beginAnew(1);
            assertEquals(all, Inventory.read(cards));
            assertEquals(before, functions().state(FIRST));
            assertTrue(link(container, "eth1").isPresent());
            beginAnew(0);
            assertTrue(link(container, "eth1").isPresent(), "a card whose function is in a container stays");
            assertEquals(1, journal.size());
        }
        await(() -> !functions().state(FIRST).isAway());
        beginAnew(0);
        assertEquals(Optional.empty(), link(host, "jvf1"));
    }

    @Test
    void afterTheKernelBeganAnewTheyAreNewCards() throws Exception {
        cards.write(CARD + "sriov_numvfs", "2");
        Grants grants = grants();
        grants.give(FIRST, "a", 1, Wish.plain(Mode.NETDEV));
        cards.close();
        host.close();
        host = NetworkNamespace.create();
        cards = open(1);
        assertEquals(List.of(), Inventory.read(cards).physical().getFirst().virtual());
        Grants anew = grants();
        anew.takeBack(FIRST, "a");
        assertEquals(List.of(), anew.all());
    }

    @Test
    void linksOfSomebodyElseAreLeftAlone(@TempDir Path other) throws Exception {
        IOException refused = assertThrows(IOException.class, () -> host.call(() -> PracticeCards.open(1, other, journal::add)));
        assertTrue(refused.getMessage().contains("ip link delete jvf1"), refused.getMessage());
        assertTrue(link(host, "jvf1").isPresent());
        Files.writeString(other.resolve("practice-cards.json"), "{\"cards\": [{\"bus\": 1}]}");
        IOException damaged = assertThrows(IOException.class, () -> host.call(() -> PracticeCards.open(1, other, journal::add)));
        assertTrue(damaged.getMessage().contains("practice-cards.json cannot be read"), damaged.getMessage());
    }

    @Test
    void programsGetNone() throws Exception {
        cards.write(CARD + "sriov_numvfs", "1");
        Grants grants = grants();
        FunctionState before = functions().state(FIRST);
        GrantException refused = assertThrows(GrantException.class, () -> grants.give(FIRST, "a", 1, Wish.plain(Mode.VFIO)));
        assertTrue(refused.getMessage().contains("practice cards have no /dev/vfio: use mode netdev"), refused.getMessage());
        assertEquals(before.driver(), functions().state(FIRST).driver());
        assertEquals(List.of(), grants.all());
    }

    @Test
    void removedTheyLeaveNothing() throws Exception {
        cards.write(CARD + "sriov_numvfs", "7");
        host.call(() -> {
            PracticeCards.remove(folder);
            return null;
        });
        List<String> left = host.call(() -> {
            List<String> names = new ArrayList<>();
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                for (byte[] each : socket.dump(LinkMessages.dump())) {
                    names.add(LinkInfo.decode(each).name());
                }
            }
            return names;
        });
        assertEquals(List.of("lo"), left);
        assertNotEquals(List.of(), cards.list("bus/pci/devices"));
    }
}
