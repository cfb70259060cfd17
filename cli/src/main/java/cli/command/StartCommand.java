package cli.command;

import api.node.AttachOptions;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.SessionRequest;
import api.node.StartContainerRequest;
import api.node.StartContainerResponse;
import cli.transport.CallException;
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
        AttachOptions options = AttachOptions.newBuilder()
                .setContainer(arguments.positional(0))
                .setNoStdin(!arguments.isOn("interactive"))
                .setStart(true).build();
        return attach(options, arguments, console);
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("StartContainer",
                StartContainerRequest.newBuilder().setContainer(container).build(),
                StartContainerResponse.parser());
        console.println(container);
    }

    /** Attaches as the container is: with its terminal, and its input if it has one open. */
    static int attach(AttachOptions options, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console);
                Session session = new Session(console, client).withOptions(arguments)) {
            InspectContainerResponse container = client.unary("InspectContainer",
                    InspectContainerRequest.newBuilder()
                            .setContainer(options.getContainer()).build(),
                    InspectContainerResponse.parser());
            AttachOptions.Builder sized = options.toBuilder();
            if (container.getInteractive() && !options.getNoStdin()) {
                session.withInput();
            }
            if (container.getTty()) {
                session.withTerminal();
                sized.setSize(session.size());
            }
            return session.run("Attach",
                    SessionRequest.newBuilder().setAttach(sized).build(), true);
        }
    }
}
