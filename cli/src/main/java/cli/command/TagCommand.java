package cli.command;

import api.node.TagImageRequest;
import api.node.TagImageResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Gives an image another name. */
final class TagCommand implements Command {
    private final String name;

    TagCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Create a name that refers to an image")
                .positionals("SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", 2, 2);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console)) {
            client.unary("TagImage", TagImageRequest.newBuilder()
                    .setImage(arguments.positional(0)).setReference(arguments.positional(1))
                    .build(), TagImageResponse.parser());
        }
        return 0;
    }
}
