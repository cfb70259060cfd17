package cli.command;

import api.node.CreateContainerRequest;
import api.node.ExplainRequest;
import api.node.ExplainResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.file.Path;
import runtime.node.Explanation;
import runtime.node.NodeFolders;

/** Prints what `jctl run` with the same words would do, call by call. */
final class ExplainCommand implements Command {

    @Override
    public Syntax syntax() {
        return ContainerOptions.addTo(new Syntax("explain run",
                "Print every system call of a container's start, with its reason")
                .positionals("IMAGE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst()
                .value('o', "output", "string", "\"text\" (default) or \"json\""));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String output = arguments.value("output", "text");
        if (!output.equals("text") && !output.equals("json")) {
            throw Arguments.invalid("output", output, "expected text or json");
        }
        ExplainResponse plan = explain(
                CreateContainerRequest.parseFrom(ContainerRequest.of(arguments, console)), console);
        String text = output.equals("json") ? plan.getJson() : plan.getText();
        console.print(text.endsWith("\n") ? text : text + "\n");
        return 0;
    }

    /**
     * Asks the daemon, which knows the image; without one, or without the right to ask, the plan is made
     * here, for an image of one layer.
     */
    private static ExplainResponse explain(CreateContainerRequest container, Console console)
            throws UsageException, CallException, IOException {
        NodeClient client;
        try {
            client = NodeClient.connectToRunning(console);
        } catch (IOException absent) {
            console.say("jctl: no daemon to ask: the image is taken to have one layer, nothing is"
                    + " known of its command and user, and networks look like the default bridge");
            return Explanation.withoutDaemon(container,
                    new NodeFolders(Path.of("/var/lib/jctl"), Path.of("/run/jctl")),
                    new ExampleNetwork());
        }
        try (client) {
            return client.unary("Explain",
                    ExplainRequest.newBuilder().setContainer(container).build(),
                    ExplainResponse.parser());
        }
    }
}
