package clusterd.compose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file over another one, by the specification's rules: maps merge, lists grow, commands are replaced, and
 * ports, volumes, secrets and configs are replaced by what makes them one. {@code !reset} takes away,
 * {@code !override} replaces.
 */
final class Merge {
    private static final Set<String> REPLACED = Set.of("services.*.command", "services.*.entrypoint",
            "services.*.healthcheck.test", "services.*.extends", "services.*.gpus", "services.*.build");
    /** {@code NAME=value} or a map. */
    private static final Set<String> PAIRS = Set.of("services.*.environment", "services.*.labels",
            "services.*.annotations", "services.*.sysctls", "services.*.deploy.labels", "networks.*.labels",
            "volumes.*.labels", "secrets.*.labels", "configs.*.labels");
    /** Names or a map. */
    private static final Set<String> NAMES = Set.of("services.*.depends_on", "services.*.networks");
    private static final Set<String> ONE_OR_LIST = Set.of("services.*.dns", "services.*.dns_search",
            "services.*.tmpfs", "services.*.env_file", "services.*.label_file");
    /** Either form, the later one holds. */
    private static final Set<String> LOOSE = Set.of("services.*.ulimits.*", "networks.*.external",
            "volumes.*.external", "secrets.*.external", "configs.*.external");

    private final Problems problems;
    private final Budget budget;

    Merge(Problems problems, Budget budget) {
        this.problems = problems;
        this.budget = budget;
    }

    /** The later over the earlier, both whole files. */
    Tree.Mapping documents(Tree.Mapping earlier, Tree.Mapping later) {
        return mappings("", "", earlier, later);
    }

    /** The later over the earlier, both services. */
    Tree.Mapping services(String name, Tree.Mapping earlier, Tree.Mapping later) {
        return mappings("services." + name, "services.*", earlier, later);
    }

    /** What is left when nothing more comes: without what {@code !reset} stands on. */
    Tree clean(Tree tree) {
        budget.spendValues(1);
        return switch (tree) {
            case Tree.Scalar scalar -> scalar;
            case Tree.Sequence sequence -> new Tree.Sequence(sequence.elements().stream()
                    .filter(element -> element.override() != Tree.Override.RESET).map(this::clean).toList(),
                    sequence.at());
            case Tree.Mapping mapping -> {
                Map<String, Tree.Entry> entries = new LinkedHashMap<>();
                mapping.entries().forEach((key, entry) -> {
                    if (entry.value().override() != Tree.Override.RESET) {
                        entries.put(key, new Tree.Entry(entry.at(), clean(entry.value())));
                    }
                });
                yield new Tree.Mapping(entries, mapping.at());
            }
        };
    }

    private Tree.Mapping mappings(String path, String pattern, Tree.Mapping earlier, Tree.Mapping later) {
        budget.spendValues(earlier.entries().size() + later.entries().size());
        Map<String, Tree.Entry> merged = new LinkedHashMap<>(earlier.entries());
        later.entries().forEach((key, entry) -> {
            Tree.Entry before = merged.get(key);
            Tree value = before == null ? entry.value()
                    : value(child(path, key), child(pattern, keyPattern(pattern, key)), before.value(),
                            entry.value());
            if (before != null && entry.value().override() == Tree.Override.RESET) {
                merged.remove(key);
            } else {
                merged.put(key, new Tree.Entry(entry.at(), value));
            }
        });
        return new Tree.Mapping(merged, later.at(), earlier.override());
    }

    private static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String keyPattern(String pattern, String key) {
        boolean names = !pattern.isEmpty() && KeyTable.below(pattern).isEmpty()
                && !KeyTable.below(pattern + ".*").isEmpty();
        return names ? "*" : key;
    }

    private Tree value(String path, String pattern, Tree earlier, Tree later) {
        boolean replaces = later.override() == Tree.Override.REPLACE || REPLACED.contains(pattern)
                || earlier.isNull() || earlier.override() == Tree.Override.RESET
                || pattern.startsWith("x-") || pattern.contains(".x-") && !pattern.contains(".x-jctl");
        if (replaces) {
            return later;
        }
        if (later.isNull()) {
            return earlier instanceof Tree.Scalar ? later : earlier;
        }
        if (PAIRS.contains(pattern)) {
            return both(path, pattern, pairs(earlier), pairs(later));
        }
        if (pattern.equals("services.*.extra_hosts")) {
            return both(path, pattern, hosts(earlier), hosts(later));
        }
        if (NAMES.contains(pattern)) {
            return both(path, pattern, names(earlier), names(later));
        }
        if (ONE_OR_LIST.contains(pattern)) {
            return both(path, pattern, list(earlier), list(later));
        }
        boolean otherDriver = pattern.equals("services.*.logging") && earlier instanceof Tree.Mapping before
                && later instanceof Tree.Mapping after && before.get("driver") instanceof Tree.Scalar one
                && after.get("driver") instanceof Tree.Scalar other && !one.text().equals(other.text());
        return otherDriver ? later : both(path, pattern, earlier, later);
    }

    private Tree both(String path, String pattern, Tree earlier, Tree later) {
        if (earlier instanceof Tree.Mapping before && later instanceof Tree.Mapping after) {
            return mappings(path, pattern, before, after);
        }
        if (earlier instanceof Tree.Sequence before && later instanceof Tree.Sequence after) {
            return lists(path, pattern, before, after);
        }
        boolean alike = earlier instanceof Tree.Scalar && later instanceof Tree.Scalar;
        boolean clash = !alike && !LOOSE.contains(pattern);
        if (clash) {
            problems.error(path, later.at(), later.describe() + " cannot be merged with " + earlier.describe()
                    + " of " + earlier.at() + ": write both alike, or !override before it");
        }
        return clash ? earlier : later;
    }

    private Tree.Sequence lists(String path, String pattern, Tree.Sequence earlier, Tree.Sequence later) {
        budget.spendValues(earlier.elements().size() + later.elements().size());
        List<Tree> all = new ArrayList<>(earlier.elements());
        Map<String, Integer> places = new LinkedHashMap<>();
        Set<String> words = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            places.put(UniqueKeys.of(pattern, all.get(i)), i);
            if (all.get(i) instanceof Tree.Scalar scalar) {
                words.add(scalar.text());
            }
        }
        for (Tree element : later.elements()) {
            String key = UniqueKeys.of(pattern, element);
            Integer place = key.isEmpty() ? null : places.get(key);
            if (place != null) {
                Tree before = all.get(place);
                all.set(place, before instanceof Tree.Mapping one && element instanceof Tree.Mapping other
                        ? mappings(path, pattern, one, other) : element);
            } else if (!(element instanceof Tree.Scalar scalar) || words.add(scalar.text())) {
                places.putIfAbsent(key, all.size());
                all.add(element);
            }
        }
        return new Tree.Sequence(all, later.at(), earlier.override());
    }

    private static Tree pairs(Tree tree) {
        return split(tree, "=");
    }

    private static Tree names(Tree tree) {
        return split(tree, "");
    }

    private static Tree split(Tree tree, String separator) {
        if (!(tree instanceof Tree.Sequence sequence)) {
            return tree;
        }
        Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        for (Tree element : sequence.elements()) {
            if (!(element instanceof Tree.Scalar scalar)) {
                return tree;
            }
            int at = separator.isEmpty() ? -1 : scalar.text().indexOf(separator);
            String name = at < 0 ? scalar.text() : scalar.text().substring(0, at);
            entries.put(name, new Tree.Entry(scalar.at(), at < 0
                    ? new Tree.Scalar("", Tree.Kind.NULL, scalar.at(), scalar.override())
                    : new Tree.Scalar(scalar.text().substring(at + 1), Tree.Kind.TEXT, scalar.at(),
                            scalar.override())));
        }
        return new Tree.Mapping(entries, sequence.at(), sequence.override());
    }

    private static Tree hosts(Tree tree) {
        if (!(tree instanceof Tree.Mapping mapping)) {
            return tree;
        }
        List<Tree> elements = new ArrayList<>();
        mapping.entries().forEach((name, entry) -> {
            List<Tree> addresses = entry.value() instanceof Tree.Sequence several ? several.elements()
                    : List.of(entry.value());
            for (Tree address : addresses) {
                elements.add(address instanceof Tree.Scalar scalar
                        ? new Tree.Scalar(name + "=" + scalar.text(), scalar.at()) : address);
            }
        });
        return new Tree.Sequence(elements, mapping.at(), mapping.override());
    }

    private static Tree list(Tree tree) {
        return tree instanceof Tree.Scalar ? new Tree.Sequence(List.of(tree), tree.at(), tree.override()) : tree;
    }
}
