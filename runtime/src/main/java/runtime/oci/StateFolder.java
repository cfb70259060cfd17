package runtime.oci;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import runtime.spec.ContainerSpec;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;

/**
 * The folder of one container below the runtime's root: {@code record.json}, {@code config.json},
 * {@code steps}, the status page, and a folder for each further process being launched. Files are
 * replaced by rename, so that whoever reads sees the old or the new.
 */
final class StateFolder {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_+.-]{1,1024}");
    private static final String RECORD = "record.json";
    private static final String CONFIG = "config.json";
    private static final String STEPS = "steps";

    private final Path path;

    private StateFolder(Path path) {
        this.path = path;
    }

    /** The folder of a container, whether or not it is there. */
    static StateFolder of(Path root, String id) throws OciException {
        if (!ID.matcher(id).matches() || id.equals(".") || id.equals("..")) {
            throw new OciException("\"" + id + "\" cannot be a container's ID: letters, digits and _+-."
                    + " make one");
        }
        return new StateFolder(root.resolve(id));
    }

    /** The IDs of all containers. */
    static List<String> ids(Path root) throws IOException {
        List<String> ids = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
                folders.forEach(folder -> ids.add(folder.getFileName().toString()));
            }
        }
        ids.sort(null);
        return ids;
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Makes it; whoever makes it has the ID. */
    void make() throws OciException, IOException {
        var onlyRoot = PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(path.getParent());
        try {
            Files.createDirectory(path, onlyRoot);
        } catch (FileAlreadyExistsException taken) {
            throw new OciException("container with id " + path.getFileName()
                    + " already exists; delete it, or choose another ID", taken);
        }
    }

    /** @throws OciException if there is no such container */
    ContainerRecord record() throws OciException, IOException {
        try {
            return ContainerRecord.parse(Files.readString(path.resolve(RECORD)));
        } catch (NoSuchFileException absent) {
            throw new OciException("container " + path.getFileName() + " does not exist", absent);
        }
    }

    void write(ContainerRecord record) throws IOException {
        replace(path.resolve(RECORD), record.toJson());
    }

    ContainerSpec spec() throws OciException, IOException {
        try {
            return SpecParser.parse(Files.readString(path.resolve(CONFIG)));
        } catch (SpecException damaged) {
            throw new OciException("the container's copy of config.json is damaged: "
                    + damaged.getMessage(), damaged);
        }
    }

    void write(String config) throws IOException {
        replace(path.resolve(CONFIG), config);
    }

    List<String> steps() throws IOException {
        return Files.readAllLines(path.resolve(STEPS));
    }

    void write(List<String> steps) throws IOException {
        replace(path.resolve(STEPS), String.join("\n", steps) + "\n");
    }

    /** A folder for one further process. */
    Path makeExecFolder() throws IOException {
        return Files.createTempDirectory(path, "exec-");
    }

    static void replace(Path file, String content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes it with what is in it, mounts of a creation that was killed included. */
    void remove() throws IOException {
        if (exists()) {
            try (DirectoryStream<Path> mounts = Files.newDirectoryStream(path, "tmpfs-*")) {
                for (Path mount : mounts) {
                    linux.syscall.Mounts.detach(mount.toString());
                }
            }
        }
        removeTree(path);
    }

    static void removeTree(Path folder) throws IOException {
        if (Files.isDirectory(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    removeTree(entry);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
