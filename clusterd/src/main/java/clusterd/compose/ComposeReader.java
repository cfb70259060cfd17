package clusterd.compose;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compose files (the Compose specification, with the {@code deploy} part as {@code docker stack deploy} reads it)
 * to a project, or to everything that is wrong with them. Neither hostile nor broken texts make it throw, or cost
 * more than {@link Budget} grants.
 */
public final class ComposeReader {
    private ComposeReader() {
    }

    /** Reads it all. */
    public static ComposeOutcome read(ComposeInput input) {
        Problems problems = new Problems();
        Optional<ComposeProject> project = Optional.empty();
        String first = input.files().isEmpty() ? "compose.yaml" : input.files().getFirst().name();
        Position start = new Position(first, 1, 1);
        try {
            Budget budget = new Budget();
            Assembly assembly = new Assembly(input, problems, budget);
            Map<String, String> variables = assembly.variables();
            Tree.Mapping merged = assembly.project(variables);
            if (problems.errors().isEmpty() || !merged.entries().isEmpty()) {
                project = Optional.of(new ProjectReader(input, variables, problems, budget).read(merged));
            }
        } catch (Budget.ExceededException e) {
            problems.error("", start, e.getMessage());
        }
        List<Problem> errors = inOrder(problems.errors());
        return new ComposeOutcome(errors.isEmpty() ? project : Optional.empty(), errors,
                inOrder(problems.warnings()));
    }

    /** The project's name as the files say it; {@code ""} if they do not, or cannot be read. */
    public static String declaredName(ComposeInput input) {
        Problems problems = new Problems();
        try {
            Assembly assembly = new Assembly(input, problems, new Budget());
            Tree.Mapping merged = assembly.project(assembly.variables());
            return merged.get("name") instanceof Tree.Scalar name ? name.text() : "";
        } catch (Budget.ExceededException tooMuch) {
            return ""; // which read() says in full
        }
    }

    /** As the files' lines follow each other, one file after the other. */
    private static List<Problem> inOrder(List<Problem> problems) {
        List<String> files = problems.stream().map(problem -> problem.at().file()).distinct().toList();
        return problems.stream().sorted(Comparator.comparing((Problem problem) -> files.indexOf(problem.at().file()))
                .thenComparing(problem -> problem.at().line()).thenComparing(problem -> problem.at().column()))
                .toList();
    }
}
