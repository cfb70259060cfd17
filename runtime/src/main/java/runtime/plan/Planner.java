package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import runtime.spec.ContainerSpec;
import runtime.spec.Device;
import runtime.spec.NamespaceType;
import runtime.spec.Seccomp;

/** Decides what a launch does: spec and host facts in, plan out. */
public final class Planner {
    private Planner() {}

    /**
     * The plan of a container's first process.
     *
     * @throws PlanException if the spec names something that is not done; nothing is left out silently
     */
    public static LaunchPlan container(PlanInput input) {
        refuseUnsupported(input.spec(), input.handover().isPresent());
        refuseMissing(input.spec(), input.facts().features());
        refuseLeaseWithout(input);
        PlanShape shape = new PlanShape(input);
        List<Step> steps = new ArrayList<>(new KeeperLane(input, shape).steps());
        steps.addAll(new ContainerLane(input, shape).steps());
        List<String> directories = new ArrayList<>(input.cgroup().directories()).reversed();
        return new LaunchPlan(steps, directories, shape.terminal(), input.openInput(),
                shape.handedOver() ? LaunchPlan.IdRange.NONE : shape.idRange(),
                input.spec().process().args().getFirst(),
                input.init().map(PlanInput.Init::steps).orElse(List.of()));
    }

    /** The plan of a further process in a running container. */
    public static LaunchPlan process(ExecInput input) {
        List<Step> steps = new ExecLanes(input).steps();
        return new LaunchPlan(steps, List.of(), input.process().terminal(), input.openInput(),
                LaunchPlan.IdRange.NONE, input.process().args().getFirst(), List.of());
    }

    private static void refuseUnsupported(ContainerSpec spec, boolean handedOver) {
        if (spec.process().args().isEmpty()) {
            throw new PlanException("no command: give one, or use an image with a command");
        }
        refuse(!handedOver && spec.linux().seccomp().filter(Seccomp::asksSupervisor).isPresent(),
                "a seccomp filter with SCMP_ACT_NOTIFY");
        for (Device device : spec.linux().devices()) {
            boolean made = handedOver || device.path().startsWith("/dev/");
            if (!made || device.path().contains("..")) {
                throw new PlanException("device " + device.path() + ": only paths below /dev are made");
            }
        }
        for (NamespaceType type : handedOver ? List.<NamespaceType>of()
                : List.of(NamespaceType.USER, NamespaceType.MOUNT, NamespaceType.TIME)) {
            refuse(spec.linux().namespace(type).filter(ns -> ns.path().isPresent()).isPresent(),
                    "joining a " + type.specName() + " namespace");
        }
        boolean user = spec.linux().namespace(NamespaceType.USER)
                .filter(namespace -> namespace.path().isEmpty()).isPresent();
        if (user && spec.linux().uidMappings().isEmpty()) {
            throw new PlanException("a user namespace needs uidMappings and gidMappings");
        }
    }

    /** The end of its first process must be the end of all of it, and our own keeper must see to that. */
    private static void refuseLeaseWithout(PlanInput input) {
        boolean own = input.spec().linux().namespace(NamespaceType.PID)
                .filter(namespace -> namespace.path().isEmpty()).isPresent();
        if (input.lease().isPresent() && (!own || input.handover().isPresent())) {
            throw new PlanException("a container that ends with its node's lease needs a PID namespace of its"
                    + " own, since processes outside it would go on; leave out --pid");
        }
    }

    private static void refuseMissing(ContainerSpec spec, PlanInput.Features features) {
        SecurityLabels.refuseMissing(spec, features);
        if (spec.linux().namespace(NamespaceType.TIME).isPresent() && !features.timeNamespaces()) {
            throw new PlanException("a time namespace is asked for, which a program enters by"
                    + " execve(2) from Linux 6.2 on, and with CONFIG_TIME_NS; use a newer kernel,"
                    + " or leave out --time-offset and --isolate time");
        }
    }

    private static void refuse(boolean asked, String what) {
        if (asked) {
            throw new PlanException(what + " is asked for, which this version cannot do; remove it");
        }
    }
}
