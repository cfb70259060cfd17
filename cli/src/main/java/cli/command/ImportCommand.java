package cli.command;

import api.node.ImageSummary;
import api.node.ImportImageRequest;
import api.node.ImportOptions;
import api.node.Reason;
import api.node.SharedPath;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** Makes an image of a root file system. */
final class ImportCommand implements Command {
    private final String name;

    ImportCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ImageReplies.addTo(new Syntax(name, "Make an image from a root file system's tar")
                .positionals("FILE|- [REPOSITORY[:TAG]]", 1, 2)
                .value('c', "change", "list", "Apply a Dockerfile instruction: CMD, ENV, USER, …")
                .value('m', "message", "string", "Set the comment in the image's history")
                .value("platform", "string", "Set the platform: os/arch[/variant]"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.positional(0);
        SharedPath path = Upload.shared(file);
        try (NodeClient client = NodeClient.connect(console)) {
            if (!path.getPath().isEmpty()) {
                try {
                    return load(client, path, file, arguments, console);
                } catch (CallException e) {
                    if (!e.reason().equals(Reason.PATH_NOT_SHARED.name())) {
                        throw e;
                    }
                }
            }
            return load(client, SharedPath.getDefaultInstance(), file, arguments, console);
        }
    }

    private static int load(NodeClient client, SharedPath path, String file, Arguments arguments,
            Console console) throws UsageException, CallException, IOException {
        ImportOptions.Builder options = ImportOptions.newBuilder()
                .addAllChanges(arguments.values("change"))
                .setMessage(arguments.value("message"))
                .setPlatform(arguments.value("platform"));
        if (arguments.positionals().size() > 1) {
            options.setReference(arguments.positional(1));
        }
        boolean shared = !path.getPath().isEmpty();
        if (shared) {
            options.setPath(path);
        }
        byte[] first = ImportImageRequest.newBuilder().setOptions(options).build().toByteArray();
        try (Call call = client.open("ImportImage")) {
            if (shared) {
                call.sendLast(first);
            } else {
                call.send(first);
                Upload.start(call, file, console, new Wrapping());
            }
            for (ImageSummary image : ImageReplies.take(call, arguments, console)) {
                console.println(image.getId());
            }
        }
        return 0;
    }

    private static final class Wrapping implements Upload.Wrapping {
        @Override
        public MessageLite message(ByteString data) {
            return ImportImageRequest.newBuilder().setData(data).build();
        }
    }
}
