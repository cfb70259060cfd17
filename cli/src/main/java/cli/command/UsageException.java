package cli.command;

/** The user's words cannot be understood; the message says which and what was expected. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
