package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import runtime.container.ContainerOptions.MountOption;
import runtime.spec.Mount;

/** The mounts every container has, as docker makes them, and those the user asked for. */
final class StandardMounts {
    private static final long SHM_BYTES = 64L << 20;

    private StandardMounts() {}

    /** The file systems of the kernel and the three generated files. */
    static List<Mount> standard(ContainerOptions options, ContainerFolders folders) {
        String access = options.privileged() ? "rw" : "ro";
        long shm = options.shmSizeBytes() > 0 ? options.shmSizeBytes() : SHM_BYTES;
        List<Mount> mounts = new ArrayList<>(List.of(
                Mount.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755",
                        "size=65536k"),
                Mount.of("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
                        "ptmxmode=0666", "mode=0620", "gid=5"),
                Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", access),
                Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", access, "nosuid", "noexec",
                        "nodev", "relatime"),
                Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777",
                        "size=" + shm)));
        mounts.add(file("/etc/resolv.conf", folders.resolvConf().toString()));
        mounts.add(file("/etc/hostname", folders.hostname().toString()));
        mounts.add(file("/etc/hosts", folders.hosts().toString()));
        return mounts;
    }

    private static Mount file(String target, String source) {
        return Mount.of(target, "bind", source, "rbind", "rprivate");
    }

    /**
     * The user's mounts; one on the place of a standard mount replaces it, one above it comes before.
     *
     * @param standard the mounts there are; changed
     * @param folders  the container's
     */
    static void add(List<Mount> standard, List<MountOption> wanted, ContainerFolders folders)
            throws ContainerException {
        for (MountOption option : wanted) {
            Mount mount = translate(option, folders);
            standard.removeIf(each -> each.destination().equals(mount.destination()));
            standard.add(placeOf(mount.destination(), standard), mount);
        }
    }

    /** Before the first mount that lies below it, which it would hide. */
    private static int placeOf(String destination, List<Mount> mounts) {
        for (int at = 0; at < mounts.size(); at++) {
            if (mounts.get(at).destination().startsWith(destination + "/")) {
                return at;
            }
        }
        return mounts.size();
    }

    private static Mount translate(MountOption option, ContainerFolders folders)
            throws ContainerException {
        if (!option.target().startsWith("/") || option.target().equals("/")) {
            throw new ContainerException(INVALID_OPTION, "mount target '" + option.target()
                    + "' must be an absolute path below /");
        }
        List<String> flags = new ArrayList<>();
        return switch (option.kind()) {
            case BIND -> {
                if (!option.source().startsWith("/")) {
                    throw new ContainerException(INVALID_OPTION, "mount source '"
                            + option.source() + "' must be an absolute path of the host");
                }
                flags.add(option.recursive() ? "rbind" : "bind");
                flags.add(option.propagation().isEmpty() ? "rprivate" : option.propagation());
                flags.add(option.readOnly() ? "ro" : "rw");
                yield new Mount(option.target(), Optional.of("bind"),
                        Optional.of(option.source()), flags, List.of(), List.of());
            }
            case TMPFS -> {
                flags.addAll(List.of("nosuid", "nodev"));
                if (!option.mountOptions().contains("exec")) {
                    flags.add("noexec");
                }
                flags.addAll(option.mountOptions());
                if (option.sizeBytes() > 0) {
                    flags.add("size=" + option.sizeBytes());
                }
                if (option.mountOptions().stream().noneMatch(each -> each.startsWith("mode="))) {
                    flags.add("mode=" + Integer.toOctalString(option.mode().orElse(01777)));
                }
                flags.add(option.readOnly() ? "ro" : "rw");
                yield new Mount(option.target(), Optional.of("tmpfs"), Optional.of("tmpfs"), flags,
                        List.of(), List.of());
            }
            case HUGE_PAGES -> HugePages.mount(option);
            case VOLUME -> {
                // One that has no name yet is looked at, not made: by explain.
                String name = option.source().isEmpty() ? "ANONYMOUS" : option.source();
                VolumeMounts.check(name);
                flags.addAll(List.of("bind", option.propagation().isEmpty() ? "rprivate"
                        : option.propagation(), option.readOnly() ? "ro" : "rw"));
                yield new Mount(option.target(), Optional.of("bind"),
                        Optional.of(folders.volume(name).toString()), flags, List.of(), List.of());
            }
        };
    }
}
