package runtime.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Specs that differ in one setting. */
public final class SpecChange {
    private SpecChange() {}

    /** With a scheduler policy. */
    public static ContainerSpec scheduler(ContainerSpec spec, Process.Scheduler scheduler) {
        Process old = spec.process();
        return process(spec, old.apparmorProfile(), old.selinuxLabel(), Optional.of(scheduler),
                old.ioPriority());
    }

    /** With an I/O priority. */
    public static ContainerSpec ioPriority(ContainerSpec spec, String ioClass, int level) {
        Process old = spec.process();
        return process(spec, old.apparmorProfile(), old.selinuxLabel(), old.scheduler(),
                Optional.of(new Process.IoPriority(ioClass, level)));
    }

    /** With an AppArmor profile. */
    public static ContainerSpec appArmor(ContainerSpec spec, String profile) {
        Process old = spec.process();
        return process(spec, Optional.of(profile), old.selinuxLabel(), old.scheduler(),
                old.ioPriority());
    }

    /** With SELinux labels of the process and of its mounts. */
    public static ContainerSpec seLinux(
            ContainerSpec spec, String label, Optional<String> mountLabel) {
        Process old = spec.process();
        Linux linux = spec.linux();
        return linux(process(spec, old.apparmorProfile(), Optional.of(label), old.scheduler(),
                old.ioPriority()), linux.namespaces(), mountLabel,
                linux.personality(), linux.timeOffsets());
    }

    /** With an execution domain. */
    public static ContainerSpec personality(ContainerSpec spec, String name) {
        Linux linux = spec.linux();
        return linux(spec, linux.namespaces(), linux.mountLabel(), Optional.of(name),
                linux.timeOffsets());
    }

    /** With these namespaces alone. */
    public static ContainerSpec namespaces(ContainerSpec spec, List<Namespace> namespaces) {
        Linux linux = spec.linux();
        return linux(spec, namespaces, linux.mountLabel(), linux.personality(), linux.timeOffsets());
    }

    /** With a time namespace whose clocks are some seconds ahead. */
    public static ContainerSpec clocks(ContainerSpec spec, long monotonic, long boottime) {
        Linux linux = spec.linux();
        List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
        namespaces.add(new Namespace(NamespaceType.TIME, Optional.empty()));
        return linux(spec, namespaces, linux.mountLabel(), linux.personality(),
                Map.of("monotonic", new Linux.TimeOffset(monotonic, 0),
                        "boottime", new Linux.TimeOffset(boottime, 0)));
    }

    private static ContainerSpec process(ContainerSpec spec, Optional<String> profile,
            Optional<String> label, Optional<Process.Scheduler> scheduler,
            Optional<Process.IoPriority> ioPriority) {
        Process old = spec.process();
        return spec.withProcess(new Process(old.terminal(), old.consoleSize(), old.user(),
                old.args(), old.env(), old.cwd(), old.capabilities(), old.rlimits(),
                old.noNewPrivileges(), profile, label, old.oomScoreAdj(), scheduler, ioPriority));
    }

    private static ContainerSpec linux(ContainerSpec spec, List<Namespace> namespaces,
            Optional<String> mountLabel, Optional<String> personality,
            Map<String, Linux.TimeOffset> offsets) {
        Linux old = spec.linux();
        return spec.withLinux(new Linux(old.uidMappings(), old.gidMappings(), namespaces,
                old.devices(), old.cgroupsPath(), old.resources(), old.rootfsPropagation(),
                old.seccomp(), old.sysctl(), old.maskedPaths(), old.readonlyPaths(), mountLabel,
                personality, offsets, old.netDevices()));
    }
}
