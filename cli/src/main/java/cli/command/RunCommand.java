package cli.command;

import api.node.RunOptions;
import api.node.SessionRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Create, start and attach in one round trip. Exits with the container's exit code. */
final class RunCommand implements Command {
    private final String name;

    RunCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ContainerOptions.addTo(new Syntax(name, "Create and run a new container from an image")
                .positionals("IMAGE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst()
                .flag('d', "detach", "Run in the background and print the container's id")
                .value('a', "attach", "list", "Attach to stdin, stdout or stderr")
                .flag('q', "quiet", "Show no progress of pulling the image"));
    }

    @Override
    public int failureCode() {
        return 125;
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean detach = arguments.isOn("detach");
        if (detach && arguments.has("attach")) {
            throw new UsageException("conflicting options: cannot specify both --attach and "
                    + "--detach");
        }
        MessageWriter options = new MessageWriter();
        boolean input = attach(options, arguments);
        options.bytes(RunOptions.CONTAINER_FIELD_NUMBER, ContainerRequest.of(arguments, console));
        ContainerIdFile file = ContainerIdFile.of(arguments);
        try (NodeClient client = NodeClient.connect(console);
                Session session = new Session(console, client).withOptions(arguments)) {
            session.quiet(arguments.isOn("quiet")).onCreated(file);
            if (input && !detach) {
                session.withInput();
            }
            if (arguments.isOn("tty") && !detach) {
                session.withTerminal();
                options.message(RunOptions.SIZE_FIELD_NUMBER, session.size());
            }
            if (detach) {
                options.number(RunOptions.UNTIL_FIELD_NUMBER,
                        RunOptions.Until.UNTIL_STARTED_VALUE);
            }
            int code = session.run("Run", SessionRequest.RUN_FIELD_NUMBER, options, !detach);
            if (detach) {
                console.println(session.createdId());
            }
            return code;
        }
    }

    /** Reads --attach; returns whether standard input is wanted. */
    private static boolean attach(MessageWriter options, Arguments arguments)
            throws UsageException {
        boolean input = arguments.isOn("interactive");
        for (String stream : arguments.values("attach")) {
            switch (stream.toLowerCase(java.util.Locale.ROOT)) {
                case "stdin" -> input = true;
                case "stdout" -> options.flag(RunOptions.ATTACH_STDOUT_FIELD_NUMBER, true);
                case "stderr" -> options.flag(RunOptions.ATTACH_STDERR_FIELD_NUMBER, true);
                default -> throw Arguments.invalid("attach", stream,
                        "expected stdin, stdout or stderr");
            }
        }
        return input;
    }
}
