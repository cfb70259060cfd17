package cli.command;

import api.node.ExportContainerRequest;
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
        return Download.archive("ExportContainer", ExportContainerRequest.newBuilder()
                .setContainer(arguments.positional(0)).build(), arguments, console);
    }
}
