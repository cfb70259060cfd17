package cli.command;

import api.node.SaveImageRequest;
import cli.transport.CallException;
import java.io.IOException;

/** Writes images to an archive. */
final class SaveCommand implements Command {
    private final String name;

    SaveCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Save images to an archive (standard output by default)")
                .positionals("IMAGE [IMAGE...]", 1, Syntax.ANY)
                .value('o', "output", "string", "Write to a file instead of standard output")
                .value("format", "string", "\"docker\" (default) or \"oci\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        SaveImageRequest.Format format = switch (arguments.value("format", "docker")) {
            case "docker" -> SaveImageRequest.Format.DOCKER_ARCHIVE;
            case "oci" -> SaveImageRequest.Format.OCI_ARCHIVE;
            default -> throw Arguments.invalid("format", arguments.value("format"),
                    "expected docker or oci");
        };
        return Download.archive("SaveImage", SaveImageRequest.newBuilder().setFormat(format)
                .addAllImages(arguments.positionals()).build(), arguments, console);
    }
}
