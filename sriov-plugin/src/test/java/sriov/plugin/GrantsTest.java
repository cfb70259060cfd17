package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Course;
import sriov.grant.FakeFunction;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.PortState;
import sriov.grant.Step;
import sriov.grant.Wish;
import sriov.inventory.PciAddress;
import sriov.pool.Mode;

/** One owner at a time, and everything as it was, wherever the process is killed. */
class GrantsTest {
    private static final int SEEDS = 400;
    private static final int FUNCTIONS = 3;

    @TempDir
    Path folder;

    private final FakeFunctions functions = new FakeFunctions();
    private final FunctionState fresh = FakeFunction.fresh(false);
    private final PciAddress one = functions.add(1, fresh, new Random(1));

    private Grants open() throws IOException {
        return Grants.open(functions, GrantFolder.open(folder), InstantSource.system());
    }

    private static Wish wish(Mode mode, String address) {
        return new Wish(mode, Optional.of(address), Optional.of(new PortState.Vlan(100, 0, false)), OptionalInt.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.of(true), Optional.empty(), OptionalInt.empty());
    }

    private void assertFree(PciAddress function, FunctionState before) {
        assertEquals(List.of(), Course.differences(before, functions.function(function).state()));
        assertEquals(false, Files.exists(folder.resolve(function.toString())));
    }

    @Test
    void whatIsGivenIsAsWantedAndComesBackAsItWas() throws Exception {
        Grants grants = open();
        FunctionState given = grants.give(one, "web", 1, wish(Mode.NETDEV, "02:6a:00:00:00:07"));
        assertEquals("02:6a:00:00:00:07", given.netdev().orElseThrow().address());
        assertEquals(List.of("web"), open().all().stream().map(Grant::owner).toList(), "another process knows");
        grants.takeBack(one, "web");
        assertFree(one, fresh);
        grants.takeBack(one, "web");
        assertEquals(List.of(), grants.all());
    }

    @Test
    void whoComesSecondIsRefusedWithTheName() throws Exception {
        Grants grants = open();
        grants.give(one, "web", 1, Wish.plain(Mode.NETDEV));
        assertEquals("function 0000:01:01.0 belongs to web", assertThrows(GrantException.class, () ->
                grants.give(one, "db", 2, Wish.plain(Mode.NETDEV))).getMessage());
        grants.takeBack(one, "db");
        assertEquals(1, grants.all().size(), "who has it not cannot give it back");
        assertTrue(assertThrows(GrantException.class, () -> open().give(one, "db", 2, Wish.plain(Mode.VFIO))).getMessage().contains("web"));
    }

    @Test
    void whoIsLateIsRefused() throws Exception {
        Grants grants = open();
        grants.give(one, "new", 7, Wish.plain(Mode.NETDEV));
        assertTrue(assertThrows(GrantException.class, () -> grants.give(one, "new", 6, Wish.plain(Mode.NETDEV))).getMessage()
                .contains("fence 6 is below 7"));
        grants.takeBack(one, "new");
        assertThrows(GrantException.class, () -> grants.give(one, "old", 6, Wish.plain(Mode.NETDEV)));
        grants.give(one, "newer", 8, Wish.plain(Mode.NETDEV));
        assertEquals(1, grants.all().size());
    }

    @Test
    void whatIsInAContainerIsLeftAloneIfItIsGivenAgain() throws Exception {
        Grants grants = open();
        Wish wish = wish(Mode.NETDEV, "02:6a:00:00:00:07");
        grants.give(one, "web", 1, wish);
        functions.function(one).leave();
        functions.taken().clear();
        assertTrue(grants.give(one, "web", 1, wish).isAway());
        assertTrue(open().give(one, "web", 2, wish).isAway());
        assertEquals(List.of(), functions.taken());
        assertTrue(assertThrows(GrantException.class, () -> grants.give(one, "web", 2, Wish.plain(Mode.NETDEV))).getMessage()
                .contains("in another way"));
        grants.takeBack(one, "web");
        assertFree(one, fresh);
    }

    @Test
    void whatTheCardCannotDoLeavesItAsItWas() throws Exception {
        Grants grants = open();
        functions.refuse(step -> step instanceof Step.Trust(boolean on) && on);
        String said = assertThrows(GrantException.class, () -> grants.give(one, "web", 1, wish(Mode.VFIO, "02:6a:00:00:00:07"))).getMessage();
        assertTrue(said.startsWith("function 0000:01:01.0 cannot be given to web: setsockopt: EOPNOTSUPP of Trust"), said);
        assertFree(one, fresh);
        assertThrows(IOException.class, () -> grants.give(new PciAddress(0, 9, 9, 0), "web", 1, Wish.plain(Mode.NETDEV)));
        assertEquals(List.of(), grants.all());
    }

    @Test
    void whatCannotBeTakenBackStaysSomebodysUntilItCan() throws Exception {
        Grants grants = open();
        grants.give(one, "web", 1, Wish.plain(Mode.VFIO));
        functions.use(one, true);
        assertTrue(grants.sweep(none -> false).get(one).contains("a program has it open"));
        functions.use(one, false);
        functions.refuse(step -> step instanceof Step.Probe);
        assertEquals(1, grants.sweep(none -> false).size());
        assertThrows(GrantException.class, () -> grants.give(one, "db", 2, Wish.plain(Mode.NETDEV)));
        functions.refuse(none -> false);
        assertEquals(Map.of(), open().sweep(none -> false));
        assertFree(one, fresh);
    }

    @Test
    void onlyOwnersThatAreNoMoreLoseTheirs() throws Exception {
        PciAddress two = functions.add(2, fresh, new Random(2));
        Grants grants = open();
        grants.give(one, "web", 1, Wish.plain(Mode.NETDEV));
        grants.give(two, "db", 1, Wish.plain(Mode.VFIO));
        assertEquals(Map.of(), grants.sweep("web"::equals));
        assertEquals(List.of("web"), grants.all().stream().map(Grant::owner).toList());
        assertFree(two, fresh);
    }

    @Test
    void aRecordThatCannotBeReadIsSomebodys() throws Exception {
        open().give(one, "web", 1, wish(Mode.VFIO, "02:6a:00:00:00:07"));
        Files.writeString(folder.resolve(one.toString()), "{\"function\": ");
        Files.writeString(folder.resolve("0000:01:02.0.new"), "half");
        Grants grants = open();
        assertEquals(false, Files.exists(folder.resolve("0000:01:02.0.new")));
        assertTrue(grants.damaged().get(one).contains("cannot be read: it is no JSON"), grants.damaged().toString());
        assertTrue(assertThrows(GrantException.class, () -> grants.give(one, "db", 2, Wish.plain(Mode.NETDEV))).getMessage()
                .contains("jctl vf reset 0000:01:01.0"));
        grants.reset(one);
        FunctionState plain = functions.function(one).state();
        assertEquals(List.of(Optional.of("igbvf"), Optional.empty()), List.of(plain.driver(), plain.override()));
        assertEquals(plain.netdev().orElseThrow().address(), plain.port().orElseThrow().address(), "its driver made one up, and told it");
        assertEquals(Map.of(), grants.damaged());
        grants.give(one, "db", 2, Wish.plain(Mode.NETDEV));
        assertEquals(List.of("db"), open().all().stream().map(Grant::owner).toList());
    }

    @Test
    void whereverItIsKilledNobodyHasWhatAnotherHasAndAllComesBack() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            FakeFunctions some = new FakeFunctions();
            Map<PciAddress, FunctionState> before = new TreeMap<>();
            for (int i = 0; i < FUNCTIONS; i++) {
                FunctionState state = FakeFunction.fresh(random.nextBoolean());
                before.put(some.add(i, state, random), state);
            }
            Path place = folder.resolve("seed" + seed);
            Map<PciAddress, String> owners = new TreeMap<>();
            for (int life = 0; life < 6; life++) {
                some.live();
                Grants grants = Grants.open(some, GrantFolder.open(place), InstantSource.system());
                Map<PciAddress, String> known = new TreeMap<>();
                grants.all().forEach(each -> known.put(each.function(), each.owner()));
                owners.forEach((function, owner) -> assertEquals(owner, known.get(function), "an owner was lost"));
                some.killAfter(random.nextInt(25));
                try {
                    for (int i = 0; i < 6; i++) {
                        change(grants, List.copyOf(before.keySet()).get(random.nextInt(FUNCTIONS)), owners, random);
                    }
                } catch (FakeFunctions.Killed here) {
                    some.live();
                }
            }
            some.live();
            Grants last = Grants.open(some, GrantFolder.open(place), InstantSource.system());
            assertEquals(Map.of(), last.sweep(none -> false), "seed " + seed);
            for (Map.Entry<PciAddress, FunctionState> each : before.entrySet()) {
                assertEquals(List.of(), Course.differences(each.getValue(), some.function(each.getKey()).state()), "seed " + seed);
            }
            try (var left = Files.list(place)) {
                assertEquals(0, left.count(), "seed " + seed);
            }
        }
    }

    /** What is in owners has been said to somebody, and so must stand. */
    private static void change(Grants grants, PciAddress function, Map<PciAddress, String> owners, Random random) throws IOException {
        String owner = "owner" + random.nextInt(3);
        if (random.nextBoolean()) {
            try {
                Wish wish = wish(random.nextBoolean() ? Mode.VFIO : Mode.NETDEV, "02:6a:00:00:00:0" + random.nextInt(10));
                boolean mine = owner.equals(owners.get(function));
                grants.give(function, owner, 1, wish);
                assertTrue(mine || !owners.containsKey(function), "two owners");
                owners.put(function, owner);
            } catch (GrantException refused) {
                assertEquals(true, refused.getMessage().contains("belongs to"), refused.getMessage());
            }
            return;
        }
        String had = owners.get(function);
        if (owner.equals(had)) {
            owners.remove(function); // from here on it may be given back already
        }
        grants.takeBack(function, owner);
    }
}
