package runtime.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What only Linux has (OCI runtime-spec config-linux.md).
 *
 * @param uidMappings       the user namespace's user ids
 * @param gidMappings       the user namespace's group ids
 * @param namespaces        which to make or join; a kind not listed is shared with the host
 * @param devices           device files beyond the specification's own (null, zero, full …)
 * @param cgroupsPath       where the container's cgroup lies below each hierarchy's mount point
 * @param resources         limits
 * @param rootfsPropagation {@code shared}, {@code slave}, {@code private} or {@code unbindable}
 * @param seccomp           system call filter
 * @param sysctl            kernel parameters by name, of the container's own namespaces
 * @param maskedPaths       absolute paths hidden from the container
 * @param readonlyPaths     absolute paths made read-only
 * @param mountLabel        SELinux label of its mounts
 * @param personality       execution domain, {@code LINUX} or {@code LINUX32}
 * @param timeOffsets       of the time namespace by clock: {@code monotonic}, {@code boottime}
 * @param netDevices        host network devices moved in, by host name (1.3)
 */
public record Linux(
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        List<Namespace> namespaces,
        List<Device> devices,
        Optional<String> cgroupsPath,
        Resources resources,
        Optional<String> rootfsPropagation,
        Optional<Seccomp> seccomp,
        Map<String, String> sysctl,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Optional<String> mountLabel,
        Optional<String> personality,
        Map<String, TimeOffset> timeOffsets,
        Map<String, NetDevice> netDevices) {

    public Linux {
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        namespaces = List.copyOf(namespaces);
        devices = List.copyOf(devices);
        sysctl = SortedCopy.of(sysctl);
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        timeOffsets = SortedCopy.of(timeOffsets);
        netDevices = SortedCopy.of(netDevices);
    }

    /** Nothing set: all namespaces shared, no limit, no filter. */
    public static Linux empty() {
        return new Linux(List.of(), List.of(), List.of(), List.of(), Optional.empty(),
                Resources.none(), Optional.empty(), Optional.empty(), Map.of(), List.of(),
                List.of(), Optional.empty(), Optional.empty(), Map.of(), Map.of());
    }

    /** The same with other device files. */
    public Linux withDevices(List<Device> other) {
        return new Linux(uidMappings, gidMappings, namespaces, other, cgroupsPath, resources,
                rootfsPropagation, seccomp, sysctl, maskedPaths, readonlyPaths, mountLabel,
                personality, timeOffsets, netDevices);
    }

    /** The same with its cgroup elsewhere. */
    public Linux withCgroupsPath(Optional<String> other) {
        return new Linux(uidMappings, gidMappings, namespaces, devices, other, resources,
                rootfsPropagation, seccomp, sysctl, maskedPaths, readonlyPaths, mountLabel,
                personality, timeOffsets, netDevices);
    }

    /** The same with other limits. */
    public Linux withResources(Resources other) {
        return new Linux(uidMappings, gidMappings, namespaces, devices, cgroupsPath, other,
                rootfsPropagation, seccomp, sysctl, maskedPaths, readonlyPaths, mountLabel,
                personality, timeOffsets, netDevices);
    }

    /** The same with other network devices to move in. */
    public Linux withNetDevices(Map<String, NetDevice> other) {
        return new Linux(uidMappings, gidMappings, namespaces, devices, cgroupsPath, resources,
                rootfsPropagation, seccomp, sysctl, maskedPaths, readonlyPaths, mountLabel,
                personality, timeOffsets, other);
    }

    /** The entry for a kind of namespace; absent if it is shared with the host. */
    public Optional<Namespace> namespace(NamespaceType type) {
        return namespaces.stream().filter(namespace -> namespace.type() == type).findFirst();
    }

    /** Seconds and nanoseconds added to a clock ({@code time_namespaces(7)}). */
    public record TimeOffset(long seconds, long nanoseconds) {}

    /** A device moved in: its name inside, the host's name if absent. */
    public record NetDevice(Optional<String> name) {}
}
