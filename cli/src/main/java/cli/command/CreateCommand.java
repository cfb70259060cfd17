package cli.command;

import api.node.CreateContainerReply;
import api.node.CreateContainerRequest;
import api.node.CreatedContainer;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Makes a container and prints its id. */
final class CreateCommand implements Command {
    private final String name;

    CreateCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ContainerOptions.addTo(new Syntax(name, "Create a new container")
                .positionals("IMAGE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst()
                .flag('q', "quiet", "Show no progress of pulling the image"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        CreateContainerRequest request = CreateContainerRequest.parseFrom(
                ContainerRequest.of(arguments, console));
        ContainerIdFile file = ContainerIdFile.of(arguments);
        ProgressReport progress =
                new ProgressReport(console, arguments.isOn("quiet") ? "none" : "auto");
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("CreateContainer", request)) {
            for (CreateContainerReply reply = NodeClient.next(call, CreateContainerReply.parser());
                    reply != null; reply = NodeClient.next(call, CreateContainerReply.parser())) {
                if (reply.hasProgress()) {
                    progress.show(reply.getProgress());
                } else if (reply.hasCreated()) {
                    created(reply.getCreated(), file, console);
                }
            }
        } finally {
            progress.close();
        }
        return 0;
    }

    private static void created(CreatedContainer container, ContainerIdFile file, Console console)
            throws IOException {
        file.write(container.getId());
        for (String warning : container.getWarningsList()) {
            console.say("WARNING: " + warning);
        }
        console.println(container.getId());
    }
}
