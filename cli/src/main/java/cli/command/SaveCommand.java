package cli.command;

import api.node.Chunk;
import api.node.SaveImageRequest;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
        String file = arguments.value("output");
        if (file.isEmpty() && console.isOutTerminal()) {
            throw new UsageException(
                    "cowardly refusing to save to a terminal: use --output FILE or redirect");
        }
        SaveImageRequest request = SaveImageRequest.newBuilder().setFormat(format)
                .addAllImages(arguments.positionals()).build();
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("SaveImage", request)) {
            if (file.isEmpty()) {
                for (byte[] data = next(call); data != null; data = next(call)) {
                    console.write(data);
                }
            } else {
                toFile(call, Path.of(file).toAbsolutePath());
            }
        }
        return 0;
    }

    /** Under another name until it is whole. */
    private static void toFile(Call call, Path file) throws CallException, IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                copy(call, out);
            }
            return;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                copy(call, out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(Call call, OutputStream out) throws CallException, IOException {
        for (byte[] data = next(call); data != null; data = next(call)) {
            out.write(data);
        }
    }

    private static byte[] next(Call call) throws CallException, IOException {
        Chunk chunk = NodeClient.next(call, Chunk.parser());
        return chunk == null ? null : chunk.getData().toByteArray();
    }
}
