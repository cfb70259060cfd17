package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.SpecChange;

class SecurityLabelsTest {
    private static final String LABEL = "system_u:system_r:container_t:s0:c1,c2";
    private static final String FILES = "system_u:object_r:container_file_t:s0:c1,c2";
    private static final PlanInput.Features NOTHING = new PlanInput.Features(false, false, false, true);
    private static final UnaryOperator<ContainerSpec> BOTH = spec ->
            SpecChange.seLinux(SpecChange.appArmor(spec, "docker-default"), LABEL,
                    Optional.of(FILES));

    @Test
    void labelsAreWrittenThroughTheHostsProc() {
        LaunchPlan plan = PlanSample.container(true, BOTH);
        assertEquals(List.of("openat(AT_FDCWD, \"/proc\", O_PATH|O_CLOEXEC)"),
                PlanSample.spelled(plan, Lane.KEEPER, "security label"));
        String how = "{flags=O_WRONLY|O_CLOEXEC, resolve=RESOLVE_NO_XDEV}, 24)";
        assertEquals(List.of(
                "openat2(<host_proc>, \"self/attr/apparmor/exec\", " + how,
                "write(<attribute>, \"exec docker-default\", 19)",
                "close(<attribute>)",
                "openat2(<host_proc>, \"thread-self/attr/exec\", " + how,
                "write(<attribute>, \"" + LABEL + "\", 38)",
                "close(<attribute>)"),
                PlanSample.spelled(plan, Lane.CONTAINER, "security label"));
    }

    @Test
    void theyAreWrittenWithTheProgramsCredentials() {
        LaunchPlan plan = PlanSample.container(false, BOTH);
        int label = PlanSample.index(plan, "openat2(");
        assertTrue(PlanSample.index(plan, "capset(") < label);
        assertTrue(PlanSample.index(plan, "setresuid(") < label);
        assertTrue(label < PlanSample.index(plan, "execve("));
    }

    @Test
    void filesOfTheContainerHaveTheMountLabel() {
        List<String> steps = PlanSample.container(false, BOTH).steps().stream()
                .map(step -> Spelling.of(step.instruction()))
                .filter(text -> text.contains(FILES)).toList();
        String quoted = "context=\\\"" + FILES + "\\\"";
        assertEquals(4, steps.size(), steps.toString());
        assertTrue(steps.get(0).contains("xino=off," + quoted), steps.get(0));
        assertTrue(steps.get(1).startsWith("fsconfig(<tmpfs>, FSCONFIG_SET_STRING, \"context\", \""
                + FILES + "\""), steps.get(1));
        assertTrue(steps.get(2).contains("\"/dev/shm\"")
                && steps.get(2).contains("size=64k," + quoted), steps.get(2));
        assertTrue(steps.get(3).contains("\"/sys/firmware\""), steps.get(3));
    }

    @Test
    void whatTheKernelLacksIsOneError() {
        String message = assertThrows(PlanException.class,
                () -> PlanSample.container(false, NOTHING, BOTH)).getMessage();
        assertTrue(message.contains("docker-default") && message.contains("apparmor=unconfined")
                && message.contains(LABEL) && message.contains("label=disable"), message);
        assertThrows(PlanException.class, () -> PlanSample.container(false, NOTHING,
                spec -> SpecChange.clocks(spec, 1, 1)));
    }

    @Test
    void unconfinedNeedsNothing() {
        LaunchPlan plan = PlanSample.container(false, NOTHING,
                spec -> SpecChange.appArmor(spec, "unconfined"));
        assertEquals(List.of(), PlanSample.spelled(plan, Lane.CONTAINER, "security label"));
        assertEquals(List.of(), PlanSample.spelled(plan, Lane.KEEPER, "security label"));
    }

    @Test
    void clocksAreSetBeforeTheProgramEntersTheirNamespace() {
        LaunchPlan plan = PlanSample.container(false, spec -> SpecChange.clocks(spec, 5, -6));
        List<String> steps = PlanSample.spelled(plan, Lane.KEEPER, "time namespace");
        assertEquals("unshare(CLONE_NEWTIME)", steps.getFirst());
        assertTrue(steps.contains("write(<file>, \"monotonic 5 0\\n\", 14)"), steps.toString());
        assertTrue(steps.contains("write(<file>, \"boottime -6 0\\n\", 14)"), steps.toString());
        assertTrue(PlanSample.index(plan, "unshare(CLONE_NEWTIME)")
                < PlanSample.index(plan, "clone3("));
    }
}
