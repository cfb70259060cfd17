package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import linux.abi.Capability;
import linux.program.Spelling;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.IdMapping;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Root;

/** Plans of a usual container, for any host. */
final class PlanSample {
    private PlanSample() {}

    /** A container's plan. */
    static LaunchPlan container(boolean userNamespace, UnaryOperator<ContainerSpec> change) {
        return container(userNamespace, new PlanInput.Features(true, true, true, true), change);
    }

    /** A container's plan on a certain host. */
    static LaunchPlan container(boolean userNamespace, PlanInput.Features features,
            UnaryOperator<ContainerSpec> change) {
        PlanInput.HostFacts facts = new PlanInput.HostFacts(List.of(), Set.of(), Set.of(),
                Set.of("/sys/firmware"), Set.of(), features);
        return Planner.container(new PlanInput(change.apply(spec(userNamespace)),
                new PlanInput.RootSource.Overlay("/layers", List.of("a/fs"), "/c/upper", "/c/work"),
                new PlanInput.Folders("/run/root", "/run/layers", "/c/status", "/c/log"),
                PlanInput.CgroupSetup.none(), new PlanInput.Network.LoopbackOnly(),
                Optional.of(new SystemCallFilter(new byte[8], Set.of())), false, facts));
    }

    /** The container with or without a lease. */
    static LaunchPlan leased(Optional<PlanInput.Lease> lease, UnaryOperator<ContainerSpec> change) {
        PlanInput.HostFacts facts = new PlanInput.HostFacts(List.of(), Set.of(), Set.of(),
                Set.of("/sys/firmware"), Set.of(), new PlanInput.Features(true, true, true, true));
        return Planner.container(new PlanInput(change.apply(spec(true)),
                new PlanInput.RootSource.Overlay("/layers", List.of("a/fs"), "/c/upper", "/c/work"),
                new PlanInput.Folders("/run/root", "/run/layers", "/c/status", "/c/log"),
                PlanInput.CgroupSetup.none(), new PlanInput.Network.LoopbackOnly(),
                Optional.of(new SystemCallFilter(new byte[8], Set.of())), false, facts,
                Optional.empty(), Optional.empty(), lease));
    }

    /** The same container for a caller that keeps it itself. */
    static LaunchPlan handedOver(Handover handover, UnaryOperator<ContainerSpec> change) {
        return handedOver(handover, change, new SystemCallFilter(new byte[8], Set.of()));
    }

    /** The same container with another filter. */
    static LaunchPlan filtered(SystemCallFilter filter) {
        return handedOver(new Handover(List.of(), java.util.Map.of(), java.util.Map.of()),
                UnaryOperator.identity(), filter);
    }

    private static LaunchPlan handedOver(Handover handover, UnaryOperator<ContainerSpec> change,
            SystemCallFilter filter) {
        PlanInput.HostFacts facts = new PlanInput.HostFacts(List.of(), Set.of(), Set.of(),
                Set.of("/sys/firmware"), Set.of(), new PlanInput.Features(true, true, true, true));
        return Planner.container(new PlanInput(change.apply(spec(false)),
                new PlanInput.RootSource.Folder("/b/rootfs"),
                new PlanInput.Folders("/b/rootfs", "/b/rootfs", "/c/status", "/dev/null"),
                PlanInput.CgroupSetup.none(), new PlanInput.Network.LoopbackOnly(),
                Optional.of(filter), false, facts, Optional.of(handover)));
    }

    private static ContainerSpec spec(boolean userNamespace) {
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceType type : NamespaceType.values()) {
            if (type != NamespaceType.TIME && (userNamespace || type != NamespaceType.USER)) {
                namespaces.add(new Namespace(type, Optional.empty()));
            }
        }
        List<IdMapping> map = userNamespace ? List.of(new IdMapping(0, 700000, 65536)) : List.of();
        Linux empty = Linux.empty();
        return new ContainerSpec(ContainerSpec.VERSION, process(), new Root("rootfs", false),
                Optional.of("inside"), Optional.empty(),
                List.of(Mount.of("/proc", "proc", "proc"), Mount.of("/dev", "tmpfs", "tmpfs"),
                        Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "size=64k")),
                Hooks.none(), Map.of(), new Linux(map, map, namespaces, List.of(),
                        Optional.of("/c"), empty.resources(), Optional.empty(), Optional.empty(),
                        Map.of(), List.of("/sys/firmware"), List.of(), Optional.empty(),
                        Optional.empty(), Map.of(), Map.of()));
    }

    private static Process process() {
        return new Process(false, Optional.empty(), Process.User.root(), List.of("/bin/true"),
                List.of(), "/", Optional.of(Process.Capabilities.granted(Set.of(Capability.KILL))),
                List.of(), true, Optional.empty(), Optional.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty());
    }

    /** The steps of a lane that have a purpose, as {@code jctl explain} spells them. */
    static List<String> spelled(LaunchPlan plan, Lane lane, String purpose) {
        return plan.steps().stream()
                .filter(step -> step.lane() == lane && step.purpose().equals(purpose))
                .map(step -> Spelling.of(step.instruction())).toList();
    }

    /** Where the first step spelled so lies in the plan. */
    static int index(LaunchPlan plan, String beginning) {
        for (int i = 0; i < plan.steps().size(); i++) {
            if (Spelling.of(plan.steps().get(i).instruction()).startsWith(beginning)) {
                return i;
            }
        }
        throw new AssertionError("no step " + beginning);
    }
}
