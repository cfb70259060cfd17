package runtime.device;

import java.util.List;

/**
 * Devices that a container has.
 *
 * @param resource of which kind
 * @param devices  by their plug-in's names
 */
public record Share(String resource, List<String> devices) {
    /** Copies the list. */
    public Share {
        devices = List.copyOf(devices);
    }
}
