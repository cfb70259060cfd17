package cli.command;

/** What a task may find as a file: a secret or a config. */
enum FileKind {
    SECRET("secret", "/run/secrets/"),
    CONFIG("config", "/");

    /** As commands and messages call it. */
    final String noun;
    /** Where a target without a folder is. */
    final String folder;

    FileKind(String noun, String folder) {
        this.noun = noun;
        this.folder = folder;
    }
}
