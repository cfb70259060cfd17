package runtime.plan;

import java.util.List;
import linux.abi.MountFlag;
import linux.abi.SystemCall;
import linux.program.Operand;
import runtime.spec.Mount;

/** The container's view of its own cgroups at {@code /sys/fs/cgroup}. */
final class CgroupMounts {
    private final Steps steps;
    private final List<PlanInput.CgroupMount> hierarchies;

    CgroupMounts(Steps steps, List<PlanInput.CgroupMount> hierarchies) {
        this.steps = steps;
        this.hierarchies = hierarchies;
    }

    /**
     * What a container without a cgroup namespace sees: its own folder of each hierarchy, since a
     * hierarchy mounted anew would show those of all the host.
     */
    static List<Mount> ownFolders(Mount mount, Handover handover) {
        List<Mount> mounts = new java.util.ArrayList<>();
        List<String> options = new java.util.ArrayList<>(mount.options());
        options.removeAll(List.of("rbind", "shared", "rshared"));
        List<String> binding = new java.util.ArrayList<>(options);
        binding.add("bind");
        String whole = handover.cgroupFolders().get("");
        if (whole != null) {
            return List.of(new Mount(mount.destination(), java.util.Optional.of("bind"),
                    java.util.Optional.of(whole), binding, List.of(), List.of()));
        }
        mounts.add(Mount.of(mount.destination(), "tmpfs", "tmpfs",
                "nosuid", "nodev", "noexec", "mode=755", "size=64k"));
        handover.cgroupFolders().forEach((name, folder) -> mounts.add(new Mount(
                mount.destination() + "/" + name, java.util.Optional.of("bind"),
                java.util.Optional.of(folder), binding, List.of(), List.of())));
        if (options.contains("ro")) {
            mounts.add(Mount.of(mount.destination(), "tmpfs", "tmpfs",
                    "nosuid", "nodev", "noexec", "ro", "remount"));
        }
        return mounts;
    }

    void add(Mount mount) {
        MountOptions options = MountOptions.of(mount.options());
        List<MountFlag> flags = List.copyOf(options.flags());
        if (hierarchies.size() == 1 && hierarchies.getFirst().unified()) {
            hierarchy(hierarchies.getFirst(), mount.destination(), flags);
            return;
        }
        List<MountFlag> writable = flags.stream().filter(flag -> flag != MountFlag.MS_RDONLY).toList();
        steps.call(SystemCall.MOUNT, Operand.text("tmpfs"), Operand.text(mount.destination()),
                Operand.text("tmpfs"), Operand.flags(writable), Operand.text("mode=755,size=64k"))
                .because("a folder for the hierarchies");
        for (PlanInput.CgroupMount hierarchy : hierarchies) {
            String path = mount.destination() + "/" + hierarchy.folder();
            steps.call(SystemCall.MKDIRAT, Steps.HERE, Operand.text(path), Operand.number(0755, "0755"))
                    .because("one folder a hierarchy");
            hierarchy(hierarchy, path, flags);
        }
        if (flags.contains(MountFlag.MS_RDONLY)) {
            List<MountFlag> remount = new java.util.ArrayList<>(flags);
            remount.add(MountFlag.MS_REMOUNT);
            remount.add(MountFlag.MS_BIND);
            steps.call(SystemCall.MOUNT, Operand.nothing(), Operand.text(mount.destination()),
                    Operand.nothing(), Operand.flags(remount), Operand.nothing())
                    .because("nothing to write there");
        }
    }

    private void hierarchy(PlanInput.CgroupMount hierarchy, String path, List<MountFlag> flags) {
        steps.call(SystemCall.MOUNT, Operand.text("cgroup"), Operand.text(path),
                Operand.text(hierarchy.unified() ? "cgroup2" : "cgroup"), Operand.flags(flags),
                hierarchy.options().isEmpty() ? Operand.nothing() : Operand.text(hierarchy.options()))
                .manual("cgroups(7)").because("the container sees its own limits");
    }
}
