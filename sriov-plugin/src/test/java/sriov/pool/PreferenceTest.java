package sriov.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sriov.inventory.FakeSysTree;
import sriov.inventory.Inventory;

/** Cards 1 and 3 are on NUMA node 1, card 2 is on node 0. */
class PreferenceTest {
    private static final List<Candidate> ALL = Candidate.of(Inventory.read(new FakeSysTree().card(1, "a", 4, "igbvf", 20).card(2, "b", 4, "igbvf", 40)
            .card(3, "c", 4, "igbvf", 60)));

    private static List<Candidate> some(String... names) {
        return List.of(names).stream().map(name -> ALL.stream().filter(each -> name(each).equals(name)).findFirst().orElseThrow()).toList();
    }

    private static String name(Candidate candidate) {
        return candidate.of().orElseThrow().name() + candidate.index();
    }

    private static Optional<List<String>> chosen(Preference preference, List<Candidate> available, List<Candidate> must, int count) {
        return preference.choose(available, must, count).map(all -> all.stream().map(PreferenceTest::name).toList());
    }

    @Test
    void packedTakesTheCardWithTheFewestLeft() {
        assertEquals(Optional.of(List.of("b2")), chosen(Preference.PACKED, some("a0", "a1", "a2", "b2", "c0", "c1"), List.of(), 1));
        assertEquals(Optional.of(List.of("c0", "c1")), chosen(Preference.PACKED, some("a0", "a1", "a2", "b2", "c0", "c1"), List.of(), 2));
    }

    @Test
    void spreadTakesDifferentCardsOfOneNode() {
        assertEquals(Optional.of(List.of("a0", "c0")), chosen(Preference.SPREAD, some("a0", "a1", "c0", "c1", "b0"), List.of(), 2));
    }

    @Test
    void anotherNodeIsCrossedOnlyIfNoneHasEnough() {
        assertEquals(Optional.of(List.of("b0", "b1", "b2", "b3")), chosen(Preference.PACKED, ALL, List.of(), 4));
        assertEquals(8, chosen(Preference.PACKED, ALL, List.of(), 8).orElseThrow().stream().filter(each -> !each.startsWith("b")).count());
        assertEquals(9, chosen(Preference.PACKED, ALL, List.of(), 9).orElseThrow().stream().distinct().count());
    }

    @Test
    void whatMustBeAmongThemIs() {
        assertEquals(Optional.of(List.of("c3", "c0")), chosen(Preference.PACKED, ALL, some("c3"), 2));
        assertEquals(Optional.of(List.of("a0", "b0", "a1")), chosen(Preference.PACKED, ALL, some("a0", "b0"), 3));
    }

    @Test
    void moreThanThereAreCannotBeChosen() {
        assertEquals(Optional.empty(), chosen(Preference.PACKED, some("a0"), List.of(), 2));
        assertEquals(Optional.empty(), chosen(Preference.PACKED, some("a0", "a1"), some("b0"), 2));
        assertEquals(Optional.empty(), chosen(Preference.PACKED, some("a0", "a1"), some("a0", "a1"), 1));
        assertEquals(Optional.of(List.of()), chosen(Preference.SPREAD, ALL, List.of(), 0));
    }
}
