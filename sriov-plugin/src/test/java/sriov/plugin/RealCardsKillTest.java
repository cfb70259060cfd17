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
 * Whoever gives and takes back is killed at a hundred points, on cards of the kernel's own: between any two changes on the way there and on the way back, and between
 * those of who comes after and takes back what is left. What is left then is what a killed process leaves: the kernel's state and the records. Only in the machine of {@code vm/cards.sh}.
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
            if (changes == 0) {
                throw new Killed();
            }
            changes--;
            functions.take(function, step);
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

    /** Each way as long as it can be: everything is asked for; without an address a driver may stay. */
    private static Wish wish(int kind) {
        Mode mode = kind % 2 == 0 ? Mode.NETDEV : Mode.VFIO;
        Optional<String> address = kind % 4 < 2 ? Optional.of("02:6a:00:00:00:07") : Optional.empty();
        return new Wish(mode, address, Optional.of(new PortState.Vlan(100 + kind, 3, false)), OptionalInt.empty(), OptionalInt.empty(), Optional.of(false),
                Optional.of(true), Optional.empty(), mode == Mode.NETDEV ? OptionalInt.of(1400) : OptionalInt.empty());
    }

    private boolean isKilled(Functions mortal, Life life) throws IOException {
        try {
            life.live(open(mortal));
            return false;
        } catch (Killed end) {
            return true;
        }
    }

    /** What a process does until it is killed. */
    private interface Life {
        void live(Grants grants) throws IOException;
    }

    @Test
    void killedAtAHundredPoints() throws Exception {
        FunctionState fresh = functions.state(part);
        int killed = 0;
        int kind = 0;
        int point = 0;
        while (killed < POINTS) {
            String where = "kind " + kind + ", change " + point;
            Wish wish = wish(kind);
            boolean first = isKilled(new Mortal(point), grants -> {
                grants.give(part, "web", 1, wish);
                grants.takeBack(part, "web");
            });
            killed += first ? 1 : 0;
            // Who comes after is killed as well, and so on until one lives.
            if (isKilled(new Mortal(point % 7), grants -> grants.sweep(owner -> false))) {
                killed++;
                assertEquals(1, open(functions).all().size(), "it is somebody's as long as it is not back: " + where);
            }
            assertEquals(Map.of(), open(functions).sweep(owner -> false), where);
            assertEquals(List.of(), Course.differences(fresh, functions.state(part)), where);
            assertEquals(List.of(), open(functions).all(), where);
            point = first ? point + 1 : 0;
            kind = first ? kind : kind + 1;
            assertTrue(kind < 8, killed + " points are all there are");
        }
        System.out.println("    killed at " + killed + " points of " + (kind + 1) + " kinds of wishes");
    }
}
