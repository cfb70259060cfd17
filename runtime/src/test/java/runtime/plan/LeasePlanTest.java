package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import linux.program.Instruction;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;

class LeasePlanTest {
    private static final Optional<PlanInput.Lease> LEASE =
            Optional.of(new PlanInput.Lease(5_000_000_007L, 2_000));

    private static LaunchPlan plan(Optional<PlanInput.Lease> lease) {
        return PlanSample.leased(lease, UnaryOperator.identity());
    }

    /** Without the host's processes in view, as {@code --pid host} has it. */
    private static ContainerSpec sharingProcesses(ContainerSpec spec) {
        List<Namespace> others = spec.linux().namespaces().stream()
                .filter(each -> each.type() != NamespaceType.PID).toList();
        runtime.spec.Linux linux = spec.linux();
        return spec.withLinux(new runtime.spec.Linux(linux.uidMappings(), linux.gidMappings(), others,
                linux.devices(), linux.cgroupsPath(), linux.resources(), linux.rootfsPropagation(),
                linux.seccomp(), linux.sysctl(), linux.maskedPaths(), linux.readonlyPaths(), linux.mountLabel(),
                linux.personality(), linux.timeOffsets(), linux.netDevices()));
    }

    @Test
    void theTimerRunsBeforeAnythingOfTheContainersExists() {
        LaunchPlan plan = plan(LEASE);
        assertTrue(PlanSample.index(plan, "timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC") >= 0);
        assertTrue(PlanSample.index(plan, "timerfd_settime(") < PlanSample.index(plan, "clone3("));
    }

    @Test
    void whatALeaseAddsHasItsReasonAndNothingElseChanges() {
        List<Step> without = plan(Optional.empty()).steps();
        List<Step> with = plan(LEASE).steps();
        assertTrue(without.stream().noneMatch(each -> each.purpose().equals(LeaseSteps.PURPOSE)));
        assertTrue(with.stream().filter(each -> each.purpose().equals(LeaseSteps.PURPOSE)
                && !(each.instruction() instanceof Instruction.Label)).allMatch(each -> !each.reason().isEmpty()));
        List<String> rest = with.stream().filter(each -> !each.purpose().equals(LeaseSteps.PURPOSE))
                .map(each -> Spelling.of(each.instruction())).toList();
        assertEquals(without.stream().map(each -> Spelling.of(each.instruction())).map(LeasePlanTest::waitsForOneMore)
                .toList(), rest);
    }

    private static String waitsForOneMore(String step) {
        return step.startsWith("ppoll(&poll, 4, ") ? step.replace("&poll, 4, ", "&poll, 5, ") : step;
    }

    @Test
    void itIsRefusedWhereTheFirstProcessIsNotTheEndOfAll() {
        PlanException refused = assertThrows(PlanException.class,
                () -> PlanSample.leased(LEASE, LeasePlanTest::sharingProcesses));
        assertTrue(refused.getMessage().contains("leave out --pid"), refused.getMessage());
        assertEquals(0, PlanSample.leased(Optional.empty(), LeasePlanTest::sharingProcesses).steps().stream()
                .filter(each -> each.purpose().equals(LeaseSteps.PURPOSE)).count());
    }
}
