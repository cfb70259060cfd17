package clusterd.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Volumes in both syntaxes, and {@code tmpfs}; by their targets. */
final class MountReader {
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");

    private final ProjectReader.Known known;

    MountReader(ProjectReader.Known known) {
        this.known = known;
    }

    List<ServiceMount> read(Section service) {
        Map<String, ServiceMount> mounts = new TreeMap<>();
        for (Value each : service.list("volumes")) {
            add(each, each.isWord() ? shortForm(each) : longForm(each), mounts);
        }
        for (Value each : service.get("tmpfs").map(Value::listOrOne).orElse(List.of())) {
            add(each, tmpfs(each), mounts);
        }
        return List.copyOf(mounts.values());
    }

    private void add(Value each, ServiceMount mount, Map<String, ServiceMount> mounts) {
        if (!mount.target().startsWith("/") || mount.target().equals("/")) {
            each.error("expected an absolute path in the container, and not /, found "
                    + Problems.quote(mount.target()));
            return;
        }
        if (mount.kind() == ServiceMount.Kind.VOLUME && !mount.source().isEmpty()
                && !known.volumes().contains(mount.source())) {
            each.error(Problems.quote(mount.source()) + " is not among the volumes of the file"
                    + NearestName.hint(mount.source(), known.volumes())
                    + "; a folder of the node begins with / or ./");
        }
        if (mounts.putIfAbsent(mount.target(), mount) != null) {
            each.error("something else is mounted at " + mount.target() + " already");
        }
    }

    /** {@code TARGET}, {@code SOURCE:TARGET}, {@code SOURCE:TARGET:OPTIONS}. */
    private static ServiceMount shortForm(Value each) {
        String[] parts = each.text().split(":", -1);
        if (parts.length > 3 || parts[0].isEmpty() || parts.length > 1 && parts[1].isEmpty()) {
            each.error("expected [SOURCE:]TARGET[:OPTIONS], found " + each.tree().describe());
            return mount(ServiceMount.Kind.VOLUME, "", "/unreadable");
        }
        if (parts.length == 1) {
            return mount(ServiceMount.Kind.VOLUME, "", parts[0]);
        }
        boolean bind = parts[0].startsWith("/");
        boolean readOnly = false;
        boolean copy = true;
        String propagation = "";
        for (String option : parts.length == 3 ? parts[2].split(",") : new String[0]) {
            switch (option) {
                case "", "rw" -> { }
                case "z", "Z", "cached", "delegated", "consistent" ->
                        each.warning("option " + option + " has no effect");
                case "ro" -> readOnly = true;
                case "nocopy" -> copy = false;
                default -> {
                    if (PROPAGATIONS.contains(option)) {
                        propagation = option;
                    } else {
                        each.error("option " + Problems.quote(option) + " is unknown: expected ro, rw, nocopy or a"
                                + " propagation such as rslave");
                    }
                }
            }
        }
        return new ServiceMount(bind ? ServiceMount.Kind.BIND : ServiceMount.Kind.VOLUME, parts[0], parts[1], readOnly,
                bind ? propagation : "", bind, true, bind || copy, 0, OptionalInt.empty(), List.of());
    }

    private static ServiceMount mount(ServiceMount.Kind kind, String source, String target) {
        return new ServiceMount(kind, source, target, false, "", false, true, true, 0, OptionalInt.empty(), List.of());
    }

    private static ServiceMount longForm(Value each) {
        Section section = each.section();
        String type = section.required("type").map(value -> value.oneOf(List.of("volume", "bind", "tmpfs")))
                .orElse("volume");
        String source = section.text("source");
        String target = section.required("target").map(Value::text).orElse("/unreadable");
        boolean readOnly = section.truth("read_only");
        List.of("bind", "volume", "tmpfs").stream().filter(key -> !key.equals(type) && section.has(key))
                .forEach(key -> section.error(key + " has no meaning with type: " + type));
        Section bind = section.section("bind");
        Section volume = section.section("volume");
        Section tmpfs = section.section("tmpfs");
        String propagation = bind.get("propagation").map(value -> value.oneOf(
                PROPAGATIONS.stream().sorted().toList())).orElse("");
        boolean recursive = bind.get("recursive").map(value -> value.oneOf(
                List.of("enabled", "disabled")).equals("enabled")).orElse(true);
        boolean create = bind.get("create_host_path").map(Value::truth).orElse(true);
        boolean copy = !volume.truth("nocopy");
        long size = tmpfs.get("size").map(Value::bytes).orElse(0L);
        OptionalInt mode = tmpfs.get("mode").map(value -> OptionalInt.of(value.mode())).orElse(OptionalInt.empty());
        return switch (type) {
            case "bind" -> {
                if (!source.startsWith("/")) {
                    section.error("expected a source on the node, found " + Problems.quote(source));
                }
                yield new ServiceMount(ServiceMount.Kind.BIND, source, target, readOnly, propagation,
                        create, recursive, true, 0, OptionalInt.empty(), List.of());
            }
            case "tmpfs" -> {
                if (!source.isEmpty()) {
                    section.error("a tmpfs has no source");
                }
                yield new ServiceMount(ServiceMount.Kind.TMPFS, "", target, readOnly, "", false, true, true,
                        size, mode, List.of());
            }
            default -> new ServiceMount(ServiceMount.Kind.VOLUME, source, target, readOnly, "", false, true,
                    copy, 0, OptionalInt.empty(), List.of());
        };
    }

    /** {@code /run}, {@code /run:size=64m,mode=1777,noexec}. */
    private static ServiceMount tmpfs(Value each) {
        String text = each.text();
        int colon = text.indexOf(':');
        boolean readOnly = false;
        long size = 0;
        OptionalInt mode = OptionalInt.empty();
        List<String> options = new ArrayList<>();
        for (String option : colon < 0 ? new String[0] : text.substring(colon + 1).split(",")) {
            if (option.startsWith("size=")) {
                size = each.number(whole -> Quantities.bytes(option.substring(5)), 0L);
            } else if (option.startsWith("mode=")) {
                mode = OptionalInt.of(each.number(whole -> Quantities.mode(option.substring(5), true), 0));
            } else if (option.equals("ro")) {
                readOnly = true;
            } else if (!option.matches("[a-z][a-z0-9_]{0,30}(=[A-Za-z0-9._%-]{1,60})?")) {
                each.error("option " + Problems.quote(option) + " cannot be one of a tmpfs");
            } else if (!option.equals("rw")) {
                options.add(option);
            }
        }
        return new ServiceMount(ServiceMount.Kind.TMPFS, "", colon < 0 ? text : text.substring(0, colon), readOnly, "",
                false, true, true, size, mode, options);
    }
}
