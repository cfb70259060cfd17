package sriov.pool;

import java.util.List;

/** A config that cannot be followed; says every problem, each with where it is. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /** The problems become the message, one per line. */
    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each with where it is. */
    public List<String> problems() {
        return problems;
    }
}
