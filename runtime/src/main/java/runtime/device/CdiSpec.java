package runtime.device;

import java.util.List;

/**
 * A file that describes devices of one kind.
 *
 * @param file    its path, for messages
 * @param kind    {@code vendor.com/class}
 * @param devices at least one
 * @param edits   what a container gets if it has any of them
 */
public record CdiSpec(String file, String kind, List<CdiDevice> devices, ContainerEdits edits) {
    public CdiSpec {
        devices = List.copyOf(devices);
    }

    /** A device, by its name within the kind. */
    public record CdiDevice(String name, ContainerEdits edits) {}
}
