package clusterd.compose;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Makes the paths of one file absolute, before it is merged with those of other folders. */
final class RelativePaths {
    private final String directory;
    private final UnaryOperator<String> variables;

    RelativePaths(String directory, UnaryOperator<String> variables) {
        this.directory = directory;
        this.variables = variables;
    }

    /** The path below the directory, unless it is absolute; {@code ~} is the user's folder. */
    String absolute(String path) {
        String home = variables.apply("HOME");
        if (home != null && home.startsWith("/") && (path.equals("~") || path.startsWith("~/"))) {
            return normal(home + path.substring(1));
        }
        return normal(path.startsWith("/") ? path : directory + "/" + path);
    }

    /** The folder of an absolute path. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    private static String normal(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /** The same file with absolute paths. */
    Tree.Mapping document(Tree.Mapping document) {
        Tree.Mapping done = each(document, "services", this::service);
        done = each(done, "secrets", mapping -> scalar(mapping, "file"));
        return each(done, "configs", mapping -> scalar(mapping, "file"));
    }

    private static Tree.Mapping each(Tree.Mapping document, String key, UnaryOperator<Tree.Mapping> change) {
        if (!(document.get(key) instanceof Tree.Mapping named)) {
            return document;
        }
        Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        named.entries().forEach((name, entry) -> entries.put(name, entry.value() instanceof Tree.Mapping mapping
                ? new Tree.Entry(entry.at(), change.apply(mapping)) : entry));
        return document.with(key, document.entries().get(key).at(),
                new Tree.Mapping(entries, named.at(), named.override()));
    }

    private Tree.Mapping service(Tree.Mapping service) {
        Tree.Mapping done = paths(paths(service, "env_file"), "label_file");
        if (done.get("extends") instanceof Tree.Mapping extending) {
            done = done.with("extends", done.entries().get("extends").at(), scalar(extending, "file"));
        }
        if (done.get("volumes") instanceof Tree.Sequence volumes) {
            List<Tree> elements = volumes.elements().stream().map(this::volume).toList();
            done = done.with("volumes", done.entries().get("volumes").at(),
                    new Tree.Sequence(elements, volumes.at(), volumes.override()));
        }
        return done;
    }

    private Tree.Mapping paths(Tree.Mapping service, String key) {
        Tree tree = service.get(key);
        if (tree instanceof Tree.Sequence sequence) {
            List<Tree> elements = new ArrayList<>();
            sequence.elements().forEach(element -> elements.add(switch (element) {
                case Tree.Scalar scalar -> absolute(scalar);
                case Tree.Mapping mapping -> scalar(mapping, "path");
                case Tree.Sequence other -> other;
            }));
            return service.with(key, service.entries().get(key).at(),
                    new Tree.Sequence(elements, sequence.at(), sequence.override()));
        }
        return scalar(service, key);
    }

    private Tree.Mapping scalar(Tree.Mapping mapping, String key) {
        return mapping.get(key) instanceof Tree.Scalar scalar
                ? mapping.with(key, mapping.entries().get(key).at(), absolute(scalar)) : mapping;
    }

    private Tree.Scalar absolute(Tree.Scalar scalar) {
        return scalar.isNull() || scalar.text().isEmpty() ? scalar
                : new Tree.Scalar(absolute(scalar.text()), scalar.kind(), scalar.at(), scalar.override());
    }

    private Tree volume(Tree volume) {
        return switch (volume) {
            case Tree.Scalar scalar -> {
                int colon = scalar.text().indexOf(':');
                String source = colon < 0 ? "" : scalar.text().substring(0, colon);
                yield !source.startsWith(".") && !source.startsWith("~") ? scalar
                        : new Tree.Scalar(absolute(source) + scalar.text().substring(colon), scalar.kind(),
                                scalar.at(), scalar.override());
            }
            case Tree.Mapping mapping when mapping.get("type") instanceof Tree.Scalar type
                    && type.text().equals("bind") -> scalar(mapping, "source");
            case Tree.Mapping mapping -> mapping;
            case Tree.Sequence sequence -> sequence;
        };
    }
}
