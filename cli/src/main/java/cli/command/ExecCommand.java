package cli.command;

import api.node.ExecOptions;
import api.node.SessionRequest;
import cli.transport.CallException;
import java.io.IOException;
import java.util.List;

/** Runs a further program in a running container. Exits with its exit code. */
final class ExecCommand implements Command {
    private final String name;

    ExecCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Execute a command in a running container")
                .positionals("CONTAINER COMMAND [ARG...]", 2, Syntax.ANY).optionsFirst()
                .flag('d', "detach", "Run the command in the background")
                .flag('i', "interactive", "Keep standard input open")
                .flag('t', "tty", "Allocate a terminal")
                .value('e', "env", "list", "Set environment variables")
                .value("env-file", "list", "Read environment variables from a file")
                .value('w', "workdir", "string", "Working directory inside the container")
                .value('u', "user", "string", "User name or uid (format: <name|uid>[:<group|gid>])")
                .flag("privileged", "Give extended privileges to the command")
                .value("detach-keys", "string", "Keys for detaching from the command");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        List<String> words = arguments.positionals();
        boolean detach = arguments.isOn("detach");
        ExecOptions.Builder options = ExecOptions.newBuilder()
                .setContainer(words.get(0))
                .addAllArgs(words.subList(1, words.size()))
                .setTty(arguments.isOn("tty"))
                .setInteractive(arguments.isOn("interactive") && !detach)
                .addAllEnv(Environment.of(arguments, console))
                .setWorkingDir(arguments.value("workdir"))
                .setUser(arguments.value("user"))
                .setPrivileged(arguments.isOn("privileged"))
                .setDetach(detach);
        try (NodeClient client = NodeClient.connect(console);
                Session session = new Session(console, client).withOptions(arguments)) {
            if (options.getInteractive()) {
                session.withInput();
            }
            if (options.getTty() && !detach) {
                session.withTerminal();
                options.setSize(session.size());
            }
            return session.run("Exec",
                    SessionRequest.newBuilder().setExec(options).build(), !detach);
        }
    }
}
