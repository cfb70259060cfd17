package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Mount;

/** Who mounts a file system of huge pages. */
class HugePagesPlanTest {
    private static List<String> steps(boolean userNamespace, Lane lane) {
        return PlanSample.container(userNamespace, HugePagesPlanTest::withPages).steps().stream()
                .filter(step -> step.lane() == lane && step.purpose().equals("mount /dev/hugepages"))
                .map(step -> Spelling.of(step.instruction())).toList();
    }

    private static ContainerSpec withPages(ContainerSpec spec) {
        List<Mount> mounts = new ArrayList<>(spec.mounts());
        mounts.add(Mount.of("/dev/hugepages", "hugetlbfs", "hugetlbfs", "nosuid", "pagesize=2M"));
        return new ContainerSpec(spec.ociVersion(), spec.process(), spec.root(), spec.hostname(),
                spec.domainname(), mounts, spec.hooks(), spec.annotations(), spec.linux());
    }

    @Test
    void theContainerItselfWhereItMay() {
        assertEquals(List.of(), steps(false, Lane.KEEPER));
        assertTrue(steps(false, Lane.CONTAINER).getLast().startsWith(
                "mount(\"hugetlbfs\", \"/dev/hugepages\", \"hugetlbfs\", MS_NOSUID, \"pagesize=2M\""),
                steps(false, Lane.CONTAINER).toString());
    }

    @Test
    void theKeeperForAUserNamespace() {
        List<String> outside = steps(true, Lane.KEEPER);
        assertTrue(outside.getFirst().startsWith("fsopen(\"hugetlbfs\""), outside.toString());
        assertTrue(outside.stream().anyMatch(step -> step.contains("\"uid\"")), outside.toString());
        List<String> inside = steps(true, Lane.CONTAINER);
        assertTrue(inside.stream().anyMatch(step -> step.startsWith("move_mount(")), inside.toString());
        assertTrue(inside.stream().noneMatch(step -> step.startsWith("mount(")), inside.toString());
    }
}
