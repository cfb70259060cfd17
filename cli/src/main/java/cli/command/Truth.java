package cli.command;

/** Options that take true or false as their value. */
final class Truth {
    private Truth() {}

    /** What the option says, or otherwise if it was not given. */
    static boolean of(Arguments arguments, String name, boolean otherwise) throws UsageException {
        return switch (arguments.value(name, otherwise ? "true" : "false")) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Arguments.invalid(name, arguments.value(name),
                    "expected true or false");
        };
    }
}
