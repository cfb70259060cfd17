package runtime.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container is to be: the OCI runtime-spec's {@code config.json} (config.md, 1.2 and 1.3).
 *
 * <p>Nothing here is null: what the file leaves out is an empty list, map or Optional.
 *
 * @param ociVersion  the version of the specification the file obeys, for example {@code 1.2.0}
 * @param process     the program to run
 * @param root        the root file system
 * @param hostname    the name inside the UTS namespace
 * @param domainname  the NIS domain name inside the UTS namespace ({@code setdomainname(2)})
 * @param mounts      mounts in the order they are made
 * @param hooks       programs run at points of the container's life
 * @param annotations free text by key, kept in key order
 * @param linux       what only Linux has: namespaces, limits, filters
 */
public record ContainerSpec(
        String ociVersion,
        Process process,
        Root root,
        Optional<String> hostname,
        Optional<String> domainname,
        List<Mount> mounts,
        Hooks hooks,
        Map<String, String> annotations,
        Linux linux) {

    /** The version this package writes. */
    public static final String VERSION = "1.2.0";

    public ContainerSpec {
        mounts = List.copyOf(mounts);
        annotations = SortedCopy.of(annotations);
    }

    /** The same with another process, as {@code exec} needs it. */
    public ContainerSpec withProcess(Process other) {
        return new ContainerSpec(ociVersion, other, root, hostname, domainname, mounts, hooks,
                annotations, linux);
    }

    /** The same with other hooks. */
    public ContainerSpec withHooks(Hooks other) {
        return new ContainerSpec(ociVersion, process, root, hostname, domainname, mounts, other,
                annotations, linux);
    }

    /**
     * Whether something is to be done between the making of the container's namespaces and the change
     * of its root: hooks to be run, network devices to be moved in, a limit to be raised.
     */
    public boolean waitsForHooks() {
        return !hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty()
                || !hooks.createContainer().isEmpty() || !linux.netDevices().isEmpty() || pins();
    }

    /**
     * Whether its program drives a device itself, and nothing is said of how much memory it may lock: what the device reads and writes is pinned, which counts as
     * locked ({@code vfio_pin_pages_remote}).
     */
    public boolean pins() {
        return linux.devices().stream().anyMatch(each -> each.path().startsWith("/dev/vfio/"))
                && process.rlimits().stream().noneMatch(each -> each.type().equals("RLIMIT_MEMLOCK"));
    }

    /** The same with other Linux settings. */
    public ContainerSpec withLinux(Linux other) {
        return new ContainerSpec(ociVersion, process, root, hostname, domainname, mounts, hooks,
                annotations, other);
    }
}
