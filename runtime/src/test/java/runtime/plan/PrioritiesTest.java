package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import runtime.spec.Process;
import runtime.spec.SpecChange;

class PrioritiesTest {
    private static final Process.Scheduler FIFO = new Process.Scheduler(
            "SCHED_FIFO", 0, 7, List.of("SCHED_FLAG_RESET_ON_FORK"), 0, 0, 0);

    private static String scheduler(String pid) {
        return "sched_setattr(" + pid + ", {size=56, sched_policy=SCHED_FIFO,"
                + " sched_flags=SCHED_FLAG_RESET_ON_FORK, sched_nice=0, sched_priority=7,"
                + " sched_runtime=0, sched_deadline=0, sched_period=0}, 0)";
    }

    @Test
    void aProcessTakesItsPrioritiesBeforeItsPrivilegesGo() {
        LaunchPlan plan = PlanSample.container(false,
                spec -> SpecChange.ioPriority(
                SpecChange.scheduler(spec, FIFO), "IOPRIO_CLASS_BE", 6));
        assertEquals(List.of(scheduler("0")),
                PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of(
                "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6))"),
                PlanSample.spelled(plan, Lane.CONTAINER, "I/O priority"));
        assertTrue(PlanSample.index(plan, "ioprio_set(") < PlanSample.index(plan, "capset("));
    }

    @Test
    void insideAUserNamespaceTheKeeperGivesThem() {
        LaunchPlan plan = PlanSample.container(true, spec -> SpecChange.scheduler(spec, FIFO));
        assertEquals(List.of(), PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of(scheduler("<" + StatusPage.CONTAINER_PID.name() + ">")),
                PlanSample.spelled(plan, Lane.KEEPER, "scheduler"));
    }

    @Test
    void thePersonalityComesBeforeTheFilter() {
        LaunchPlan plan = PlanSample.container(
                true, spec -> SpecChange.personality(spec, "LINUX32"));
        assertEquals(List.of("personality(PER_LINUX32)"),
                PlanSample.spelled(plan, Lane.CONTAINER, "personality"));
        assertTrue(PlanSample.index(plan, "personality(") < PlanSample.index(plan, "seccomp("));
    }

    @Test
    void aFurtherProcessHasThemToo() {
        Process process = Process.of(List.of("/bin/true"), List.of(), "/", Process.User.root());
        process = new Process(false, Optional.empty(), process.user(), process.args(),
                process.env(), "/", Optional.empty(), List.of(), false,
                Optional.of("docker-default"),
                Optional.empty(), OptionalInt.empty(), Optional.of(FIFO), Optional.empty());
        LaunchPlan plan = Planner.process(new ExecInput(process, 9, List.of(), List.of(),
                "/s", "/l", Optional.empty(), Optional.of("LINUX"), false));
        assertEquals(List.of(scheduler("0")),
                PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of("personality(PER_LINUX)"),
                PlanSample.spelled(plan, Lane.CONTAINER, "personality"));
        assertTrue(PlanSample.index(plan, "write(<attribute>, \"exec docker-default\"")
                < PlanSample.index(plan, "execve("));
    }

    @Test
    void unknownNamesAreRefused() {
        PlanException refused = assertThrows(PlanException.class, () -> PlanSample.container(false,
                spec -> SpecChange.ioPriority(spec, "FAST", 1)));
        assertTrue(refused.getMessage().contains("IOPRIO_CLASS_IDLE"), refused.getMessage());
        assertThrows(PlanException.class, () -> PlanSample.container(false,
                spec -> SpecChange.ioPriority(spec, "IOPRIO_CLASS_RT", 8)));
        assertThrows(PlanException.class,
                () -> PlanSample.container(false, spec -> SpecChange.personality(spec, "BSD")));
    }
}
