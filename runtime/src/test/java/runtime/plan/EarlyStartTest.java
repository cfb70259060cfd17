package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.SpecChange;

/** The network namespace is made beside the root file system, where it can be. */
class EarlyStartTest {
    private static final String NETWORK = "unshare(CLONE_NEWNET)";

    private static List<String> spelled(LaunchPlan plan, int from) {
        return plan.steps().subList(from, plan.steps().size()).stream()
                .map(step -> Spelling.of(step.instruction())).toList();
    }

    /** What the container makes for itself. */
    private static List<String> unshared(LaunchPlan plan) {
        return spelled(plan, PlanSample.index(plan, "container:")).stream()
                .filter(step -> step.startsWith("unshare(")).toList();
    }

    private static String clone(LaunchPlan plan) {
        return spelled(plan, PlanSample.index(plan, "clone3(")).getFirst();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theProcessIsClonedBeforeItsRootIsMounted(boolean userNamespace) {
        LaunchPlan plan = PlanSample.container(userNamespace, UnaryOperator.identity());
        assertTrue(PlanSample.index(plan, "clone3(")
                < PlanSample.index(plan, "mount(\"overlay\""));
        assertEquals(List.of("unshare(CLONE_NEWCGROUP)", NETWORK, "unshare(CLONE_NEWNS)"),
                unshared(plan));
        assertTrue(!clone(plan).contains("CLONE_NEWNET") && !clone(plan).contains("CLONE_NEWNS"),
                clone(plan));
    }

    @Test
    void itCopiesTheMountsOnceTheRootIsAmongThem() {
        LaunchPlan plan = PlanSample.container(true, UnaryOperator.identity());
        int keeperSaysGo = PlanSample.index(plan, "write(<go>");
        int containerWaits = PlanSample.index(plan, "read(<go>");
        assertTrue(PlanSample.index(plan, "mount(\"overlay\"") < keeperSaysGo);
        assertTrue(PlanSample.index(plan, NETWORK) < containerWaits);
        List<String> afterwards = spelled(plan, containerWaits);
        int copies = afterwards.indexOf("unshare(CLONE_NEWNS)");
        assertTrue(copies > 0 && copies < afterwards.indexOf("pivot_root(\".\", \".\")"),
                afterwards.toString());
    }

    @Test
    void whereNamespacesAreSharedItIsClonedLastWithAllThatAreItsOwn() {
        LaunchPlan plan = PlanSample.container(false, spec -> SpecChange.namespaces(spec, List.of(
                new Namespace(NamespaceType.MOUNT, Optional.empty()),
                new Namespace(NamespaceType.NETWORK, Optional.empty()),
                new Namespace(NamespaceType.IPC, Optional.of("/proc/7/ns/ipc")))));
        assertTrue(clone(plan).contains("CLONE_NEWNET") && clone(plan).contains("CLONE_NEWNS"),
                clone(plan));
        assertTrue(PlanSample.index(plan, "mount(\"overlay\"")
                < PlanSample.index(plan, "clone3("));
        assertEquals(List.of(), unshared(plan));
    }

    @Test
    void oneThatIsHandedOverIsClonedLast() {
        LaunchPlan plan = PlanSample.handedOver(new Handover(List.of(), Map.of(), Map.of()),
                UnaryOperator.identity());
        assertTrue(clone(plan).contains("CLONE_NEWNET"), clone(plan));
    }
}
