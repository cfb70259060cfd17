package runtime.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A spec that cannot be read or obeyed, with every problem found. */
public final class SpecException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    /** The problems become the message, one per line. */
    public SpecException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order of the document. */
    public List<Problem> problems() {
        return problems;
    }
}
