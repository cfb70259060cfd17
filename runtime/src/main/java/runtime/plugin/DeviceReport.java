package runtime.plugin;

import api.deviceplugin.Device;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.NumaNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import runtime.device.PluginDevice;

/**
 * What a plug-in says it has.
 *
 * @param devices  that make sense
 * @param problems of those that do not, a sentence each
 */
record DeviceReport(List<PluginDevice> devices, List<String> problems) {
    private static final String HEALTHY = "Healthy";
    private static final String UNHEALTHY = "Unhealthy";
    private static final int MOST_DEVICES = 65_536;
    private static final int MOST_PROBLEMS = 8;

    DeviceReport {
        devices = List.copyOf(devices);
        problems = List.copyOf(problems);
    }

    static DeviceReport of(ListAndWatchResponse response) {
        List<PluginDevice> devices = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Device each : response.getDevicesList()) {
            String id = each.getId();
            if (devices.size() == MOST_DEVICES) {
                problems.add("it has more than " + MOST_DEVICES + " devices");
                break;
            }
            if (id.isEmpty() || id.length() > PluginDevice.LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
                problems.add("\"" + printable(id) + "\" is no name of a device: 1 to " + PluginDevice.LONGEST_ID + " characters");
            } else if (!ids.add(id)) {
                problems.add("device " + id + " is there twice");
            } else {
                if (!each.getHealth().equals(HEALTHY) && !each.getHealth().equals(UNHEALTHY)) {
                    problems.add("device " + id + " is \"" + printable(each.getHealth()) + "\", which is neither " + HEALTHY + " nor " + UNHEALTHY);
                }
                devices.add(new PluginDevice(id, each.getHealth().equals(HEALTHY), each.getTopology().getNodesList().stream()
                        .map(NumaNode::getId).toList()));
            }
        }
        return new DeviceReport(devices, problems.size() > MOST_PROBLEMS ? problems.subList(0, MOST_PROBLEMS) : problems);
    }

    private static String printable(String text) {
        String bare = text.replaceAll("\\p{Cntrl}", "?");
        return bare.length() > PluginDevice.LONGEST_ID ? bare.substring(0, PluginDevice.LONGEST_ID) + "…" : bare;
    }
}
