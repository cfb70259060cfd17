package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Linux;
import runtime.spec.Process;

class PrioritiesTest {
    private static final Process.Scheduler FIFO = new Process.Scheduler(
            "SCHED_FIFO", 0, 7, List.of("SCHED_FLAG_RESET_ON_FORK"), 0, 0, 0);

    private static ContainerSpec with(
            ContainerSpec spec, Process.Scheduler scheduler, Process.IoPriority io) {
        Process old = spec.process();
        return spec.withProcess(new Process(old.terminal(), old.consoleSize(), old.user(),
                old.args(), old.env(), old.cwd(), old.capabilities(), old.rlimits(),
                old.noNewPrivileges(), old.apparmorProfile(), old.selinuxLabel(),
                old.oomScoreAdj(), Optional.ofNullable(scheduler), Optional.ofNullable(io)));
    }

    private static ContainerSpec with(ContainerSpec spec, String personality) {
        Linux old = spec.linux();
        return spec.withLinux(new Linux(old.uidMappings(), old.gidMappings(), old.namespaces(),
                old.devices(), old.cgroupsPath(), old.resources(), old.rootfsPropagation(),
                old.seccomp(), old.sysctl(), old.maskedPaths(), old.readonlyPaths(),
                old.mountLabel(), Optional.of(personality), old.timeOffsets(), old.netDevices()));
    }

    private static String scheduler(String pid) {
        return "sched_setattr(" + pid + ", {size=56, sched_policy=SCHED_FIFO,"
                + " sched_flags=SCHED_FLAG_RESET_ON_FORK, sched_nice=0, sched_priority=7,"
                + " sched_runtime=0, sched_deadline=0, sched_period=0}, 0)";
    }

    @Test
    void aProcessTakesItsPrioritiesBeforeItsPrivilegesGo() {
        LaunchPlan plan = PlanSample.container(false,
                spec -> with(spec, FIFO, new Process.IoPriority("IOPRIO_CLASS_BE", 6)));
        assertEquals(List.of(scheduler("0")),
                PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of(
                "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6))"),
                PlanSample.spelled(plan, Lane.CONTAINER, "I/O priority"));
        assertTrue(PlanSample.index(plan, "ioprio_set(") < PlanSample.index(plan, "capset("));
    }

    @Test
    void insideAUserNamespaceTheKeeperGivesThem() {
        LaunchPlan plan = PlanSample.container(true, spec -> with(spec, FIFO, null));
        assertEquals(List.of(), PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of(scheduler("<" + StatusPage.CONTAINER_PID.name() + ">")),
                PlanSample.spelled(plan, Lane.KEEPER, "scheduler"));
    }

    @Test
    void thePersonalityComesBeforeTheFilter() {
        LaunchPlan plan = PlanSample.container(true, spec -> with(spec, "LINUX32"));
        assertEquals(List.of("personality(PER_LINUX32)"),
                PlanSample.spelled(plan, Lane.CONTAINER, "personality"));
        assertTrue(PlanSample.index(plan, "personality(") < PlanSample.index(plan, "seccomp("));
    }

    @Test
    void aFurtherProcessHasThemToo() {
        ContainerSpec spec = with(new ContainerSpec("1.2.0",
                Process.of(List.of("/bin/true"), List.of(), "/", Process.User.root()),
                new runtime.spec.Root("rootfs", false), Optional.empty(), Optional.empty(), List.of(),
                runtime.spec.Hooks.none(), java.util.Map.of(), Linux.empty()), FIFO, null);
        LaunchPlan plan = Planner.process(new ExecInput(spec.process(), 9, List.of(), List.of(),
                "/s", "/l", Optional.empty(), Optional.of("LINUX"), false));
        assertEquals(List.of(scheduler("0")),
                PlanSample.spelled(plan, Lane.CONTAINER, "scheduler"));
        assertEquals(List.of("personality(PER_LINUX)"),
                PlanSample.spelled(plan, Lane.CONTAINER, "personality"));
    }

    @Test
    void unknownNamesAreRefused() {
        PlanException refused = assertThrows(PlanException.class, () -> PlanSample.container(false,
                spec -> with(spec, null, new Process.IoPriority("FAST", 1))));
        assertTrue(refused.getMessage().contains("IOPRIO_CLASS_IDLE"), refused.getMessage());
        assertThrows(PlanException.class, () -> PlanSample.container(false,
                spec -> with(spec, null, new Process.IoPriority("IOPRIO_CLASS_RT", 8))));
        assertThrows(PlanException.class,
                () -> PlanSample.container(false, spec -> with(spec, "BSD")));
    }
}
