package cli.command;

import api.node.ImageSummary;
import api.node.LoadImageRequest;
import api.node.LoadOptions;
import api.node.Reason;
import api.node.SharedPath;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** Loads images from an archive. */
final class LoadCommand implements Command {
    private final String name;

    LoadCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ImageReplies.addTo(new Syntax(name, "Load images from an archive or standard input")
                .value('i', "input", "string", "Read from a file instead of standard input")
                .value("platform", "string", "Platform to load: os/arch[/variant]"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.value("input");
        if (file.isEmpty() && console.isInTerminal()) {
            throw new UsageException(
                    "requested load from standard input, but it is a terminal: give --input FILE");
        }
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
        LoadOptions.Builder options =
                LoadOptions.newBuilder().setPlatform(arguments.value("platform"));
        boolean shared = !path.getPath().isEmpty();
        if (shared) {
            options.setPath(path);
        }
        byte[] first = LoadImageRequest.newBuilder().setOptions(options).build().toByteArray();
        try (Call call = client.open("LoadImage")) {
            if (shared) {
                call.sendLast(first);
            } else {
                call.send(first);
                Upload.start(call, file, console, new Wrapping());
            }
            for (ImageSummary image : ImageReplies.take(call, arguments, console)) {
                console.println("Loaded image: " + ImageReplies.name(image));
            }
        }
        return 0;
    }

    private static final class Wrapping implements Upload.Wrapping {
        @Override
        public MessageLite message(ByteString data) {
            return LoadImageRequest.newBuilder().setData(data).build();
        }
    }
}
