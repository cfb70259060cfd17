package runtime.device;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import runtime.spec.Hooks.Hook;
import runtime.spec.Linux.NetDevice;

/**
 * What a device changes in a container's spec (CDI's SPEC.md, {@code containerEdits}).
 *
 * @param environment    {@code NAME=value}; takes the place of one of that name
 * @param deviceNodes    device files
 * @param mounts         of files and folders of the host
 * @param hooks          programs to run at points of the container's life
 * @param additionalGids groups the process is in besides its own; 0 is left out
 * @param intelRdt       whether it wants cache or memory bandwidth set apart
 * @param networkDevices the host's network devices to move in, by their names on the host
 */
public record ContainerEdits(
        List<String> environment,
        List<DeviceNode> deviceNodes,
        List<EditMount> mounts,
        List<EditHook> hooks,
        List<Long> additionalGids,
        boolean intelRdt,
        Map<String, NetDevice> networkDevices) {
    public ContainerEdits {
        environment = List.copyOf(environment);
        deviceNodes = List.copyOf(deviceNodes);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        additionalGids = List.copyOf(additionalGids);
        networkDevices = Map.copyOf(networkDevices);
    }

    /** Whether nothing is changed. */
    public boolean isEmpty() {
        return environment.isEmpty() && deviceNodes.isEmpty() && mounts.isEmpty()
                && hooks.isEmpty() && additionalGids.isEmpty() && !intelRdt
                && networkDevices.isEmpty();
    }

    /**
     * A device file; what is absent is as on the host.
     *
     * @param path        in the container
     * @param hostPath    on the host; absent for the same
     * @param type        {@code b}, {@code c}, {@code u} or {@code p}
     * @param major       device number
     * @param minor       device number
     * @param fileMode    permission bits
     * @param permissions of the cgroup, out of {@code rwm}; empty for all
     * @param uid         its owner, as the container numbers users
     * @param gid         its group, likewise
     */
    public record DeviceNode(String path, Optional<String> hostPath, Optional<String> type,
            OptionalLong major, OptionalLong minor, OptionalInt fileMode, String permissions,
            OptionalLong uid, OptionalLong gid) {

        /** Where it is looked up. */
        public String source() {
            return hostPath.orElse(path);
        }
    }

    /**
     * A mount.
     *
     * @param hostPath      what is mounted
     * @param containerPath where
     * @param options       as of an OCI spec
     * @param type          {@code bind} if absent
     */
    public record EditMount(String hostPath, String containerPath, List<String> options,
            Optional<String> type) {
        public EditMount {
            options = List.copyOf(options);
        }
    }

    /** A program and when it runs: {@code prestart}, {@code createRuntime}, {@code createContainer} … */
    public record EditHook(String point, Hook hook) {}
}
