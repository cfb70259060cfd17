package cli.command;

import api.node.ImportVolumeOptions;
import api.node.ImportVolumeRequest;
import api.node.ImportVolumeResponse;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** Adds to a volume what a tar holds. */
final class VolumeImportCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("volume import", "Add what a tar holds to a volume")
                .positionals("VOLUME [FILE|-]", 1, 2);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.positionals().size() > 1 ? arguments.positional(1) : "-";
        if (file.equals("-") && console.isInTerminal()) {
            throw new UsageException("standard input is a terminal: name a FILE or redirect");
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.open("ImportVolume")) {
            call.send(ImportVolumeRequest.newBuilder().setOptions(ImportVolumeOptions.newBuilder()
                    .setVolume(arguments.positional(0))).build().toByteArray());
            Upload.start(call, file, console, new Wrapping());
            ImportVolumeResponse response = NodeClient.next(call, ImportVolumeResponse.parser());
            if (response != null) {
                for (String warning : response.getWarningsList()) {
                    console.say("jctl: " + warning);
                }
                call.receive();
            }
        }
        return 0;
    }

    private static final class Wrapping implements Upload.Wrapping {
        @Override
        public MessageLite message(ByteString data) {
            return ImportVolumeRequest.newBuilder().setData(data).build();
        }
    }
}
