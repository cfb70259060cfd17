package cli.command;

import api.node.ImageFromHostRequest;
import api.node.ImageSummary;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Makes an image of the host's own programs. */
final class FromHostCommand implements Command {

    @Override
    public Syntax syntax() {
        return ImageReplies.addTo(new Syntax("image from-host",
                "Make an image of the host's own programs and the libraries they need")
                .positionals("[PROGRAM|PATH...]", 0, Syntax.ANY)
                .value('t', "tag", "string", "Name of the image (default host:latest)"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ImageFromHostRequest request = ImageFromHostRequest.newBuilder()
                .addAllPrograms(arguments.positionals())
                .setReference(arguments.value("tag")).build();
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("ImageFromHost", request)) {
            for (ImageSummary image : ImageReplies.take(call, arguments, console)) {
                console.println(ImageReplies.name(image));
            }
        }
        return 0;
    }
}
