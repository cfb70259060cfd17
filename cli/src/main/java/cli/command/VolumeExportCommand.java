package cli.command;

import api.node.ExportVolumeRequest;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Writes what is in a volume as a tar. */
final class VolumeExportCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("volume export", "Write what is in a volume as a tar")
                .positionals("VOLUME", 1, 1)
                .value('o', "output", "string", "Write to a file instead of standard output");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.value("output");
        if (file.isEmpty() && console.isOutTerminal()) {
            throw new UsageException(
                    "cowardly refusing to write a tar to a terminal: use --output FILE or redirect");
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("ExportVolume", ExportVolumeRequest.newBuilder()
                        .setVolume(arguments.positional(0)).build())) {
            Download.to(call, file, console);
        }
        return 0;
    }
}
