package cli.command;

import api.node.ExportContainerRequest;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Writes a container's root file system as a tar. */
final class ExportCommand implements Command {
    private final String name;

    ExportCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Write a container's root file system as a tar")
                .positionals("CONTAINER", 1, 1)
                .value('o', "output", "string", "Write to a file instead of standard output");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.value("output");
        if (file.isEmpty() && console.isOutTerminal()) {
            throw new UsageException(
                    "cowardly refusing to write a tar to a terminal: use --output FILE or redirect");
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("ExportContainer", ExportContainerRequest.newBuilder()
                        .setContainer(arguments.positional(0)).build())) {
            Download.to(call, file, console);
        }
        return 0;
    }
}
