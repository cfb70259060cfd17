package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Course;
import sriov.grant.FakeFunction;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.PciAddress;
import sriov.pool.Mode;

/** Functions that are asked for together, by an agent and by a kubelet, and the process that is killed meanwhile. */
class HandoverTest {
    private static final int CALLS = 40;

    @TempDir
    Path folder;

    private final FunctionState fresh = FakeFunction.fresh(false);
    private final FakeFunctions functions = new FakeFunctions();
    private final PciAddress one = functions.add(1, fresh, new Random(1));
    private final PciAddress two = functions.add(2, fresh, new Random(2));
    private final PciAddress three = functions.add(3, fresh, new Random(3));

    private Grants open(String name, Functions seen) throws IOException {
        return Grants.open(seen, GrantFolder.open(folder.resolve(name)), InstantSource.system());
    }

    private static Map<PciAddress, Wish> wishes(Mode mode, PciAddress... functions) {
        Map<PciAddress, Wish> wishes = new LinkedHashMap<>();
        List.of(functions).forEach(each -> wishes.put(each, Wish.plain(mode)));
        return wishes;
    }

    private static List<String> owners(Grants grants) {
        return grants.all().stream().map(Grant::owner).toList();
    }

    @Test
    void whereverItIsKilledAllComeBack() throws Exception {
        int killed = 0;
        for (int calls = 0; calls < CALLS; calls++) {
            FakeFunctions some = new FakeFunctions();
            Map<PciAddress, Wish> wishes = new LinkedHashMap<>();
            for (int i = 0; i < 3; i++) {
                wishes.put(some.add(i, fresh, new Random(calls)), Wish.plain(i == 1 ? Mode.VFIO : Mode.NETDEV));
            }
            Grants grants = open("calls" + calls, some);
            some.killAfter(calls);
            try {
                new Handover(grants, some).give("web", 1, wishes);
            } catch (FakeFunctions.Killed here) {
                killed++;
            }
            some.live();
            Grants next = open("calls" + calls, some);
            assertTrue(owners(next).stream().allMatch("web"::equals), owners(next).toString());
            assertEquals(Map.of(), next.sweep(none -> false));
            for (PciAddress each : wishes.keySet()) {
                assertEquals(List.of(), Course.differences(fresh, some.function(each).state()), each + " after " + calls + " calls");
            }
        }
        assertTrue(killed > 10 && killed < CALLS, killed + " were killed");
    }

    @Test
    void theThirdIsRefusedAndTheFirstTwoAreAsBefore() throws Exception {
        Grants grants = open("all", functions);
        Handover handover = new Handover(grants, functions);
        grants.give(three, "db", 1, Wish.plain(Mode.NETDEV));
        grants.give(two, "web", 1, Wish.plain(Mode.NETDEV));
        assertEquals("function " + three + " belongs to db", assertThrows(GrantException.class, () -> handover.give("web", 1, wishes(Mode.NETDEV, one,
                two, three))).getMessage());
        assertEquals(List.of("web", "db"), owners(grants));
        assertEquals(List.of(), Course.differences(fresh, functions.function(one).state()));
    }

    @Test
    void whatCannotBeTakenBackIsSaidAsWell() throws Exception {
        Grants grants = open("all", functions);
        grants.give(two, "db", 1, Wish.plain(Mode.NETDEV));
        functions.refuse(step -> step instanceof Step.Override(String driver) && driver.isEmpty());
        String said = assertThrows(GrantException.class, () -> new Handover(grants, functions).give("web", 1, wishes(Mode.VFIO, one, two))).getMessage();
        assertTrue(said.startsWith("function " + two + " belongs to db; and what was given before it stays with web: setsockopt: EOPNOTSUPP"), said);
        assertEquals(List.of("web", "db"), owners(grants));
    }

    @Test
    void whatSharesAGroupIsNotGivenToTwo() throws Exception {
        functions.join(one, two);
        Grants grants = open("all", functions);
        Handover handover = new Handover(grants, functions);
        assertEquals(2, handover.give("web", 1, wishes(Mode.VFIO, one, two)).size(), "one owner may have both");
        grants.takeBack(two, "web");
        assertTrue(assertThrows(GrantException.class, () -> handover.give("db", 1, wishes(Mode.NETDEV, two))).getMessage()
                .contains("cannot be had apart from " + one + ", which belongs to web"));
        grants.takeBack(one, "web");
        assertEquals(1, handover.give("example.com/media", Map.of(one, Mode.VFIO)).size());
        assertTrue(assertThrows(GrantException.class, () -> handover.give("example.com/media", Map.of(two, Mode.VFIO))).getMessage()
                .contains("which belongs to kubelet:example.com/media"), "another container of the kubelet");
        assertEquals(1, handover.give("db", 1, wishes(Mode.NETDEV, three)).size());
    }

    @Test
    void aKubeletComesAfterAnAgentWithoutAFenceOfItsOwn() throws Exception {
        Grants grants = open("all", functions);
        Handover handover = new Handover(grants, functions);
        handover.give("web", 7, wishes(Mode.VFIO, one));
        assertEquals(Optional.of(Course.VFIO), handover.give("example.com/media", Map.of(one, Mode.NETDEV)).get(one).driver(), "it is left as it is");
        grants.takeBack(one, "web");
        handover.give("example.com/media", Map.of(one, Mode.NETDEV));
        assertEquals(List.of("kubelet:example.com/media"), owners(grants));
        handover.end();
        assertTrue(assertThrows(GrantException.class, () -> handover.give("db", 8, wishes(Mode.NETDEV, two))).getMessage().contains("the plug-in ends"));
    }
}
