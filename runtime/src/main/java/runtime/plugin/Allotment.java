package runtime.plugin;

import java.util.List;
import runtime.device.Share;

/**
 * What a container has of plug-ins' devices.
 *
 * @param owner    the container's id
 * @param shares   of each kind
 * @param takenBack whether its plug-in wants to be told of the container's end
 * @param cpus      processors for itself alone
 */
record Allotment(String owner, List<Share> shares, boolean takenBack, List<Integer> cpus) {
    Allotment {
        shares = List.copyOf(shares);
        cpus = List.copyOf(cpus);
    }
}
