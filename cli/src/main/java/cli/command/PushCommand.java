package cli.command;

import api.node.ImageSummary;
import api.node.PushImageRequest;
import api.node.RegistryAuth;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Sends an image to the registry its name says. */
final class PushCommand implements Command {
    private final String name;

    PushCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ImageReplies.addTo(new Syntax(name, "Upload an image to a registry")
                .positionals("NAME[:TAG]", 1, 1));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String image = arguments.positional(0);
        PushImageRequest.Builder request = PushImageRequest.newBuilder().setImage(image);
        RegistryAuth auth = RegistryLogins.find(image, console);
        if (auth != null) {
            request.setAuth(auth);
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("PushImage", request.build())) {
            for (ImageSummary pushed : ImageReplies.take(call, arguments, console)) {
                console.println(pushed.getDigestsCount() > 0 ? pushed.getDigests(0)
                        : ImageReplies.name(pushed));
            }
        }
        return 0;
    }
}
