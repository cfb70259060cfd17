package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.pool.Division;
import sriov.pool.DivisionStep;
import sriov.pool.Divisions;
import sriov.pool.Mode;

/** Cards that are divided, and a kernel that refuses, or waits for somebody. */
class DividerTest {
    private static final PciAddress CARD = PciAddress.parse("01:00.0").orElseThrow();
    private static final PciAddress PART = PciAddress.parse("01:10.0").orElseThrow();

    @TempDir
    Path folder;

    private final SimulatedCards cards = new SimulatedCards().card(1, "ens1", 0);
    private final HostFunctions functions = new HostFunctions(cards, cards, cards, Duration.ofMillis(50));
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<String> journal = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private Grants grants;

    @BeforeEach
    void begin() throws IOException {
        grants = Grants.open(functions, GrantFolder.open(folder), () -> now);
    }

    private Divider divider(DeviceTree tree, Functions seen, Duration patience) {
        return new Divider(tree, seen, grants, patience, () -> now, said -> {
            journal.add(said);
            ended.countDown();
        });
    }

    private PhysicalFunction card() {
        return Inventory.read(cards).find(CARD.toString()).orElseThrow();
    }

    private void divide(Divider divider, int parts) throws IOException {
        List<DivisionStep> steps = Divisions.decide(List.of(new Division("ens1", parts, true)), Inventory.read(cards), Map.of());
        divider.carryOut(card(), steps);
    }

    @Test
    void itIsDivided() throws Exception {
        Divider divider = divider(cards, functions, Duration.ofSeconds(30));
        divide(divider, 3);
        divide(divider, 5);
        assertEquals(5, card().virtual().size());
        divide(divider, 0);
        assertEquals(0, card().virtual().size());
        assertEquals(List.of(), divider.waits());
    }

    @Test
    void whatSomebodyHasIsLeftAlone() throws Exception {
        Divider divider = divider(cards, functions, Duration.ofSeconds(30));
        divide(divider, 3);
        grants.give(PART, "web", 1, Wish.plain(Mode.NETDEV));
        assertEquals("function 0000:01:10.0 belongs to web", assertThrows(GrantException.class, () -> divide(divider, 5)).getMessage());
        grants.takeBack(PART, "web");
        cards.move(PART, true);
        assertEquals("ens1 is not divided anew: the network device of 0000:01:10.0 is in a namespace of somebody", assertThrows(GrantException.class,
                () -> divider.carryOut(card(), List.of(new DivisionStep.Divide(CARD, 0)))).getMessage());
        assertEquals(3, card().virtual().size());
        cards.move(PART, false);
        assertTrue(grants.give(PART, "web", 1, Wish.plain(Mode.NETDEV)).netdev().isPresent(), "it is let go");
    }

    @Test
    void whatTheKernelRefusesIsTriedAgainLater() throws Exception {
        List<String> tried = new ArrayList<>();
        Divider divider = divider(new RefusingTree(cards, tried), functions, Duration.ofSeconds(30));
        for (int i = 0; i < 3; i++) {
            assertEquals("ens1 is not divided as it should be: writing 3 to sriov_numvfs: Input/output error", assertThrows(GrantException.class, () ->
                    divide(divider, 3)).getMessage());
        }
        assertEquals(1, tried.size());
        now = now.plus(Duration.ofMinutes(2));
        assertThrows(GrantException.class, () -> divide(divider, 3));
        assertEquals(2, tried.size());
        divider.forgive(CARD);
        assertThrows(GrantException.class, () -> divide(divider, 3));
        assertEquals(3, tried.size());
    }

    @Test
    void aKernelThatWaitsKeepsNobody() throws Exception {
        // A program opens a part between the last look and the write, which nobody can rule out.
        HostFunctions blind = new HostFunctions(cards, cards, any -> false, Duration.ofMillis(50));
        Divider patient = divider(cards, blind, Duration.ofSeconds(30));
        Divider divider = divider(cards, blind, Duration.ofMillis(20));
        divide(patient, 3);
        functions.take(PART, new Step.Unbind());
        functions.take(PART, new Step.Override("vfio-pci"));
        functions.take(PART, new Step.Probe());
        int group = Integer.parseInt(cards.link("bus/pci/devices/" + PART + "/iommu_group").orElseThrow());
        cards.use(group, true);
        String waits = "ens1 is still being divided: the kernel waits until nobody has /dev/vfio/" + group + " open any more; end who does";
        assertEquals(waits, assertThrows(GrantException.class, () -> divide(divider, 5)).getMessage());
        assertEquals(waits, assertThrows(GrantException.class, () -> divide(divider, 5)).getMessage());
        assertEquals(List.of(waits), divider.waits());
        assertTrue(assertThrows(GrantException.class, () -> grants.give(PciAddress.parse("01:10.2").orElseThrow(), "web", 1, Wish.plain(Mode.NETDEV)))
                .getMessage().contains("cannot be had now: ens1 is being divided anew"));
        cards.use(group, false);
        ended.await();
        assertEquals(List.of("ens1: what the kernel waited for has ended"), journal);
        assertEquals(List.of(), divider.waits());
        assertEquals(0, card().virtual().size(), "what was left to do is decided anew");
        divide(patient, 5);
        assertEquals(5, card().virtual().size());
    }

    /** A card whose driver does not divide it. */
    private record RefusingTree(SimulatedCards cards, List<String> tried) implements DeviceTree {
        @Override
        public void write(String path, String text) throws IOException {
            if (path.endsWith("sriov_numvfs")) {
                tried.add(text);
                throw new IOException("writing " + text + " to sriov_numvfs: Input/output error");
            }
            cards.write(path, text);
        }

        @Override
        public List<String> list(String path) {
            return cards.list(path);
        }

        @Override
        public Optional<String> read(String path) {
            return cards.read(path);
        }

        @Override
        public Optional<String> link(String path) {
            return cards.link(path);
        }
    }
}
