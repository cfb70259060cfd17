package cli.command;

import api.node.ExportVolumeRequest;
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
        return Download.archive("ExportVolume", ExportVolumeRequest.newBuilder()
                .setVolume(arguments.positional(0)).build(), arguments, console);
    }
}
