package clusterd.compose;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import runtime.device.ResourceRequest;

/**
 * How a service's containers are set apart from their node.
 *
 * @param readOnlyRoot     whether the root file system cannot be written
 * @param privileged       whether hardly anything is held back
 * @param capAdd           capabilities more than usual
 * @param capDrop          capabilities less
 * @param securityOptions  {@code name=value} or {@code no-new-privileges}
 * @param sysctls          kernel parameters of their namespaces
 * @param devices          of the node
 * @param cdiDevices       {@code vendor.com/class=name}
 * @param gpus             {@code all}, a number or {@code device=NAME,NAME}; {@code ""} = none
 * @param deviceRules      {@code c 1:3 rwm}
 * @param pid              {@code host}; {@code ""} = of their own
 * @param ipc              {@code host}, {@code none}, {@code private}, {@code shareable}; {@code ""} = of their own
 * @param uts              {@code host}; {@code ""} = of their own
 * @param userNamespace    {@code host}; {@code ""} = the node's choice
 * @param cgroupNamespace  {@code host} or {@code private}; {@code ""} = of their own
 * @param cgroupParent     {@code ""} = the node's choice
 * @param sharedMemoryBytes of {@code /dev/shm}; 0 = what is usual
 * @param oomScore         -1000 to 1000; absent = the daemon's
 * @param resources        devices of the node that plug-ins offer
 */
public record Isolation(boolean readOnlyRoot, boolean privileged, List<String> capAdd, List<String> capDrop,
        List<String> securityOptions, SortedMap<String, String> sysctls, List<DeviceUse> devices,
        List<String> cdiDevices, String gpus, List<String> deviceRules, String pid, String ipc, String uts,
        String userNamespace, String cgroupNamespace, String cgroupParent, long sharedMemoryBytes,
        OptionalInt oomScore, List<ResourceRequest> resources) {
    /** Copies lists and map. */
    public Isolation {
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        securityOptions = List.copyOf(securityOptions);
        sysctls = ComposeProject.sorted(sysctls);
        devices = List.copyOf(devices);
        cdiDevices = List.copyOf(cdiDevices);
        deviceRules = List.copyOf(deviceRules);
        resources = List.copyOf(resources);
    }

    /**
     * A device node of the host.
     *
     * @param hostPath      on it
     * @param containerPath in the container
     * @param permissions   of {@code r}, {@code w}, {@code m}
     */
    public record DeviceUse(String hostPath, String containerPath, String permissions) {
    }
}
