package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Mount;

/** The plan of a container that its caller keeps. */
class HandoverTest {
    private static final Handover PLAIN = new Handover(List.of(), Map.of(), Map.of());

    private static LaunchPlan plan(Handover handover) {
        return PlanSample.handedOver(handover, UnaryOperator.identity());
    }

    private static UnaryOperator<ContainerSpec> with(Mount mount) {
        return spec -> {
            List<Mount> mounts = new ArrayList<>(spec.mounts());
            mounts.add(mount);
            return new ContainerSpec(spec.ociVersion(), spec.process(), spec.root(), spec.hostname(),
                    spec.domainname(), mounts, spec.hooks(), spec.annotations(), spec.linux());
        };
    }

    private static ContainerSpec withHook(ContainerSpec spec) {
        runtime.spec.Hooks.Hook hook = new runtime.spec.Hooks.Hook(
                "/bin/hook", List.of(), List.of(), java.util.OptionalInt.empty());
        return spec.withHooks(new runtime.spec.Hooks(List.of(), List.of(), List.of(hook), List.of(),
                List.of(), List.of()));
    }

    private static List<String> spelled(LaunchPlan plan, Lane lane) {
        return plan.steps().stream().filter(step -> step.lane() == lane)
                .map(step -> Spelling.of(step.instruction())).toList();
    }

    private static boolean has(LaunchPlan plan, Lane lane, String beginning) {
        return spelled(plan, lane).stream().anyMatch(step -> step.startsWith(beginning));
    }

    @Test
    void theKeeperKeepsNothing() {
        LaunchPlan plan = plan(PLAIN);
        assertFalse(has(plan, Lane.KEEPER, "pipe2("));
        assertFalse(has(plan, Lane.KEEPER, "ppoll("));
        assertFalse(has(plan, Lane.KEEPER, "openat(AT_FDCWD, \"/dev/null\""));
        assertFalse(plan.idMapping().isPresent());
    }

    @Test
    void theProcessOutlivesItsKeeperBeforeItIsCreated() {
        List<String> steps = spelled(plan(PLAIN), Lane.CONTAINER);
        int outlives = steps.indexOf("prctl(PR_SET_PDEATHSIG, 0)");
        assertTrue(outlives > steps.indexOf("pivot_root(\".\", \".\")"), steps.toString());
        assertEquals(1, steps.stream().filter(step -> step.startsWith("prctl(PR_SET_PDEATHSIG, SIGKILL"))
                .count(), "only until then does it die with the keeper");
    }

    @Test
    void aMissingProgramFailsTheCreation() {
        LaunchPlan plan = plan(PLAIN);
        assertTrue(PlanSample.index(plan, "faccessat(AT_FDCWD, \"/bin/true\", X_OK)")
                < PlanSample.index(plan, "execve("));
    }

    @Test
    void hooksAreWaitedForBeforeTheRootChanges() {
        LaunchPlan plan = PlanSample.handedOver(PLAIN, HandoverTest::withHook);
        List<Step> steps = plan.steps();
        int wait = 0;
        while (!steps.get(wait).purpose().equals("hooks")) {
            wait++;
        }
        assertTrue(wait > PlanSample.index(plan, "mount(\"proc\", \"/proc\""), "the root is filled");
        assertTrue(wait < PlanSample.index(plan, "pivot_root("), "and not changed");
        assertTrue(PlanSample.index(plan, "chroot(\".\")")
                < PlanSample.index(plan, "mount(\"proc\", \"/proc\""), "no path leads out meanwhile");
        assertFalse(has(plan(PLAIN), Lane.CONTAINER, "chroot("));
        assertTrue(plan(PLAIN).steps().stream().noneMatch(step -> step.purpose().equals("hooks")));
    }

    @Test
    void theCallersPipesBelongToTheProgramsUserIfItIsNotRoot() {
        Handover owned = new Handover(List.of(1, 2), Map.of(), Map.of());
        assertFalse(has(plan(owned), Lane.KEEPER, "fchown("));
        LaunchPlan plan = PlanSample.handedOver(owned, spec -> spec.withProcess(
                runtime.spec.Process.of(List.of("/bin/true"), List.of(), "/",
                        new runtime.spec.Process.User(5, 6, java.util.OptionalInt.empty(), List.of()))));
        assertTrue(has(plan, Lane.KEEPER, "fchown(1, 5, 6)"), spelled(plan, Lane.KEEPER).toString());
    }

    @Test
    void aListenerIsTakenBeforeAnythingIsAskedOfIt() {
        LaunchPlan plan = plan(new Handover(List.of(), Map.of(), Map.of(), true));
        List<String> steps = spelled(plan, Lane.CONTAINER);
        int filter = 0;
        while (!steps.get(filter).contains("SECCOMP_FILTER_FLAG_NEW_LISTENER")) {
            filter++;
        }
        assertTrue(steps.subList(filter + 1, filter + 5).stream()
                .noneMatch(step -> step.startsWith("capset(")), steps.toString());
        assertTrue(steps.get(filter + 4).startsWith("futex("), steps.subList(filter, filter + 6).toString());
        assertFalse(plan(PLAIN).steps().stream().anyMatch(
                step -> Spelling.of(step.instruction()).contains("NEW_LISTENER")));
    }

    @Test
    void theSpecsFlagsOfTheFilterAreTheKernels() {
        runtime.spec.Seccomp seccomp = new runtime.spec.Seccomp(runtime.spec.Seccomp.Action.ALLOW,
                java.util.OptionalInt.empty(), List.of(), List.of("SECCOMP_FILTER_FLAG_TSYNC",
                        "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_LOG",
                        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
                Optional.empty(), Optional.empty(), List.of());
        SystemCallFilter filter = SystemCallFilter.of(seccomp, new byte[8]);
        assertEquals("[SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG,"
                + " SECCOMP_FILTER_FLAG_SPEC_ALLOW]", filter.flags(false).toString());
        assertEquals("[SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW,"
                + " SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, SECCOMP_FILTER_FLAG_NEW_LISTENER]",
                filter.flags(true).toString());
        LaunchPlan plan = PlanSample.filtered(filter);
        assertTrue(has(plan, Lane.CONTAINER, "seccomp(SECCOMP_SET_MODE_FILTER,"
                + " SECCOMP_FILTER_FLAG_TSYNC|SECCOMP_FILTER_FLAG_LOG|SECCOMP_FILTER_FLAG_SPEC_ALLOW,"),
                spelled(plan, Lane.CONTAINER).toString());
    }

    @Test
    void aProcessThatEntersAContainerHidesItsDescriptors() {
        LaunchPlan kept = Planner.process(new ExecInput(runtime.spec.Process.of(List.of("/bin/true"),
                List.of(), "/", runtime.spec.Process.User.root()), 9,
                List.of(runtime.spec.NamespaceType.PID), List.of(), "/s", "/l", Optional.empty(),
                Optional.empty(), false));
        assertTrue(PlanSample.index(kept, "prctl(PR_SET_DUMPABLE, 0)")
                < PlanSample.index(kept, "clone3("));
        assertTrue(has(plan(PLAIN), Lane.KEEPER, "prctl(PR_SET_DUMPABLE, 0)"));
    }

    @Test
    void aMountNamespaceThatIsJoinedKeepsItsRoot() {
        LaunchPlan plan = PlanSample.handedOver(PLAIN, spec -> spec.withLinux(new runtime.spec.Linux(
                List.of(), List.of(), List.of(new runtime.spec.Namespace(
                        runtime.spec.NamespaceType.MOUNT, Optional.of("/proc/7/ns/mnt"))),
                List.of(), Optional.empty(), spec.linux().resources(), Optional.empty(),
                Optional.empty(), Map.of(), List.of(), List.of(), Optional.empty(), Optional.empty(),
                Map.of(), Map.of())));
        assertTrue(has(plan, Lane.CONTAINER, "setns(<join_mnt>"), spelled(plan, Lane.CONTAINER).toString());
        assertTrue(has(plan, Lane.CONTAINER, "chroot(\".\")"));
        assertFalse(has(plan, Lane.CONTAINER, "pivot_root("));
    }

    @Test
    void onlyRecursiveOptionsReachTheWholeTree() {
        LaunchPlan plan = PlanSample.handedOver(PLAIN, with(new Mount("/data", Optional.of("bind"),
                Optional.of("/srv"), List.of("rbind", "ro", "rnosuid"), List.of(), List.of())));
        List<String> set = spelled(plan, Lane.KEEPER).stream()
                .filter(step -> step.startsWith("mount_setattr(")).toList();
        assertEquals(2, set.size());
        assertTrue(set.get(0).contains("AT_EMPTY_PATH, ") && set.get(0).contains("MOUNT_ATTR_RDONLY"),
                set.get(0));
        assertTrue(set.get(1).contains("AT_RECURSIVE") && set.get(1).contains("MOUNT_ATTR_NOSUID")
                && !set.get(1).contains("MOUNT_ATTR_RDONLY"), set.get(1));
    }

    @Test
    void devicesOutsideDevAreMadeInTheRootAndTheContainersOwnAreLeftOut() {
        LaunchPlan plan = PlanSample.handedOver(PLAIN, spec -> spec.withLinux(new runtime.spec.Linux(
                List.of(), List.of(), spec.linux().namespaces(),
                List.of(device("/dev/ptmx"), device("/dev/t1"), device("/srv/t2")), Optional.empty(),
                spec.linux().resources(), Optional.empty(), Optional.empty(), Map.of(), List.of(),
                List.of(), Optional.empty(), Optional.empty(), Map.of(), Map.of())));
        assertTrue(has(plan, Lane.KEEPER, "mknodat(<dev>, \"t1\""));
        assertFalse(has(plan, Lane.KEEPER, "mknodat(<dev>, \"ptmx\""));
        assertTrue(has(plan, Lane.CONTAINER, "mknodat(AT_FDCWD, \"/srv/t2\""));
    }

    private static runtime.spec.Device device(String path) {
        return new runtime.spec.Device(path, runtime.spec.Device.Type.CHARACTER,
                java.util.OptionalLong.of(10), java.util.OptionalLong.of(229),
                java.util.OptionalInt.empty(), java.util.OptionalLong.empty(),
                java.util.OptionalLong.empty());
    }

    @Test
    void withoutACgroupNamespaceOnlyItsOwnFoldersAreSeen() {
        Mount cgroup = Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid");
        Handover handover = new Handover(List.of(), Map.of("memory", "/sys/fs/cgroup/memory/c1"),
                Map.of());
        List<Mount> mounts = CgroupMounts.ownFolders(cgroup, handover);
        assertEquals(List.of("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup"),
                mounts.stream().map(Mount::destination).toList());
        assertEquals(Optional.of("/sys/fs/cgroup/memory/c1"), mounts.get(1).source());
        assertTrue(mounts.get(2).options().containsAll(List.of("ro", "remount")));
    }
}
