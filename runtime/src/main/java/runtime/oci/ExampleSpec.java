package runtime.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.abi.Capability;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.spec.Root;

/** The config.json that {@code spec} writes: the one all runtimes write, a shell in a read-only root. */
public final class ExampleSpec {
    private static final Set<Capability> CAPABILITIES =
            Set.of(Capability.AUDIT_WRITE, Capability.KILL, Capability.NET_BIND_SERVICE);

    private ExampleSpec() {}

    /** The spec. */
    public static ContainerSpec spec() {
        return new ContainerSpec(ContainerSpec.VERSION, process(), new Root("rootfs", true),
                Optional.of("jrun"), Optional.empty(), mounts(), Hooks.none(), Map.of(), linux());
    }

    private static Process process() {
        return new Process(true, Optional.empty(), Process.User.root(), List.of("sh"),
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "TERM=xterm"),
                "/", Optional.of(new Process.Capabilities(CAPABILITIES, CAPABILITIES, Set.of(),
                        CAPABILITIES, Set.of())),
                List.of(new Process.Rlimit("RLIMIT_NOFILE", 1024, 1024)), true, Optional.empty(),
                Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    private static List<Mount> mounts() {
        return List.of(
                Mount.of("/proc", "proc", "proc"),
                Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755",
                        "size=65536k"),
                Mount.of("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
                        "ptmxmode=0666", "mode=0620", "gid=5"),
                Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777",
                        "size=65536k"),
                Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev",
                        "relatime", "ro"));
    }

    private static Linux linux() {
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceType type : List.of(NamespaceType.PID, NamespaceType.NETWORK,
                NamespaceType.IPC, NamespaceType.UTS, NamespaceType.MOUNT, NamespaceType.CGROUP)) {
            namespaces.add(new Namespace(type, Optional.empty()));
        }
        Resources none = Resources.none();
        Resources resources = new Resources(List.of(Resources.DeviceRule.denyAll()), none.memory(),
                none.cpu(), none.pids(), none.blockIo(), List.of(), Map.of());
        return new Linux(List.of(), List.of(), namespaces, List.of(), Optional.empty(), resources,
                Optional.empty(), Optional.empty(), Map.of(),
                List.of("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
                        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
                        "/proc/sched_debug", "/sys/firmware", "/proc/scsi"),
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"),
                Optional.empty(), Optional.empty(), Map.of(), Map.of());
    }
}
