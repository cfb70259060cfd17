package cli.command;

import api.node.AttachOptions;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.SessionRequest;
import api.node.StartContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Starts containers; with -a or -i attaches to the one. */
final class StartCommand implements OverNames {
    private final String name;

    StartCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Start one or more stopped containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .flag('a', "attach", "Attach standard output and error, and forward signals")
                .flag('i', "interactive", "Attach standard input as well")
                .value("detach-keys", "string", "Keys for detaching from the container")
                .value("sig-proxy", "bool", "Pass signals on to the process (default true)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!arguments.isOn("attach") && !arguments.isOn("interactive")) {
            return OverNames.super.run(arguments, console);
        }
        if (arguments.positionals().size() > 1) {
            throw new UsageException("you cannot start and attach multiple containers at once");
        }
        return attach(!arguments.isOn("interactive"), true, arguments, console);
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("StartContainer", new MessageWriter()
                .string(StartContainerRequest.CONTAINER_FIELD_NUMBER, container));
        console.println(container);
    }

    /**
     * Attaches as the container is: with its terminal, and its input if it has one open.
     *
     * @param noInput leave its input alone
     * @param start   start it first
     */
    static int attach(boolean noInput, boolean start, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console);
                Session session = new Session(console, client).withOptions(arguments)) {
            InspectContainerResponse container = client.unary("InspectContainer",
                    InspectContainerRequest.newBuilder()
                            .setContainer(arguments.positional(0)).build(),
                    InspectContainerResponse.parser());
            MessageWriter options = new MessageWriter()
                    .string(AttachOptions.CONTAINER_FIELD_NUMBER, arguments.positional(0))
                    .flag(AttachOptions.NO_STDIN_FIELD_NUMBER, noInput)
                    .flag(AttachOptions.START_FIELD_NUMBER, start);
            if (container.getInteractive() && !noInput) {
                session.withInput();
            }
            if (container.getTty()) {
                session.withTerminal();
                options.message(AttachOptions.SIZE_FIELD_NUMBER, session.size());
            }
            return session.run("Attach", SessionRequest.ATTACH_FIELD_NUMBER, options, true);
        }
    }
}
