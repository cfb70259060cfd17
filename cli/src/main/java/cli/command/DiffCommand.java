package cli.command;

import api.node.DiffContainerReply;
import api.node.DiffContainerRequest;
import api.node.PathChange;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Shows what a container changed of its image. */
final class DiffCommand implements Command {
    private final String name;

    DiffCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Show files a container added (A), changed (C) and deleted (D)")
                .positionals("CONTAINER", 1, 1);
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("DiffContainer", DiffContainerRequest.newBuilder()
                        .setContainer(arguments.positional(0)).build())) {
            for (DiffContainerReply reply = next(call); reply != null; reply = next(call)) {
                print(reply, console);
            }
        }
        return 0;
    }

    private static DiffContainerReply next(Call call) throws CallException, IOException {
        return NodeClient.next(call, DiffContainerReply.parser());
    }

    /** A terminal must not obey what a container calls its files. */
    private static void print(DiffContainerReply reply, Console console) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (PathChange change : reply.getChangesList()) {
            text.write(switch (change.getKind()) {
                case ADDED -> 'A';
                case DELETED -> 'D';
                default -> 'C';
            });
            text.write(' ');
            byte[] path = change.getPath().toByteArray();
            for (byte each : path) {
                boolean control = each >= 0 && each < ' ' || each == 0x7f;
                text.write(control ? '?' : each);
            }
            text.write('\n');
        }
        console.write(text.toByteArray());
    }
}
