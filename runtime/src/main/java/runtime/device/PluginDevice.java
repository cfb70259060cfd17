package runtime.device;

import java.util.List;

/**
 * A device that a plug-in offers.
 *
 * @param id        its name with the plug-in
 * @param healthy   whether it may be given to somebody
 * @param numaNodes that it is attached to; none if nobody knows
 */
public record PluginDevice(String id, boolean healthy, List<Long> numaNodes) {
    /** Kubernetes' own bound. */
    public static final int LONGEST_ID = 63;

    /** Copies the list. */
    public PluginDevice {
        numaNodes = List.copyOf(numaNodes);
    }
}
