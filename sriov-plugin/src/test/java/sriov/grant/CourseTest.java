package sriov.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sriov.pool.Mode;

/** From what a function is like to what is wanted, and back, whatever happens meanwhile. */
class CourseTest {
    private static final String ADDRESS = "02:6a:00:00:00:07";

    private static Wish wish(Mode mode, Optional<String> address) {
        return new Wish(mode, address, Optional.of(new PortState.Vlan(100, 5, false)), OptionalInt.empty(), OptionalInt.of(500), Optional.of(true),
                Optional.of(true), Optional.empty(), OptionalInt.of(9000));
    }

    @Test
    void anAddressComesBeforeTheDriver() {
        assertEquals(List.of(new Step.Unbind(), new Step.Reset(), new Step.Trust(true), new Step.Address(ADDRESS),
                new Step.Tag(new PortState.Vlan(100, 5, false)), new Step.Rates(0, 500), new Step.Override(""), new Step.Probe(), new Step.AwaitNetdev(),
                new Step.AwaitAddress(ADDRESS), new Step.Down(), new Step.Mtu(9000)), Course.toward(wish(Mode.NETDEV, Optional.of(ADDRESS)), FakeFunction.fresh(false)));
    }

    @Test
    void whatNeedsNoOtherAddressKeepsItsDriver() {
        assertEquals(List.of(new Step.AwaitNetdev(), new Step.Down()), Course.toward(Wish.plain(Mode.NETDEV), FakeFunction.fresh(false)));
        assertEquals(List.of(new Step.Trust(true), new Step.Tag(new PortState.Vlan(100, 5, false)), new Step.Rates(0, 500), new Step.AwaitNetdev(),
                new Step.Down(), new Step.Mtu(9000)), Course.toward(wish(Mode.NETDEV, Optional.empty()), FakeFunction.fresh(false)));
        assertEquals(List.of(new Step.AwaitNetdev(), new Step.AwaitAddress("02:aa:00:00:00:01"), new Step.Down()), Course.toward(new Wish(Mode.NETDEV, Optional.of("02:aa:00:00:00:01"),
                Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty()),
                FakeFunction.fresh(true)), "it has that address");
    }

    @Test
    void aProgramGetsOneWithoutANetworkDevice() {
        FakeFunction function = new FakeFunction(FakeFunction.fresh(false), new Random(1));
        function.take(Course.toward(wish(Mode.VFIO, Optional.of(ADDRESS)), function.state()));
        assertEquals(Optional.of(Course.VFIO), function.state().driver());
        assertEquals(Optional.empty(), function.state().netdev());
        assertEquals(ADDRESS, function.state().port().orElseThrow().address());
    }

    @Test
    void itIsAsItWasWhateverBecameOfItMeanwhile() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            FunctionState before = FakeFunction.fresh(random.nextBoolean());
            if (random.nextInt(5) == 0) {
                before = new FunctionState(Optional.empty(), Optional.empty(), Optional.empty(), before.port());
            }
            FakeFunction function = new FakeFunction(before, random);
            Wish wish = wish(random.nextBoolean() ? Mode.VFIO : Mode.NETDEV, random.nextBoolean() ? Optional.of(ADDRESS) : Optional.empty());
            List<Step> there = Course.toward(wish, before);
            function.take(there.subList(0, random.nextInt(there.size() + 1))); // it is killed here
            if (random.nextBoolean()) {
                function.take(Course.toward(wish, function.state()));
                function.meddle();
            }
            List<Step> back = Course.back(before, function.state());
            function.take(back.subList(0, random.nextInt(back.size() + 1))); // and here
            function.take(Course.back(before, function.state()));
            assertEquals(List.of(), Course.differences(before, function.state()), "seed " + seed);
        }
    }

    @Test
    void whatIsOtherThanItWasIsSaid() {
        FunctionState before = FakeFunction.fresh(true);
        FakeFunction function = new FakeFunction(before, new Random(1));
        function.take(new Step.Mtu(9000));
        function.take(new Step.Tag(new PortState.Vlan(7, 0, false)));
        assertEquals(List.of("MTU is 9000, and was 1500", "VLAN is Vlan[id=7, priority=0, service=false], and was Vlan[id=0, priority=0, service=false]"),
                Course.differences(before, function.state()));
    }
}
