package clusterd.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Files to one tree: variables replaced, paths made absolute, what they include and extend put in, then merged. */
final class Assembly {
    private static final int LIMIT_DEPTH = 20;
    private static final List<String> SHARED = List.of("services", "networks", "volumes", "secrets", "configs");

    private final ComposeInput input;
    private final Problems problems;
    private final Budget budget;
    private final Merge merge;

    Assembly(ComposeInput input, Problems problems, Budget budget) {
        this.input = input;
        this.problems = problems;
        this.budget = budget;
        this.merge = new Merge(problems, budget);
    }

    /** The project's variables: the environment's and those of {@code .env}. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(EnvironmentFile.read(".env", input.dotEnv(),
                input.environment(), problems, budget));
        variables.putAll(input.environment());
        if (!input.name().isEmpty()) {
            variables.put("COMPOSE_PROJECT_NAME", input.name());
        }
        return variables;
    }

    /** All of it. */
    Tree.Mapping project(Map<String, String> variables) {
        Unit unit = new Unit(input.directory(), variables, List.of());
        Tree.Mapping merged = documents(unit, input.files());
        return merge.clean(merged) instanceof Tree.Mapping clean ? clean : merged;
    }

    /**
     * Files that share a folder and variables.
     *
     * @param including the files on the way here
     */
    private record Unit(String directory, Map<String, String> variables, List<String> including) {
    }

    private Tree.Mapping documents(Unit unit, List<SourceFile> files) {
        Tree.Mapping merged = Tree.Mapping.empty(new Position(
                files.isEmpty() ? "compose.yaml" : files.getFirst().name(), 1, 1));
        for (SourceFile file : files) {
            for (Tree.Mapping document : read(file, unit.directory, unit.variables::get)) {
                Tree.Mapping included = includes(document, unit);
                Tree.Mapping own = new Extending(this, file.name(), unit.directory, unit.variables::get,
                        merged).document(document.without("include"));
                merged = merge.documents(merged, join(included, own));
            }
        }
        return merged;
    }

    /** A file's documents with variables replaced and paths made absolute. */
    List<Tree.Mapping> read(SourceFile file, String directory, UnaryOperator<String> variables) {
        budget.spendFile();
        budget.spendCharacters(Math.min(file.text().length(), YamlReader.LIMIT_CHARACTERS));
        List<Tree.Mapping> documents = new ArrayList<>();
        for (Tree tree : YamlReader.read(file.name(), file.text(), problems)) {
            if (tree.isNull()) {
                continue;
            }
            if (!(new Interpolation(variables, problems, budget).document(tree) instanceof Tree.Mapping mapping)) {
                problems.error("", tree.at(), "expected a map with services and the like, found "
                        + tree.describe());
                continue;
            }
            documents.add(new RelativePaths(directory, variables).document(mapping));
        }
        return documents;
    }

    /** The text of a file, or an error and nothing. */
    Optional<SourceFile> open(String path, Value named) {
        Optional<SourceFile> file = input.otherFiles().apply(path).map(text -> new SourceFile(path, text));
        if (file.isEmpty()) {
            named.error("there is no file " + path);
        }
        return file;
    }

    Merge merge() {
        return merge;
    }

    Problems problems() {
        return problems;
    }

    private Tree.Mapping includes(Tree.Mapping document, Unit unit) {
        Tree.Mapping all = Tree.Mapping.empty(document.at());
        Tree include = document.get("include");
        if (include == null) {
            return all;
        }
        for (Value each : new Value(include, "include", "include", problems).list()) {
            all = join(all, include(each, unit));
        }
        return all;
    }

    private Tree.Mapping include(Value each, Unit unit) {
        RelativePaths paths = new RelativePaths(unit.directory, unit.variables::get);
        Section section = each.isWord() ? null : each.section();
        List<Value> named = section == null ? List.of(each)
                : section.required("path").map(Value::listOrOne).orElse(List.of());
        List<SourceFile> files = new ArrayList<>();
        List<String> including = new ArrayList<>(unit.including);
        for (Value path : named) {
            String absolute = paths.absolute(path.text());
            if (unit.including.contains(absolute) || unit.including.size() > LIMIT_DEPTH) {
                path.error("files include each other in a circle, or too deep: "
                        + String.join(" → ", unit.including) + " → " + absolute);
                return Tree.Mapping.empty(each.tree().at());
            }
            including.add(absolute);
            open(absolute, path).ifPresent(files::add);
        }
        String ownFolder = section == null ? "" : section.text("project_directory");
        String folder = !ownFolder.isEmpty() ? paths.absolute(ownFolder)
                : files.isEmpty() ? unit.directory : RelativePaths.parent(files.getFirst().name());
        Map<String, String> variables = variables(unit, folder, section, paths);
        return documents(new Unit(folder, variables, including), files);
    }

    /** Those there are win over those of the included project's own files. */
    private Map<String, String> variables(Unit unit, String folder, Section section, RelativePaths paths) {
        Map<String, String> variables = new LinkedHashMap<>();
        if (section != null && section.has("env_file")) {
            for (Value file : section.get("env_file").map(Value::listOrOne).orElse(List.of())) {
                open(paths.absolute(file.text()), file).ifPresent(found -> variables.putAll(
                        EnvironmentFile.read(found.name(), found.text(), unit.variables, problems, budget)));
            }
        } else if (!folder.equals(unit.directory)) {
            String path = RelativePaths.parent(folder + "/.env").equals("/") ? "/.env" : folder + "/.env";
            input.otherFiles().apply(path).ifPresent(text -> variables.putAll(
                    EnvironmentFile.read(path, text, unit.variables, problems, budget)));
        }
        variables.putAll(unit.variables);
        budget.spendValues(variables.size());
        return variables;
    }

    /** Both projects' things: what both have must be the same. */
    private Tree.Mapping join(Tree.Mapping one, Tree.Mapping other) {
        Tree.Mapping all = other;
        for (String key : SHARED) {
            if (!(one.get(key) instanceof Tree.Mapping included)) {
                continue;
            }
            Map<String, Tree.Entry> entries = new LinkedHashMap<>(included.entries());
            Tree here = all.get(key);
            if (here instanceof Tree.Mapping own) {
                own.entries().forEach((name, entry) -> {
                    Tree.Entry before = entries.put(name, entry);
                    if (before != null && !same(before.value(), entry.value())) {
                        problems.error(key + "." + name, entry.at(), "an included file has another one of that"
                                + " name, at " + before.at());
                    }
                });
            } else if (here != null && !here.isNull()) {
                continue;
            }
            all = all.with(key, included.at(), new Tree.Mapping(entries, included.at()));
        }
        return all;
    }

    private boolean same(Tree one, Tree other) {
        budget.spendValues(1);
        if (one instanceof Tree.Scalar first && other instanceof Tree.Scalar second) {
            return first.text().equals(second.text()) && first.kind() == second.kind();
        }
        if (one instanceof Tree.Sequence first && other instanceof Tree.Sequence second) {
            boolean same = first.elements().size() == second.elements().size();
            for (int i = 0; same && i < first.elements().size(); i++) {
                same = same(first.elements().get(i), second.elements().get(i));
            }
            return same;
        }
        return one instanceof Tree.Mapping first && other instanceof Tree.Mapping second
                && first.entries().keySet().equals(second.entries().keySet())
                && first.entries().keySet().stream().allMatch(key -> same(first.get(key), second.get(key)));
    }
}
