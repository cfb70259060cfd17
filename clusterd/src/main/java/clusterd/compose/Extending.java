package clusterd.compose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Services of one file over those they extend, each of which is made once. */
final class Extending {
    private static final int LIMIT_DEPTH = 50;

    private final Assembly assembly;
    private final String file;
    private final String directory;
    private final UnaryOperator<String> variables;
    private final Tree.Mapping before;
    private final Map<String, Optional<Tree.Mapping>> files = new HashMap<>();
    private final Map<Service, Optional<Tree.Mapping>> done = new HashMap<>();
    private final List<Service> under = new ArrayList<>();

    /**
     * Takes up a file.
     *
     * @param before the files before it, whose services may be extended, too
     */
    Extending(Assembly assembly, String file, String directory, UnaryOperator<String> variables,
            Tree.Mapping before) {
        this.assembly = assembly;
        this.file = file;
        this.directory = directory;
        this.variables = variables;
        this.before = before;
    }

    private record Service(String file, String name) {
        @Override
        public String toString() {
            return name + " of " + file;
        }
    }

    /** The same file, nothing of which extends anything. */
    Tree.Mapping document(Tree.Mapping document) {
        if (!(document.get("services") instanceof Tree.Mapping services)) {
            return document;
        }
        files.put(file, Optional.of(document));
        Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        services.entries().forEach((name, entry) -> {
            Tree value = entry.value() instanceof Tree.Mapping
                    ? service(new Service(file, name)).<Tree>map(each -> each).orElse(entry.value()) : entry.value();
            entries.put(name, new Tree.Entry(entry.at(), value));
        });
        return document.with("services", document.entries().get("services").at(),
                new Tree.Mapping(entries, services.at(), services.override()));
    }

    private Optional<Tree.Mapping> service(Service service) {
        Optional<Tree.Mapping> known = done.get(service);
        if (known != null) {
            return known;
        }
        Optional<Tree.Mapping> found = files.getOrDefault(service.file, Optional.empty())
                .map(document -> document.get("services")).filter(Tree.Mapping.class::isInstance)
                .map(services -> ((Tree.Mapping) services).get(service.name))
                .filter(Tree.Mapping.class::isInstance).map(Tree.Mapping.class::cast);
        Optional<Tree.Mapping> extended = found.map(own -> own.get("extends") == null ? own
                : over(service, own.without("extends"), own.get("extends")));
        done.put(service, extended);
        return extended;
    }

    private Tree.Mapping over(Service service, Tree.Mapping own, Tree extending) {
        String path = "services." + service.name;
        Value value = new Value(extending, path + ".extends", "services.*.extends", assembly.problems());
        if (value.isNull()) {
            return own;
        }
        Section section = value.isWord() ? null : value.section();
        String name = section == null ? value.text() : section.required("service").map(Value::text).orElse("");
        String other = section == null || !section.has("file") ? service.file : section.text("file");
        if (name.isEmpty() || other.isEmpty()) {
            return own;
        }
        Service base = new Service(other, name);
        under.add(service);
        try {
            if (under.contains(base) || under.size() > LIMIT_DEPTH) {
                value.error("services extend each other in a circle, or too deep: "
                        + String.join(" → ", under.stream().map(Service::toString).limit(10).toList()) + " → " + base);
                return own;
            }
            load(other, value);
            Optional<Tree.Mapping> found = service(base).or(() -> other.equals(file) ? earlier(name)
                    : Optional.empty());
            if (found.isEmpty()) {
                value.error("there is no service " + Problems.quote(name) + " in " + other
                        + NearestName.hint(name, names(other)));
                return own;
            }
            return assembly.merge().services(service.name, found.get(), own);
        } finally {
            under.removeLast();
        }
    }

    private Optional<Tree.Mapping> earlier(String name) {
        return before.get("services") instanceof Tree.Mapping services
                && services.get(name) instanceof Tree.Mapping service ? Optional.of(service) : Optional.empty();
    }

    private List<String> names(String other) {
        return files.getOrDefault(other, Optional.empty()).map(document -> document.get("services"))
                .filter(Tree.Mapping.class::isInstance)
                .map(services -> List.copyOf(((Tree.Mapping) services).entries().keySet())).orElse(List.of());
    }

    /** Paths in it are relative to its own folder. */
    private void load(String other, Value named) {
        if (!files.containsKey(other)) {
            String folder = other.equals(file) ? directory : RelativePaths.parent(other);
            files.put(other, assembly.open(other, named).flatMap(source ->
                    assembly.read(source, folder, variables).stream().findFirst()));
        }
    }
}
