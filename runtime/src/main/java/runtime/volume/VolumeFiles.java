package runtime.volume;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import runtime.container.FolderRemoval;
import runtime.container.Journal;

/**
 * Volumes on disk: {@code D/volumes/NAME/volume.json} and {@code …/data}. A volume appears by rename when it
 * is whole and on the disk, and is renamed away before it is removed: a crash at any instant leaves it or
 * not, never half.
 */
final class VolumeFiles {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String MAKING = ".making-";
    private static final String REMOVED = ".removed-";
    private static final String FILLING = "filling";
    private static final String RECORD = "volume.json";

    private final Path folder;

    VolumeFiles(Path dataFolder) throws IOException {
        this.folder = dataFolder.resolve("volumes");
        Files.createDirectories(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Where the files of a volume lie or would lie. */
    Path files(String name) {
        return folder.resolve(name).resolve("data");
    }

    /** Reads every volume and clears what a crash left; what cannot be read is told and left alone. */
    List<Volume> load(Journal journal) throws IOException {
        List<Volume> volumes = new ArrayList<>();
        for (Path entry : entries(folder)) {
            String name = entry.getFileName().toString();
            try {
                if (name.startsWith(MAKING) || name.startsWith(REMOVED)) {
                    FolderRemoval.remove(entry);
                } else {
                    volumes.add(read(entry, name));
                    FolderRemoval.remove(entry.resolve(FILLING));
                }
            } catch (IOException broken) {
                journal.say("volume " + name + " cannot be read (" + broken.getMessage()
                        + "); its files are left in " + entry);
            }
        }
        return volumes;
    }

    private Volume read(Path entry, String name) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(Files.readAllBytes(entry.resolve(RECORD)));
            if (!node.path("name").asText().equals(name)) {
                throw new IOException(RECORD + " is of volume " + node.path("name").asText());
            }
            Map<String, String> labels = new TreeMap<>();
            node.path("labels").properties().forEach(
                    each -> labels.put(each.getKey(), each.getValue().asText()));
            return new Volume(name, labels, Instant.parse(node.path("createdAt").asText()),
                    node.path("anonymous").asBoolean(), files(name));
        } catch (JsonProcessingException | DateTimeException damaged) {
            throw new IOException(RECORD + ": " + damaged.getMessage(), damaged);
        }
    }

    /** Makes an empty one. */
    void make(Volume volume) throws IOException {
        Path making = Files.createTempDirectory(folder, MAKING);
        try {
            Path files = Files.createDirectory(making.resolve("data"));
            Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
            ObjectNode node = MAPPER.createObjectNode();
            node.put("name", volume.name()).put("createdAt", volume.createdAt().toString())
                    .put("anonymous", volume.anonymous());
            ObjectNode labels = node.putObject("labels");
            volume.labels().forEach(labels::put);
            try (FileChannel channel = FileChannel.open(making.resolve(RECORD),
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(MAPPER.writeValueAsBytes(node));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            sync(making);
            Files.move(making, folder.resolve(volume.name()), StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
        } finally {
            FolderRemoval.remove(making);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Takes it out of sight; what is returned is still to be removed with {@link #sweep}. */
    Path takeAway(String name) throws IOException {
        Path removed = Files.createTempDirectory(folder, REMOVED);
        Files.move(folder.resolve(name), removed.resolve("volume"), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return removed;
    }

    /** Removes what was taken away. */
    static void sweep(Path removed) throws IOException {
        FolderRemoval.remove(removed);
    }

    /** Whether nothing was ever put into it. */
    boolean isEmpty(String name) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(files(name))) {
            return !stream.iterator().hasNext();
        }
    }

    /** A fresh folder beside the files, to be filled; see {@link #filled}. */
    Path startFilling(String name) throws IOException {
        Path filling = folder.resolve(name).resolve(FILLING);
        FolderRemoval.remove(filling);
        return Files.createDirectory(filling);
    }

    /** Takes the place of the files, of which there are none. */
    void filled(String name) throws IOException {
        Files.move(folder.resolve(name).resolve(FILLING), files(name),
                StandardCopyOption.ATOMIC_MOVE);
        sync(folder.resolve(name));
    }

    /** Removes what was being filled. */
    void stopFilling(String name) throws IOException {
        FolderRemoval.remove(folder.resolve(name).resolve(FILLING));
    }

    /** The sum of its files' lengths, as far as they can be reached by path. */
    long sizeBytes(String name) throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(files(name), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreachable) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        return entries;
    }
}
