package clusterd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Role;
import clusterd.model.NodeSpec;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Part;
import clusterd.state.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may leave the managers' group, and what becomes of roles. */
class DepartureTest {
    private static Seen voter(String id, boolean inReach) {
        return new Seen(id, true, inReach);
    }

    private static ClusterState state(Object... nodesAndRoles) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < nodesAndRoles.length; i += 2) {
            commands.add(new Command.AddNode(Sample.node((String) nodesAndRoles[i], 1, 1)
                    .with(NodeSpec.of((Role) nodesAndRoles[i + 1]))));
        }
        return ClusterState.EMPTY.apply(commands).state();
    }

    @Test
    void oneOfThreeMayLeaveAndADeadOneToo() {
        List<Seen> three = List.of(voter("a", true), voter("b", true), voter("c", false));
        assertEquals(Optional.empty(), Departure.refusal(three, "c", "c"));
        assertEquals(Optional.empty(), Departure.refusal(three, "z", "z"));
    }

    @Test
    void nobodyLeavesIfNoMajorityWouldBeLeft() {
        List<Seen> three = List.of(voter("a", true), voter("b", true), voter("c", false));
        assertTrue(Departure.refusal(three, "b", "beta").orElseThrow().contains("without node beta"), "two, one up");
        List<Seen> lost = List.of(voter("a", true), voter("b", false), voter("c", false));
        assertTrue(Departure.refusal(lost, "c", "c").orElseThrow().contains("jctl cluster recover"), "lost already");
    }

    @Test
    void theLastWithTheStateStays() {
        assertTrue(Departure.refusal(List.of(voter("a", true)), "a", "a").orElseThrow().contains("only manager"),
                "alone");
        assertTrue(Departure.refusal(List.of(voter("a", true), new Seen("w", false, true)), "a", "a").orElseThrow()
                .contains("only manager"), "beside a witness");
    }

    @Test
    void aWitnessBecomesNothingElseAndNothingElseAWitness() {
        assertTrue(RoleChange.refusal("w", Role.WITNESS, Role.MANAGER).orElseThrow().contains("is a witness"), "from");
        assertTrue(RoleChange.refusal("a", Role.WORKER, Role.WITNESS).orElseThrow().contains("cannot become"), "to");
        assertEquals(Optional.empty(), RoleChange.refusal("a", Role.WORKER, Role.MANAGER));
        assertEquals(Optional.empty(), RoleChange.refusal("w", Role.WITNESS, Role.WITNESS));
    }

    @Test
    void theGroupFollowsTheStateAndALeaderHandsOverFirst() {
        List<Seen> three = List.of(voter("a", true), voter("b", true), voter("c", true));
        assertEquals(new GroupStep.None(), GroupStep.decide(state("a", Role.MANAGER, "b", Role.MANAGER, "c",
                Role.WITNESS), three, "a"));
        assertEquals(new GroupStep.TakeOut(List.of("c")), GroupStep.decide(state("a", Role.MANAGER, "b",
                Role.MANAGER, "c", Role.WORKER), three, "a"));
        assertEquals(new GroupStep.TakeOut(List.of("c")), GroupStep.decide(state("a", Role.MANAGER, "b",
                Role.MANAGER), three, "a"), "removed");
        assertEquals(new GroupStep.HandOver(), GroupStep.decide(state("a", Role.WORKER, "b", Role.MANAGER, "c",
                Role.MANAGER), three, "a"));
        assertTrue(GroupStep.decide(state(), List.of(voter("a", true)), "a") instanceof GroupStep.Wait,
                "never below one");
    }

    @Test
    void aStateForOneManagerHasNoOtherManagerAndNoTerm() {
        ClusterState state = state("a", Role.MANAGER, "b", Role.MANAGER, "w", Role.WITNESS, "c", Role.WORKER)
                .apply(List.of(new Command.BeginTerm(7, "a"))).state();
        Alone alone = Alone.of(state, Sample.node("a", 1, 1));
        assertEquals(List.of("b"), alone.demoted());
        assertEquals(List.of("w"), alone.removed());
        ClusterState next = ClusterState.EMPTY.apply(List.of(new Command.Restore(alone.parts()))).state();
        assertEquals(List.of(Role.MANAGER, Role.WORKER, Role.WORKER),
                next.nodes().stream().map(each -> each.spec().role()).toList());
        assertEquals(0, next.term());
        Alone elsewhere = Alone.of(state, Sample.node("new", 1, 1).with(NodeSpec.of(Role.MANAGER)));
        assertEquals(List.of("a", "b"), elsewhere.demoted());
        assertTrue(elsewhere.parts().getFirst() instanceof Part.OfNode, "it is added");
    }
}
