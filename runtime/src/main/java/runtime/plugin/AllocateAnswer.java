package runtime.plugin;

import api.deviceplugin.AllocateResponse;
import api.deviceplugin.CdiDevice;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.DeviceSpec;
import api.deviceplugin.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import runtime.device.CdiName;
import runtime.device.ContainerEdits;
import runtime.device.ContainerEdits.DeviceNode;
import runtime.device.ContainerEdits.EditMount;
import runtime.device.DeviceException;

/**
 * What a plug-in says a container needs, once it is known to make sense: a plug-in runs with as much right as the daemon, but it may be broken.
 *
 * @param edits       of the container's spec
 * @param cdi         devices whose edits a CDI spec knows
 * @param annotations of the container's spec
 */
record AllocateAnswer(ContainerEdits edits, List<CdiName> cdi, Map<String, String> annotations) {
    private static final Pattern VARIABLE = Pattern.compile("[^=\\x00]+");
    private static final Pattern PERMISSIONS = Pattern.compile("[rwm]{0,3}");
    /** By which plug-ins named CDI devices before the API had a field for these. */
    private static final String CDI_ANNOTATION = "cdi.k8s.io/";

    AllocateAnswer {
        cdi = List.copyOf(cdi);
        annotations = Map.copyOf(annotations);
    }

    /**
     * Reads one.
     *
     * @throws DeviceException if it makes no sense, with every reason
     */
    static AllocateAnswer of(AllocateResponse response) throws DeviceException {
        if (response.getContainerResponsesCount() != 1) {
            throw new DeviceException("it answered for " + response.getContainerResponsesCount() + " containers, and was asked for one");
        }
        ContainerAllocateResponse answer = response.getContainerResponses(0);
        List<String> problems = new ArrayList<>();
        List<String> environment = new ArrayList<>();
        new TreeMap<>(answer.getEnvsMap()).forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches() || value.indexOf('\0') >= 0) {
                problems.add("\"" + name + "\" is no name of a variable");
            }
            environment.add(name + "=" + value);
        });
        List<EditMount> mounts = new ArrayList<>();
        for (Mount each : answer.getMountsList()) {
            check(problems, "mount", each.getHostPath(), each.getContainerPath());
            mounts.add(new EditMount(each.getHostPath(), each.getContainerPath(), List.of("rbind", "rprivate", each.getReadOnly() ? "ro" : "rw"),
                    Optional.of("bind")));
        }
        List<DeviceNode> devices = new ArrayList<>();
        for (DeviceSpec each : answer.getDevicesList()) {
            check(problems, "device", each.getHostPath(), each.getContainerPath());
            if (!PERMISSIONS.matcher(each.getPermissions()).matches()) {
                problems.add("device " + each.getHostPath() + " is to be had with \"" + each.getPermissions() + "\", which is not out of rwm");
            }
            devices.add(new DeviceNode(each.getContainerPath(), Optional.of(each.getHostPath()), Optional.empty(), OptionalLong.empty(),
                    OptionalLong.empty(), OptionalInt.empty(), each.getPermissions(), OptionalLong.empty(), OptionalLong.empty()));
        }
        List<CdiName> cdi = new ArrayList<>();
        answer.getCdiDevicesList().stream().map(CdiDevice::getName).forEach(name -> named(cdi, problems, name));
        Map<String, String> annotations = new TreeMap<>();
        answer.getAnnotationsMap().forEach((name, value) -> {
            if (name.startsWith(CDI_ANNOTATION)) {
                List.of(value.split(",")).forEach(each -> named(cdi, problems, each));
            } else {
                annotations.put(name, value);
            }
        });
        if (!problems.isEmpty()) {
            throw new DeviceException("what it answered makes no sense: " + String.join("; ", problems));
        }
        return new AllocateAnswer(new ContainerEdits(environment, devices, mounts, List.of(), List.of(), false, Map.of()), cdi, annotations);
    }

    private static void check(List<String> problems, String what, String host, String container) {
        for (String each : List.of(host, container)) {
            if (!each.startsWith("/") || each.indexOf('\0') >= 0 || List.of(each.split("/")).contains("..")) {
                problems.add(what + " \"" + each + "\" is no path from the root");
            }
        }
    }

    private static void named(List<CdiName> cdi, List<String> problems, String name) {
        CdiName.parse(name).ifPresentOrElse(each -> {
            if (!cdi.contains(each)) {
                cdi.add(each);
            }
        }, () -> problems.add("\"" + name + "\" is no CDI device"));
    }
}
