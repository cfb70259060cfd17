package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.function.ListRequest;
import api.function.PrepareRequest;
import api.function.PrepareResponse;
import api.function.ReleaseRequest;
import api.function.VirtualFunctionsGrpc;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
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
import sriov.pool.Division;
import sriov.pool.DivisionStep;
import sriov.pool.Divisions;
import sriov.pool.Mode;
import sriov.pool.Preference;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Cards of the kernel's own, with igb and igbvf: only where somebody has said that they may be taken for tests, as in the machine of {@code vm/cards.sh}. */
@NeedsKernel
class RealCardsTest {
    private static final Path SYS = Path.of("/sys");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTS = 4;
    private static final long PAUSE_NANOS = 200_000_000;

    @TempDir
    Path folder;

    private final HostSysTree tree = new HostSysTree(SYS);
    private final HostFunctions functions = new HostFunctions(tree, new HostLinks(), new HostVfioGroups(Path.of("/dev/vfio")), PATIENCE);
    private PhysicalFunction card;

    @BeforeEach
    void divide() throws Exception {
        Requires.fact("yes".equals(System.getenv("JCTL_TEST_CARDS")), "JCTL_TEST_CARDS=yes: network cards that tests may divide");
        card = Inventory.read(tree).physical().stream().filter(each -> each.function().driver().equals(Optional.of("igb"))).findFirst().orElseThrow();
        for (DivisionStep step : Divisions.decide(List.of(new Division(card.address().toString(), PARTS, true)), Inventory.read(tree), Map.of())) {
            String path = "bus/pci/devices/" + step.physical() + "/";
            switch (step) {
                case DivisionStep.Probe(var physical, boolean on) -> tree.write(path + "sriov_drivers_autoprobe", on ? "1" : "0");
                case DivisionStep.Divide(var physical, int parts) -> tree.write(path + "sriov_numvfs", Integer.toString(parts));
                case DivisionStep.Leave(var physical, String why) -> throw new AssertionError(why);
            }
        }
        card = Inventory.read(tree).find(card.address().toString()).orElseThrow();
        assertEquals(PARTS, card.virtual().size());
        new HostLinks().change(card.uplink().orElseThrow().name(), new Step.Up());
        functions.take(part(0), new Step.AwaitNetdev());
    }

    private PciAddress part(int index) {
        return card.virtual().get(index).address();
    }

    private Grants grants() throws IOException {
        return Grants.open(functions, GrantFolder.open(folder), InstantSource.system());
    }

    private static Wish wish(Mode mode) {
        return new Wish(mode, Optional.of("02:6a:00:00:00:07"), Optional.of(new PortState.Vlan(100, 3, false)), OptionalInt.empty(), OptionalInt.empty(),
                Optional.of(false), Optional.of(true), Optional.empty(), mode == Mode.NETDEV ? OptionalInt.of(1400) : OptionalInt.empty());
    }

    @Test
    void whatIsReadIsWhatTheKernelSays() throws Exception {
        assertEquals(List.of(0x8086, 0x10c9), List.of(card.function().vendor(), card.function().device()));
        assertEquals(7, card.mostVirtual());
        assertEquals(0x10ca, card.virtual().getFirst().function().device());
        FunctionState state = functions.state(part(0));
        assertEquals(Optional.of("igbvf"), state.driver());
        assertEquals(Optional.empty(), state.override());
        PortState port = state.port().orElseThrow();
        assertEquals(List.of(PortState.Vlan.NONE, 0, 0), List.of(port.vlan(), port.leastMegabit(), port.mostMegabit()));
        assertEquals(Optional.of(true), port.spoofCheck());
        assertTrue(card.virtual().stream().map(each -> each.function().iommuGroup()).distinct().count() == PARTS, "each is in a group of its own");
    }

    @Test
    void aNetworkDeviceGoesIntoANamespaceAndComesBackAsItWas() throws Exception {
        FunctionState before = functions.state(part(1));
        Grants grants = grants();
        NetdevState given = grants.give(part(1), "web", 1, wish(Mode.NETDEV)).netdev().orElseThrow();
        assertEquals(List.of(1400, false), List.of(given.mtuBytes(), given.up()));
        assertEquals(new PortState.Vlan(100, 3, false), functions.state(part(1)).port().orElseThrow().vlan());
        try (NetworkNamespace container = NetworkNamespace.create()) {
            move(given.name(), container, "net1");
            assertTrue(functions.state(part(1)).isAway());
            assertTrue(grants().give(part(1), "web", 1, wish(Mode.NETDEV)).isAway(), "it is left alone");
        }
        functions.take(part(1), new Step.AwaitNetdev());
        assertEquals("net1", functions.state(part(1)).netdev().orElseThrow().name(), "the kernel leaves it as it was");
        assertEquals(Map.of(), grants().sweep(none -> false));
        assertEquals(List.of(), Course.differences(before, functions.state(part(1))));
    }

    private static void move(String name, NetworkNamespace to, String inside) throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            int index = LinkInfo.decode(socket.get(LinkMessages.get(name), linux.abi.Errno.ENODEV).orElseThrow()).index();
            socket.request(LinkMessages.move(index, to.descriptor(), inside));
        }
    }

    @Test
    void aProgramGetsADeviceAndItComesBackAsItWas() throws Exception {
        FunctionState before = functions.state(part(2));
        Grants grants = grants();
        assertEquals(Optional.of(Course.VFIO), grants.give(part(2), "dpdk", 1, wish(Mode.VFIO)).driver());
        Path device = Path.of("/dev/vfio").resolve(tree.link("bus/pci/devices/" + part(2) + "/iommu_group").orElseThrow());
        assertTrue(Files.exists(device), device.toString());
        try (var opened = Files.newByteChannel(device)) {
            assertTrue(functions.isInUse(part(2)), opened.toString());
            assertEquals(1, grants.sweep(none -> false).size(), "what is in use stays");
        }
        assertEquals(Map.of(), grants.sweep(none -> false));
        assertEquals(List.of(), Course.differences(before, functions.state(part(2))));
        assertEquals(false, Files.exists(device));
    }

    @Test
    void whatTheDriverRefusesIsSaidAndUndone() throws Exception {
        FunctionState before = functions.state(part(3));
        Wish wish = new Wish(Mode.NETDEV, Optional.empty(), Optional.of(new PortState.Vlan(7, 0, true)), OptionalInt.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
        String said = assertThrows(GrantException.class, () -> grants().give(part(3), "web", 1, wish)).getMessage();
        assertTrue(said.contains("EPROTONOSUPPORT"), said);
        assertEquals(List.of(), Course.differences(before, functions.state(part(3))));
        assertEquals(List.of(), grants().all());
    }

    @Test
    void thePlugInAsAWholeDividesAndGives() throws Exception {
        Path config = Files.writeString(folder.resolve("config.yaml"), "physicalFunctions: [{name: '" + card.address() + "', virtualFunctions: 3}]\n"
                + "pools: [{name: media, prefix: example.com, selectors: {rootDevices: '" + card.address() + "'}}]\n");
        Path kubelets = Files.createDirectory(folder.resolve("kubelet"));
        List<String> journal = new ArrayList<>();
        LocalSocket sockets = new LocalSocket();
        try (FakeKubelet kubelet = new FakeKubelet(kubelets); FunctionPlugin plugin = FunctionPlugin.open(new FunctionPlugin.Settings(tree, new HostLinks(),
                new HostVfioGroups(Path.of("/dev/vfio")), PATIENCE, folder.resolve("records"), kubelets, config, Path.of("/proc/net"), Preference.PACKED,
                InstantSource.system(), journal::add))) {
            plugin.look();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (kubelet.registered().isEmpty()) { // an emulated machine takes its time to begin to talk
                assertTrue(System.nanoTime() - end < 0, journal::toString);
                plugin.look();
            }
            assertEquals("example.com/media", kubelet.registered().getLast().getResourceName());
            card = Inventory.read(tree).find(card.address().toString()).orElseThrow();
            assertEquals(3, card.virtual().size(), journal.toString());
            assertEquals(Optional.empty(), functions.state(part(0)).driver(), "none is probed");
            awaitCarrier(plugin);
            FunctionState before = functions.state(part(0));
            ManagedChannel channel = sockets.dial(kubelets.resolve(FunctionPlugin.SOCKET));
            VirtualFunctionsGrpc.VirtualFunctionsBlockingStub agent = VirtualFunctionsGrpc.newBlockingStub(channel);
            PrepareResponse given = agent.prepare(PrepareRequest.newBuilder().setOwner("web").setFence(1).setResource("example.com/media")
                    .addFunctions(part(0).toString()).addFunctions(part(1).toString()).setWish(api.function.Wish.newBuilder().setVlan(100).setMtuBytes(1_400))
                    .build());
            assertEquals(2, given.getFunctionsCount());
            assertEquals(functions.state(part(0)).netdev().orElseThrow().name(), given.getFunctions(0).getNetworkDevice());
            plugin.look();
            assertEquals(List.of("", ""), agent.list(ListRequest.getDefaultInstance()).getVirtualList().stream().filter(each -> each.getOwner().equals("web"))
                    .map(each -> each.getTrouble()).toList());
            assertEquals(2, agent.release(ReleaseRequest.newBuilder().setOwner("web").build()).getFunctionsCount());
            assertEquals(List.of(), Course.differences(before, functions.state(part(0))));
            channel.shutdownNow();
        } finally {
            sockets.close();
        }
    }

    /** A card that was divided anew has none for some seconds, and gives nothing away meanwhile. */
    private void awaitCarrier(FunctionPlugin plugin) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (plugin.view().offers().values().stream().flatMap(each -> each.values().stream()).anyMatch(each -> each.trouble().isPresent())) {
            assertTrue(System.nanoTime() - end < 0, () -> "it has no carrier: " + plugin.view().offers());
            LockSupport.parkNanos(PAUSE_NANOS);
            plugin.look();
        }
    }
}
