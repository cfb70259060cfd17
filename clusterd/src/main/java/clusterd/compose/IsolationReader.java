package clusterd.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import runtime.device.ResourceRequest;

/** How containers are set apart from their node. */
final class IsolationReader {
    private IsolationReader() {
    }

    /** Reads it; GPUs may be told in two places, and what plug-ins offer is read with what is reserved. */
    static Isolation read(Section service, String gpus, List<ResourceRequest> resources) {
        List<Isolation.DeviceUse> devices = new ArrayList<>();
        List<String> cdiDevices = new ArrayList<>();
        for (Value each : service.list("devices")) {
            device(each, devices, cdiDevices);
        }
        OptionalInt oomScore = service.get("oom_score_adj").map(value -> OptionalInt.of(value.whole(-1000, 1000)))
                .orElse(OptionalInt.empty());
        Map<String, String> sysctls = service.get("sysctls").map(Value::textPairs).orElse(Map.of());
        return new Isolation(service.truth("read_only"), service.truth("privileged"), capabilities(service, "cap_add"),
                capabilities(service, "cap_drop"), security(service), new TreeMap<>(sysctls), devices, cdiDevices,
                gpus, rules(service), mode(service, "pid", List.of("host")),
                mode(service, "ipc", List.of("private", "host", "none", "shareable")),
                mode(service, "uts", List.of("host")), mode(service, "userns_mode", List.of("host")),
                mode(service, "cgroup", List.of("private", "host")), service.text("cgroup_parent"),
                service.get("shm_size").map(Value::bytes).orElse(0L), oomScore,
                resources);
    }

    private static String mode(Section service, String key, List<String> words) {
        return service.get(key).map(value -> {
            if (value.isWord() && value.text().matches("(service|container):.*")) {
                value.error("tasks may be on different nodes and share no namespaces: expected "
                        + String.join(", ", words) + ", found " + value.tree().describe());
                return "";
            }
            return value.oneOf(words);
        }).orElse("");
    }

    private static List<String> capabilities(Section service, String key) {
        return service.list(key).stream().map(value -> {
            String text = value.text();
            if (!text.matches("[A-Za-z_]{1,40}")) {
                value.error("expected a capability such as NET_ADMIN, or ALL, found " + value.tree().describe());
            }
            return text;
        }).filter(text -> !text.isEmpty()).distinct().toList();
    }

    private static List<String> security(Section service) {
        List<String> options = new ArrayList<>();
        for (Value each : service.list("security_opt")) {
            String text = each.text().replaceFirst("^([a-z-]+):", "$1=");
            boolean fits = text.matches("no-new-privileges(=(true|false))?|seccomp=unconfined"
                    + "|systempaths=unconfined|apparmor=.{1,200}|label=.{1,200}");
            if (!fits) {
                each.error("expected no-new-privileges, seccomp=unconfined, apparmor=NAME, label=… or"
                        + " systempaths=unconfined, found " + each.tree().describe());
            } else if (!options.contains(text)) {
                options.add(text);
            }
        }
        return options;
    }

    private static List<String> rules(Section service) {
        return service.list("device_cgroup_rules").stream().map(value -> {
            if (!value.text().matches("[abc] ([0-9]{1,7}|\\*):([0-9]{1,7}|\\*) [rwm]{1,3}")) {
                value.error("expected a rule such as \"c 1:3 rwm\", found " + value.tree().describe());
            }
            return value.text();
        }).distinct().toList();
    }

    /** {@code /dev/a[:/dev/b][:rwm]}, {@code vendor.com/class=name}, or the long form. */
    private static void device(Value each, List<Isolation.DeviceUse> devices, List<String> cdiDevices) {
        if (!each.isWord()) {
            Section section = each.section();
            String source = section.required("source").map(Value::text).orElse("");
            add(each, source, section.get("target").map(Value::text).orElse(source),
                    section.get("permissions").map(Value::text).orElse("rwm"), devices, cdiDevices);
            return;
        }
        String[] parts = each.text().split(":", -1);
        boolean targeted = parts.length > 1 && parts[1].startsWith("/");
        int permissionsAt = targeted ? 2 : 1;
        if (parts.length > permissionsAt + 1) {
            each.error("expected /dev/a[:/dev/b][:rwm], found " + each.tree().describe());
            return;
        }
        add(each, parts[0], targeted ? parts[1] : parts[0],
                parts.length > permissionsAt ? parts[permissionsAt] : "rwm", devices, cdiDevices);
    }

    private static void add(Value each, String source, String target, String permissions,
            List<Isolation.DeviceUse> devices, List<String> cdiDevices) {
        int slash = source.indexOf('/');
        if (slash > 0 && source.indexOf('=') > slash) {
            cdiDevices.add(source);
        } else if (!source.startsWith("/") || !target.startsWith("/") || !permissions.matches("[rwm]{1,3}")) {
            each.error("expected /dev/a[:/dev/b][:rwm] or vendor.com/class=name, found " + each.tree().describe());
        } else {
            devices.add(new Isolation.DeviceUse(source, target, permissions));
        }
    }
}
