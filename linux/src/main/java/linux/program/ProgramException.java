package linux.program;

/** A program that cannot be encoded: an unknown label, a slot used with two sizes, too much data. */
public final class ProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProgramException(String message) {
        super(message);
    }
}
