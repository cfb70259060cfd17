package cli.command;

/** Options that several commands of stacks and projects have. */
final class StackOptions {
    private StackOptions() {}

    static Syntax addFiles(Syntax syntax) {
        return syntax.value('c', "compose-file", "file", "A Compose file, or - for standard input; each changes those"
                + " before it");
    }

    static Syntax addProject(Syntax syntax) {
        return syntax.value('f', "file", "file", "A Compose file, or - for standard input; each changes those before"
                        + " it (default compose.yaml and its override)")
                .value('p', "project-name", "name", "The project's name (default as the files say, else after their"
                        + " folder)");
    }

    /** The names after -f, or the usual ones. */
    static java.util.List<String> files(Arguments arguments) throws UsageException {
        return arguments.has("file") ? arguments.values("file") : ComposeFiles.usual();
    }
}
