package cli.command;

import api.node.ExecOptions;
import api.node.SessionRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
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
        boolean input = arguments.isOn("interactive") && !detach;
        MessageWriter options = new MessageWriter()
                .string(ExecOptions.CONTAINER_FIELD_NUMBER, words.get(0))
                .strings(ExecOptions.ARGS_FIELD_NUMBER, words.subList(1, words.size()))
                .flag(ExecOptions.TTY_FIELD_NUMBER, arguments.isOn("tty"))
                .flag(ExecOptions.INTERACTIVE_FIELD_NUMBER, input)
                .strings(ExecOptions.ENV_FIELD_NUMBER, Environment.of(arguments, console))
                .string(ExecOptions.WORKING_DIR_FIELD_NUMBER, arguments.value("workdir"))
                .string(ExecOptions.USER_FIELD_NUMBER, arguments.value("user"))
                .flag(ExecOptions.PRIVILEGED_FIELD_NUMBER, arguments.isOn("privileged"))
                .flag(ExecOptions.DETACH_FIELD_NUMBER, detach);
        try (NodeClient client = NodeClient.connect(console);
                Session session = new Session(console, client).withOptions(arguments)) {
            if (input) {
                session.withInput();
            }
            if (arguments.isOn("tty") && !detach) {
                session.withTerminal();
                options.message(ExecOptions.SIZE_FIELD_NUMBER, session.size());
            }
            return session.run("Exec", SessionRequest.EXEC_FIELD_NUMBER, options, !detach);
        }
    }
}
