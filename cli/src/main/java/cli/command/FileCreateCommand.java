package cli.command;

import api.cluster.CreateFileRequest;
import api.cluster.CreateFileResponse;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a secret or a config of a file, or of standard input. */
final class FileCreateCommand implements Command {
    /** As the cluster keeps at most of one. */
    private static final int LIMIT_BYTES = 500 * 1024;

    private final FileKind kind;

    FileCreateCommand(FileKind kind) {
        this.kind = kind;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(kind.noun + " create", "Create a " + kind.noun
                + " from a file, or from standard input")
                .positionals("NAME [FILE|-]", 1, 2)
                .value('l', "label", "list", "Set metadata on it");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String name = arguments.positional(0);
        ServiceNames.check(kind.noun, name);
        CreateFileRequest.Builder request = CreateFileRequest.newBuilder().setName(name)
                .setSecret(kind == FileKind.SECRET);
        for (String label : arguments.values("label")) {
            int equals = label.indexOf('=');
            request.putLabels(equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        request.setData(ByteString.copyFrom(data(arguments, console)));
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            client.unary("CreateFile", request.build(), CreateFileResponse.parser());
        }
        console.println(name);
        return 0;
    }

    private byte[] data(Arguments arguments, Console console) throws UsageException, IOException {
        String file = arguments.positionals().size() < 2 ? "-" : arguments.positional(1);
        byte[] data;
        if (file.equals("-")) {
            if (console.in() instanceof java.io.FileInputStream && console.isInTerminal()) {
                console.say("Type the " + kind.noun + "; Ctrl-D at the beginning of a line ends it.");
            }
            data = console.in().readNBytes(LIMIT_BYTES + 1);
        } else {
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                data = in.readNBytes(LIMIT_BYTES + 1);
            }
        }
        if (data.length > LIMIT_BYTES) {
            throw new UsageException("a " + kind.noun + " has at most " + LIMIT_BYTES / 1024 + " KiB: "
                    + (file.equals("-") ? "standard input" : file) + " is larger");
        }
        if (data.length == 0) {
            throw new UsageException((file.equals("-") ? "standard input" : file) + " is empty: a " + kind.noun
                    + " has one byte or more");
        }
        return data;
    }
}
