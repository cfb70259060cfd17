package runtime.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import runtime.device.CdiSpec.CdiDevice;
import runtime.device.ContainerEdits.DeviceNode;
import runtime.device.ContainerEdits.EditHook;
import runtime.device.ContainerEdits.EditMount;
import runtime.spec.Fields;
import runtime.spec.Hooks.Hook;
import runtime.spec.Linux.NetDevice;
import runtime.spec.Problem;
import runtime.spec.SpecException;

/** Reads a CDI spec of any version up to 1.1.0, and reports every problem at once. */
public final class CdiParser {
    private static final Set<String> VERSIONS = Set.of("0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0",
            "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0");
    private static final Set<String> HOOK_POINTS = Set.of("prestart", "createRuntime",
            "createContainer", "startContainer", "poststart", "poststop");

    private CdiParser() {}

    /**
     * The spec in a tree of JSON.
     *
     * @param file where it comes from, for messages
     * @throws SpecException with every problem found
     */
    public static CdiSpec parse(String file, ObjectNode tree) throws SpecException {
        List<Problem> problems = new ArrayList<>();
        Fields fields = new Fields(tree, problems);
        fields.onlyKnown("cdiVersion", "kind", "annotations", "devices", "containerEdits");
        String version = fields.text("cdiVersion");
        if (!version.isEmpty() && !VERSIONS.contains(version)) {
            fields.problem("cdiVersion", "version " + version + " is not known here; known are"
                    + " 0.1.0 to 0.8.0, 1.0.0 and 1.1.0");
        }
        String kind = fields.text("kind");
        if (!kind.isEmpty() && !CdiName.isKind(kind)) {
            fields.problem("kind", "must be vendor.com/class, not \"" + kind + "\"");
        }
        List<CdiDevice> devices = fields.objects("devices", CdiParser::device);
        checkNames(fields, devices);
        ContainerEdits edits = edits(fields.objectOrEmpty("containerEdits"));
        if (!problems.isEmpty()) {
            throw new SpecException(problems);
        }
        return new CdiSpec(file, kind, devices, edits);
    }

    private static void checkNames(Fields fields, List<CdiDevice> devices) {
        if (devices.isEmpty()) {
            fields.problem("devices", "must have at least one device");
        }
        Set<String> names = new HashSet<>();
        for (CdiDevice device : devices) {
            if (!names.add(device.name())) {
                fields.problem("devices", "has two devices of the name " + device.name());
            }
        }
    }

    private static CdiDevice device(Fields fields) {
        fields.onlyKnown("name", "annotations", "containerEdits");
        String name = fields.text("name");
        if (!name.isEmpty() && !CdiName.isDevice(name)) {
            fields.problem("name", "must be letters, digits, and _ - . : between them, not \""
                    + name + "\"");
        }
        ContainerEdits edits = edits(fields.objectOrEmpty("containerEdits"));
        if (edits.isEmpty()) {
            fields.problem("containerEdits", "is missing or empty; a device must change something");
        }
        return new CdiDevice(name, edits);
    }

    private static ContainerEdits edits(Fields fields) {
        fields.onlyKnown("env", "deviceNodes", "mounts", "hooks", "intelRdt", "additionalGids",
                "netDevices");
        List<String> environment = fields.texts("env");
        for (String entry : environment) {
            if (entry.indexOf('=') <= 0 || entry.indexOf('\0') >= 0) {
                fields.problem("env", "must be NAME=value, not \"" + entry + "\"");
            }
        }
        return new ContainerEdits(environment,
                fields.objects("deviceNodes", CdiParser::deviceNode),
                fields.objects("mounts", CdiParser::mount),
                fields.objects("hooks", CdiParser::hook),
                fields.ids("additionalGids"),
                fields.object("intelRdt").isPresent(),
                networkDevices(fields));
    }

    private static Map<String, NetDevice> networkDevices(Fields fields) {
        Map<String, NetDevice> devices = new HashMap<>();
        fields.objects("netDevices", each -> {
            each.onlyKnown("hostInterfaceName", "name");
            String host = each.text("hostInterfaceName");
            if (devices.put(host, new NetDevice(each.optionalText("name"))) != null) {
                each.problem("hostInterfaceName", "is there twice: " + host);
            }
            return host;
        });
        return devices;
    }

    private static DeviceNode deviceNode(Fields fields) {
        fields.onlyKnown("path", "hostPath", "type", "major", "minor", "fileMode", "permissions",
                "uid", "gid");
        Optional<String> type = fields.optionalText("type");
        if (type.isPresent() && !Set.of("b", "c", "u", "p").contains(type.get())) {
            fields.problem("type", "must be b, c, u or p, not \"" + type.get() + "\"");
        }
        String permissions = fields.optionalText("permissions").orElse("");
        if (!permissions.matches("[rwm]{0,3}")) {
            fields.problem("permissions", "must be out of r, w and m, not \"" + permissions + "\"");
        }
        return new DeviceNode(path(fields, "path", fields.text("path")),
                fields.optionalText("hostPath").map(path -> path(fields, "hostPath", path)), type,
                fields.optionalNumber("major"), fields.optionalNumber("minor"),
                fields.optionalInt("fileMode", 0, 07777), permissions, fields.optionalId("uid"),
                fields.optionalId("gid"));
    }

    private static EditMount mount(Fields fields) {
        fields.onlyKnown("hostPath", "containerPath", "options", "type");
        return new EditMount(fields.text("hostPath"),
                path(fields, "containerPath", fields.text("containerPath")),
                fields.texts("options"), fields.optionalText("type"));
    }

    private static EditHook hook(Fields fields) {
        fields.onlyKnown("hookName", "path", "args", "env", "timeout");
        String point = fields.text("hookName");
        if (!point.isEmpty() && !HOOK_POINTS.contains(point)) {
            fields.problem("hookName", "must be one of prestart, createRuntime, createContainer,"
                    + " startContainer, poststart, poststop, not \"" + point + "\"");
        }
        OptionalInt timeout = fields.optionalInt("timeout", 1, Integer.MAX_VALUE);
        return new EditHook(point, new Hook(path(fields, "path", fields.text("path")),
                fields.texts("args"), fields.texts("env"), timeout));
    }

    private static String path(Fields fields, String name, String path) {
        if (!path.isEmpty() && (!path.startsWith("/") || path.indexOf('\0') >= 0
                || List.of(path.split("/")).contains(".."))) {
            fields.problem(name, "must be an absolute path without .., not \"" + path + "\"");
        }
        return path;
    }
}
