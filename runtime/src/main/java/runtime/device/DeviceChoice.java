package runtime.device;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of a plug-in's devices a container gets. */
public final class DeviceChoice {
    private DeviceChoice() {}

    /**
     * Those that may be given to somebody, in the plug-in's order.
     *
     * @param taken ids that somebody has
     * @throws DeviceException if they are fewer than are wanted, with why
     */
    public static List<String> free(String resource, Collection<PluginDevice> devices, Set<String> taken, int count) throws DeviceException {
        List<String> free = new ArrayList<>();
        int unhealthy = 0;
        int had = 0;
        for (PluginDevice each : devices) {
            if (taken.contains(each.id())) {
                had++;
            } else if (each.healthy()) {
                free.add(each.id());
            } else {
                unhealthy++;
            }
        }
        if (free.size() < count) {
            throw new DeviceException(count + " of " + resource + (count == 1 ? " is" : " are") + " wanted, and " + free.size() + " of "
                    + devices.size() + (free.size() == 1 ? " is" : " are") + " free: " + had + " taken, " + unhealthy + " unhealthy; jctl resource ls"
                    + " shows who has them");
        }
        return free;
    }

    /**
     * What a plug-in prefers, if it said something sensible; else the first that are free.
     *
     * @param preferred the plug-in's own words
     */
    public static List<String> of(List<String> preferred, List<String> free, int count) {
        boolean sensible = preferred.size() == count && new HashSet<>(preferred).size() == count && free.containsAll(preferred);
        return sensible ? List.copyOf(preferred) : List.copyOf(free.subList(0, count));
    }
}
