package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** --cidfile: a file that must not exist and gets the container's id. */
final class ContainerIdFile {
    private final Path file;

    private ContainerIdFile(Path file) {
        this.file = file;
    }

    /** The file the user named; nothing is done if none. */
    static ContainerIdFile of(Arguments arguments) throws UsageException {
        if (!arguments.has("cidfile")) {
            return new ContainerIdFile(null);
        }
        Path file = Path.of(arguments.value("cidfile"));
        if (Files.exists(file)) {
            throw new UsageException("the container id file " + file + " exists: make sure the "
                    + "other container isn't running, or delete it");
        }
        return new ContainerIdFile(file);
    }

    /** Writes the id. */
    void write(String id) throws IOException {
        if (file != null) {
            Files.writeString(file, id, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }
}
