package cli.command;

import api.node.CommitContainerRequest;
import api.node.CommitContainerResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Makes an image of a container. */
final class CommitCommand implements Command {
    private final String name;

    CommitCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Make an image of a container and what it changed")
                .positionals("CONTAINER [REPOSITORY[:TAG]]", 1, 2)
                .value('a', "author", "string", "Author, such as \"Ann <ann@example.org>\"")
                .value('c', "change", "list", "Apply a Dockerfile instruction: CMD, ENV, USER, …")
                .value('m', "message", "string", "Set the comment in the image's history")
                .flag('p', "pause", "Freeze the container meanwhile (default true)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        CommitContainerRequest.Builder request = CommitContainerRequest.newBuilder()
                .setContainer(arguments.positional(0))
                .setAuthor(arguments.value("author"))
                .setMessage(arguments.value("message"))
                .addAllChanges(arguments.values("change"))
                .setNoPause(arguments.has("pause") && !arguments.isOn("pause"));
        if (arguments.positionals().size() > 1) {
            request.setReference(arguments.positional(1));
        }
        try (NodeClient client = NodeClient.connect(console)) {
            console.println(client.unary("CommitContainer", request.build(),
                    CommitContainerResponse.parser()).getImageId());
        }
        return 0;
    }
}
