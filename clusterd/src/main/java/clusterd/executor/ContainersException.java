package clusterd.executor;

/** The container daemon could not do what it was asked to. */
public final class ContainersException extends Exception {
    /** What to make of it. */
    public enum Kind {
        /** It may do so later: a registry that does not answer. */
        PASSING,
        /** This node cannot do it at all: no such image, an option it does not know, a feature it lacks. */
        REFUSED,
        /** It tried, and it went wrong. */
        FAILED,
        /** There is no such container. */
        GONE,
        /** There is another container of that name. */
        NAME_TAKEN,
        /** The daemon did not answer; whether it did what it was asked to is unknown. */
        UNANSWERED
    }

    private final Kind kind;
    private final int exitCode;

    /** @param message a sentence that says what failed, and what to do */
    public ContainersException(Kind kind, String message) {
        this(kind, message, 0, null);
    }

    /** @param exitCode what a shell would show for it: 125, 126, 127; 0 = nothing */
    public ContainersException(Kind kind, String message, int exitCode, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.exitCode = exitCode;
    }

    /** What to make of it. */
    public Kind kind() {
        return kind;
    }

    /** What a shell would show for it; 0 = nothing. */
    public int exitCode() {
        return exitCode;
    }
}
