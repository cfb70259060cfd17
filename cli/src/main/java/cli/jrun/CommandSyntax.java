package cli.jrun;

import java.util.Map;
import java.util.Set;

/**
 * What one command takes.
 *
 * @param flags  options without a value
 * @param valued options with one
 * @param letters long names of the one-letter forms
 */
record CommandSyntax(Set<String> flags, Set<String> valued, Map<String, String> letters) {
    private static final Set<String> CREATE = Set.of("bundle", "console-socket", "pid-file",
            "preserve-fds");
    private static final Set<String> CREATE_FLAGS = Set.of("no-pivot", "no-new-keyring");

    /** Options before the command. */
    static final CommandSyntax GLOBAL = new CommandSyntax(
            Set.of("debug", "systemd-cgroup", "version", "help"),
            Set.of("root", "log", "log-format", "log-level", "cgroup-manager", "rootless", "criu"),
            Map.of("v", "version", "h", "help"));

    /** Every command by its name. */
    static final Map<String, CommandSyntax> COMMANDS = Map.ofEntries(
            Map.entry("create", new CommandSyntax(CREATE_FLAGS, CREATE, Map.of("b", "bundle"))),
            Map.entry("run", new CommandSyntax(
                    Set.of("no-pivot", "no-new-keyring", "detach", "keep", "no-subreaper"), CREATE,
                    Map.of("b", "bundle", "d", "detach"))),
            Map.entry("start", none()),
            Map.entry("state", none()),
            Map.entry("kill", new CommandSyntax(Set.of("all"), Set.of(), Map.of("a", "all"))),
            Map.entry("delete",
                    new CommandSyntax(Set.of("force"), Set.of(), Map.of("f", "force"))),
            Map.entry("exec", new CommandSyntax(
                    Set.of("tty", "detach", "no-new-privs", "ignore-paused"),
                    Set.of("console-socket", "cwd", "env", "user", "additional-gids", "process",
                            "pid-file", "process-label", "apparmor", "cap", "preserve-fds",
                            "cgroup"),
                    Map.of("t", "tty", "d", "detach", "e", "env", "u", "user", "g",
                            "additional-gids", "p", "process", "c", "cap"))),
            Map.entry("list", new CommandSyntax(
                    Set.of("quiet"), Set.of("format"), Map.of("q", "quiet", "f", "format"))),
            Map.entry("ps",
                    new CommandSyntax(Set.of(), Set.of("format"), Map.of("f", "format"))),
            Map.entry("pause", none()),
            Map.entry("resume", none()),
            Map.entry("update", new CommandSyntax(Set.of(), UpdateOptions.NAMES,
                    Map.of("r", "resources"))),
            Map.entry("events",
                    new CommandSyntax(Set.of("stats"), Set.of("interval"), Map.of())),
            Map.entry("features", none()),
            Map.entry("spec",
                    new CommandSyntax(Set.of(), Set.of("bundle"), Map.of("b", "bundle"))));

    private static CommandSyntax none() {
        return new CommandSyntax(Set.of(), Set.of(), Map.of());
    }
}
