package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Course;
import sriov.grant.FunctionState;
import sriov.grant.PortState;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.pool.Mode;
import testkit.NeedsKernel;
import testkit.Requires;

/**
 * Whoever gives and takes back is killed at a hundred points, on cards of the kernel's own: right before a change, or right after it, on the way there and on the way
 * back, and on the way back of who came after. What is left then is what a killed process leaves: the kernel's state and the records. Only in the machine of {@code vm/cards.sh}.
 */
@NeedsKernel
class RealCardsKillTest {
    private static final int POINTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HostSysTree tree = new HostSysTree(Path.of("/sys"));
    private final HostFunctions functions = new HostFunctions(tree, new HostLinks(), new HostVfioGroups(Path.of("/dev/vfio")), PATIENCE);
    private PciAddress part;

    /** The end of a process. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** The host's functions, until a change that is the last. */
    private final class Mortal implements Functions {
        private int changes;

        Mortal(int changes) {
            this.changes = changes;
        }

        @Override
        public FunctionState state(PciAddress function) throws IOException {
            return functions.state(function);
        }

        @Override
        public void take(PciAddress function, Step step) throws IOException {
            if (changes-- == 0) {
                throw new Killed();
            }
            functions.take(function, step);
            if (changes == 0) {
                throw new Killed();
            }
        }

        @Override
        public boolean isInUse(PciAddress function) throws IOException {
            return functions.isInUse(function);
        }

        @Override
        public boolean isThere(PciAddress function) {
            return functions.isThere(function);
        }

        @Override
        public List<PciAddress> companions(PciAddress function) {
            return functions.companions(function);
        }
    }

    @BeforeEach
    void divide() throws Exception {
        Requires.fact("yes".equals(System.getenv("JCTL_TEST_CARDS")), "JCTL_TEST_CARDS=yes: network cards that tests may divide");
        PhysicalFunction card = Inventory.read(tree).physical().stream().filter(each -> each.function().driver().equals(Optional.of("igb"))).findFirst()
                .orElseThrow();
        new HostLinks().change(card.uplink().orElseThrow().name(), new Step.Up());
        String path = "bus/pci/devices/" + card.address() + "/";
        if (card.virtual().isEmpty()) {
            tree.write(path + "sriov_drivers_autoprobe", "1");
            tree.write(path + "sriov_numvfs", "2");
        }
        part = Inventory.read(tree).find(card.address().toString()).orElseThrow().virtual().getFirst().address();
        if (functions.state(part).driver().isEmpty()) {
            functions.take(part, new Step.Probe());
        }
        functions.take(part, new Step.AwaitNetdev());
    }

    private Grants open(Functions of) throws IOException {
        return Grants.open(of, GrantFolder.open(folder), InstantSource.system());
    }

    private static Wish wish(int round) {
        Mode mode = round % 2 == 0 ? Mode.NETDEV : Mode.VFIO;
        // An address makes each way as long as it can be; without one a driver may stay.
        Optional<String> address = round % 4 < 2 ? Optional.of("02:6a:00:00:00:%02x".formatted(round + 1)) : Optional.empty();
        return new Wish(mode, address, Optional.of(new PortState.Vlan(100 + round, 0, false)), OptionalInt.empty(), OptionalInt.empty(),
                Optional.of(false), Optional.of(true), Optional.empty(), mode == Mode.NETDEV ? OptionalInt.of(1400) : OptionalInt.empty());
    }

    @Test
    void killedAtAHundredPoints() throws Exception {
        FunctionState fresh = functions.state(part);
        int killed = 0;
        int ended = 0;
        for (int round = 0; killed < POINTS; round++) {
            Wish wish = wish(round);
            int there = Course.toward(wish, functions.state(part)).size();
            // Before and after each change on the way there, then on the way back.
            int point = round / 4;
            boolean back = point > there;
            try {
                Grants first = open(new Mortal(back ? Integer.MAX_VALUE : point));
                first.give(part, "web", round, wish);
                first.takeBack(part, "web");
                ended++;
            } catch (Killed atThere) {
                killed++;
            }
            if (back) {
                open(functions).give(part, "web", round, wish);
                try {
                    open(new Mortal(point - there)).takeBack(part, "web");
                    ended++;
                } catch (Killed atBack) {
                    killed++;
                    assertEquals(1, open(functions).all().size(), "it is somebody's as long as it is not back");
                }
            }
            assertTrue(ended < 3 * POINTS, "there are not so many changes");
            assertEquals(Map.of(), open(functions).sweep(owner -> false), "round " + round);
            assertEquals(List.of(), Course.differences(fresh, functions.state(part)), "round " + round);
            assertEquals(List.of(), open(functions).all(), "round " + round);
        }
        assertEquals(POINTS, killed);
    }
}
