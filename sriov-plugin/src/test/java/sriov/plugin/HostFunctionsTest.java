package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
import sriov.pool.Assignment;
import sriov.pool.Candidate;
import sriov.pool.ConfigReader;
import sriov.pool.Mode;

/** Functions of simulated cards, by the files and links that the kernel has for real ones. */
class HostFunctionsTest {
    private static final PciAddress FIRST = PciAddress.parse("0000:01:10.0").orElseThrow();
    private static final PciAddress SECOND = PciAddress.parse("0000:01:10.2").orElseThrow();
    private static final String CARD = "bus/pci/devices/0000:01:00.0/";

    @TempDir
    Path folder;

    private final SimulatedCards cards = new SimulatedCards().card(1, "ens1", 0).card(2, "ens2", 1);
    private final HostFunctions functions = new HostFunctions(cards, cards, cards, Duration.ofMillis(50));

    private void divide(boolean probe) throws IOException {
        cards.write(CARD + "sriov_drivers_autoprobe", probe ? "1" : "0");
        cards.write(CARD + "sriov_numvfs", "4");
    }

    private Grants grants() throws IOException {
        return Grants.open(functions, GrantFolder.open(folder), InstantSource.system());
    }

    @Test
    void whatOneIsLikeIsRead() throws Exception {
        divide(true);
        FunctionState state = functions.state(FIRST);
        assertEquals(Optional.of("igbvf"), state.driver());
        assertEquals(Optional.empty(), state.override());
        NetdevState netdev = state.netdev().orElseThrow();
        assertEquals(List.of("ens1v0", 1500, false, false), List.of(netdev.name(), netdev.mtuBytes(), netdev.up(), netdev.promiscuous()));
        assertEquals(Optional.of(new PortState(PortState.NO_ADDRESS, PortState.Vlan.NONE, 0, 0, Optional.of(true), Optional.of(false),
                Optional.of(PortState.LinkState.AUTO))), state.port());
        assertTrue(assertThrows(IOException.class, () -> functions.state(PciAddress.parse("01:11.0").orElseThrow())).getMessage()
                .contains("there is no function 0000:01:11.0"));
    }

    @Test
    void theyAreSeenAndPooledLikeRealOnes() throws Exception {
        divide(true);
        Inventory found = Inventory.read(cards);
        assertEquals(List.of(), found.problems());
        Assignment assigned = Assignment.of(ConfigReader.read("pools: [{name: media, selectors: {pfNames: 'ens1#1-2'}}]").pools(),
                Candidate.of(found), List.of());
        assertEquals(List.of("0000:01:10.2", "0000:01:10.4"), assigned.members().values().iterator().next().stream()
                .map(each -> each.address().toString()).toList());
    }

    @Test
    void oneGoesToAContainerAndComesBackAsItWas() throws Exception {
        divide(true);
        FunctionState before = functions.state(FIRST);
        Grants grants = grants();
        Wish wish = new Wish(Mode.NETDEV, Optional.of("02:6a:00:00:00:07"), Optional.of(new PortState.Vlan(100, 3, false)), OptionalInt.empty(),
                OptionalInt.of(500), Optional.of(false), Optional.of(true), Optional.empty(), OptionalInt.of(1400));
        NetdevState given = grants.give(FIRST, "web", 1, wish).netdev().orElseThrow();
        assertEquals(List.of("02:6a:00:00:00:07", 1400, false), List.of(given.address(), given.mtuBytes(), given.up()));
        cards.change(given.name(), new Step.Rename("net1"));
        cards.move(FIRST, true);
        assertTrue(functions.state(FIRST).isAway());
        cards.move(FIRST, false); // its namespace has ended
        assertEquals("net1", functions.state(FIRST).netdev().orElseThrow().name());
        grants.takeBack(FIRST, "web");
        assertEquals(before, functions.state(FIRST));
    }

    @Test
    void oneWithoutADriverGoesToAProgramAndComesBackWithoutADriver() throws Exception {
        divide(false);
        FunctionState before = functions.state(FIRST);
        assertEquals(List.of(Optional.empty(), Optional.empty()), List.of(before.driver(), before.netdev()));
        Grants grants = grants();
        assertEquals(Optional.of(Course.VFIO), grants.give(FIRST, "dpdk", 1, Wish.plain(Mode.VFIO)).driver());
        int group = Integer.parseInt(cards.link("bus/pci/devices/" + FIRST + "/iommu_group").orElseThrow());
        cards.use(group, true);
        assertTrue(functions.isInUse(FIRST));
        assertEquals(1, grants.sweep(none -> false).size());
        cards.use(group, false);
        assertEquals(Map.of(), grants.sweep(none -> false));
        assertEquals(before, functions.state(FIRST));
    }

    @Test
    void oneOfACardThatProbesNoDriversGetsOneAllTheSame() throws Exception {
        divide(false);
        FunctionState before = functions.state(FIRST);
        Grants grants = grants();
        assertEquals(Optional.of("igbvf"), grants.give(FIRST, "web", 1, Wish.plain(Mode.NETDEV)).driver());
        assertEquals(Optional.of("0"), cards.read(CARD + "sriov_drivers_autoprobe"));
        grants.takeBack(FIRST, "web");
        assertEquals(before, functions.state(FIRST));
    }

    @Test
    void whatTheCardRefusesIsSaidInItsWordsAndUndone() throws Exception {
        divide(true);
        FunctionState before = functions.state(SECOND);
        Map<Wish, String> refused = Map.of(
                new Wish(Mode.NETDEV, Optional.empty(), Optional.of(new PortState.Vlan(7, 0, true)), OptionalInt.empty(), OptionalInt.empty(),
                        Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty()), "EPROTONOSUPPORT",
                new Wish(Mode.VFIO, Optional.of("03:00:00:00:00:01"), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
                        Optional.empty(), Optional.empty(), OptionalInt.empty()), "EINVAL",
                new Wish(Mode.NETDEV, Optional.empty(), Optional.empty(), OptionalInt.of(5), OptionalInt.empty(), Optional.empty(), Optional.empty(),
                        Optional.empty(), OptionalInt.empty()), "EINVAL",
                new Wish(Mode.NETDEV, Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(),
                        Optional.of(PortState.LinkState.ENABLE), OptionalInt.empty()), "EOPNOTSUPP");
        Grants grants = grants();
        for (Map.Entry<Wish, String> each : refused.entrySet()) {
            assertTrue(assertThrows(GrantException.class, () -> grants.give(SECOND, "web", 1, each.getKey())).getMessage().contains(each.getValue()),
                    each.toString());
            FunctionState now = functions.state(SECOND);
            assertEquals(List.of(), Course.differences(before, now), each.toString());
        }
        assertEquals(List.of(), grants.all());
    }

    @Test
    void aGroupThatTheHostUsesIsNotGivenToAProgram() throws Exception {
        divide(true);
        cards.write(CARD + "sriov_numvfs", "0");
        SharedGroup shared = new SharedGroup(cards);
        cards.write(CARD + "sriov_numvfs", "2");
        HostFunctions some = new HostFunctions(shared, cards, cards, Duration.ofMillis(50));
        assertTrue(assertThrows(IOException.class, () -> some.take(FIRST, new Step.Override(Course.VFIO))).getMessage().contains(
                "function 0000:01:10.0 shares the IOMMU group 9 with 0000:01:10.2 (igbvf), which the host uses"));
        some.take(SECOND, new Step.Unbind());
        some.take(FIRST, new Step.Override(Course.VFIO));
        assertEquals(Optional.of(Course.VFIO), some.state(FIRST).override());
        HostFunctions none = new HostFunctions(new WithoutIommu(cards), cards, cards, Duration.ofMillis(50));
        assertTrue(assertThrows(IOException.class, () -> none.take(FIRST, new Step.Override(Course.VFIO))).getMessage().contains("intel_iommu=on"));
    }

    /** All functions are in one group. */
    private static final class SharedGroup extends Around {
        SharedGroup(DeviceTree tree) {
            super(tree);
        }

        @Override
        public List<String> list(String path) {
            return path.startsWith("kernel/iommu_groups/") ? List.of(FIRST.toString(), SECOND.toString()) : super.list(path);
        }
    }

    private static final class WithoutIommu extends Around {
        WithoutIommu(DeviceTree tree) {
            super(tree);
        }

        @Override
        public Optional<String> link(String path) {
            return path.endsWith("/iommu_group") ? Optional.empty() : super.link(path);
        }
    }

    private static class Around implements DeviceTree {
        private final DeviceTree tree;

        Around(DeviceTree tree) {
            this.tree = tree;
        }

        @Override
        public List<String> list(String path) {
            return tree.list(path);
        }

        @Override
        public Optional<String> read(String path) {
            return tree.read(path);
        }

        @Override
        public Optional<String> link(String path) {
            return tree.link(path);
        }

        @Override
        public void write(String path, String text) throws IOException {
            tree.write(path, text);
        }
    }

    @Test
    void aDriverThatMakesNoNetworkDeviceIsNotWaitedForForEver() throws Exception {
        divide(false);
        assertTrue(assertThrows(IOException.class, () -> functions.take(FIRST, new Step.AwaitNetdev())).getMessage().contains(
                "has no network device after 50 ms; its driver is none"));
    }

    @Test
    void aDriverThatDidNotHearOfItsAddressBeginsAgain() throws Exception {
        divide(true);
        cards.deafen(FIRST, 2);
        Wish wish = new Wish(Mode.NETDEV, Optional.of("02:6a:00:00:00:07"), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), OptionalInt.empty());
        HostFunctions patient = new HostFunctions(cards, cards, cards, Duration.ofSeconds(20));
        Grants grants = Grants.open(patient, GrantFolder.open(folder), InstantSource.system());
        assertEquals("02:6a:00:00:00:07", grants.give(FIRST, "web", 1, wish).netdev().orElseThrow().address());
        grants.takeBack(FIRST, "web");
        cards.deafen(FIRST, 100);
        assertTrue(assertThrows(GrantException.class, () -> grants().give(FIRST, "web", 1, wish)).getMessage().contains(
                "which its physical function gave it, after 50 ms: see whether that is on, and has a carrier"));
    }

    @Test
    void aCardCannotBeDividedAnew() throws Exception {
        divide(true);
        assertTrue(assertThrows(IOException.class, () -> cards.write(CARD + "sriov_numvfs", "3")).getMessage().contains("Device or resource busy"));
        assertTrue(assertThrows(IOException.class, () -> cards.write(CARD + "sriov_numvfs", "8")).getMessage().contains("out of range"));
        cards.write(CARD + "sriov_numvfs", "4");
        assertEquals(4, Inventory.read(cards).physical().getFirst().virtual().size());
    }
}
