package cli.command;

import api.node.ImageSummary;
import api.node.PullImageRequest;
import api.node.RegistryAuth;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Fetches an image from its registry. */
final class PullCommand implements Command {
    private final String name;

    PullCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ImageReplies.addTo(new Syntax(name, "Download an image from a registry")
                .positionals("NAME[:TAG|@DIGEST]", 1, 1)
                .value("platform", "string", "Platform of the image: os/arch[/variant]"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String image = arguments.positional(0);
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(image)
                .setPlatform(arguments.value("platform"));
        RegistryAuth auth = RegistryLogins.find(image, console);
        if (auth != null) {
            request.setAuth(auth);
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("PullImage", request.build())) {
            for (ImageSummary pulled : ImageReplies.take(call, arguments, console)) {
                console.println(ImageReplies.name(pulled));
            }
        }
        return 0;
    }
}
