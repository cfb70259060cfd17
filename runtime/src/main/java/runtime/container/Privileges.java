package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import linux.abi.Capability;
import runtime.spec.Process.Capabilities;

/** What a container's processes may do, by docker's flags. */
final class Privileges {
    /** What docker hides of /proc and /sys. */
    static final List<String> MASKED_PATHS = List.of("/proc/acpi", "/proc/asound",
            "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
            "/sys/devices/virtual/powercap", "/sys/firmware");
    /** What docker makes read-only. */
    static final List<String> READONLY_PATHS = List.of("/proc/bus", "/proc/fs", "/proc/irq",
            "/proc/sys", "/proc/sysrq-trigger");

    private Privileges() {}

    /**
     * --cap-drop and --cap-add on the standard fourteen; {@code ALL} first, then single ones, so that
     * {@code --cap-drop ALL --cap-add CHOWN} leaves one.
     */
    static Set<Capability> granted(ContainerOptions options) throws ContainerException {
        if (options.privileged() || isOff(options, "caps")) {
            return EnumSet.allOf(Capability.class);
        }
        Set<Capability> granted = EnumSet.noneOf(Capability.class);
        if (hasAll(options.capabilitiesAdd())) {
            granted.addAll(EnumSet.allOf(Capability.class));
        } else if (!hasAll(options.capabilitiesDrop())) {
            granted.addAll(Capability.containerSet());
        }
        if (!hasAll(options.capabilitiesDrop())) {
            granted.removeAll(named(options.capabilitiesDrop()));
        }
        granted.addAll(named(options.capabilitiesAdd()));
        return granted;
    }

    /**
     * The five sets: a user who is not root has only the bounding set, as after an {@code execve(2)}.
     */
    static Capabilities sets(Set<Capability> granted, long uid) {
        if (uid == 0) {
            return Capabilities.granted(granted);
        }
        return new Capabilities(granted, Set.of(), Set.of(), Set.of(), Set.of());
    }

    /** Whether --isolate was given and leaves this kind of isolation out. */
    static boolean isOff(ContainerOptions options, String isolation) {
        return !options.isolate().isEmpty() && !options.isolate().contains(isolation);
    }

    private static boolean hasAll(List<String> names) {
        return names.stream().anyMatch(name -> name.equalsIgnoreCase("ALL"));
    }

    private static Set<Capability> named(List<String> names) throws ContainerException {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (String name : names) {
            if (!name.equalsIgnoreCase("ALL")) {
                set.add(Capability.named(name).orElseThrow(() -> new ContainerException(
                        INVALID_OPTION, "unknown capability '" + name.toUpperCase(Locale.ROOT)
                                + "'; capabilities(7) lists them")));
            }
        }
        return set;
    }
}
