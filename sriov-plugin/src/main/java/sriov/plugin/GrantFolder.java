package sriov.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sriov.grant.Grant;
import sriov.grant.GrantText;
import sriov.grant.MalformedGrantException;
import sriov.inventory.PciAddress;

/**
 * Who has which function, a file for each. What was written is on the disk before the call returns; a file is the old one or the new one, never a part.
 */
public final class GrantFolder {
    static final String UNFINISHED = ".new";
    private static final int MOST_BYTES = 1 << 16;

    private final Path folder;

    private GrantFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder (0700). */
    public static GrantFolder open(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new GrantFolder(folder);
    }

    /**
     * All that there is.
     *
     * @param grants  by function
     * @param damaged why some cannot be read, by function: somebody has these, and nobody knows who
     */
    public record Content(Map<PciAddress, Grant> grants, Map<PciAddress, String> damaged) {
        /** Copies the maps. */
        public Content {
            grants = new TreeMap<>(grants);
            damaged = new TreeMap<>(damaged);
        }
    }

    /** Reads all; what was not finished when the power went is nothing. */
    public Content read() throws IOException {
        Map<PciAddress, Grant> grants = new TreeMap<>();
        Map<PciAddress, String> damaged = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Optional<PciAddress> function = PciAddress.parse(file.getFileName().toString());
                if (function.isEmpty()) {
                    if (file.toString().endsWith(UNFINISHED)) {
                        Files.delete(file);
                    }
                    continue;
                }
                try (var bytes = Files.newInputStream(file)) {
                    Grant grant = GrantText.read(new String(bytes.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
                    if (!grant.function().equals(function.get())) {
                        damaged.put(function.get(), file + " is about " + grant.function());
                    } else {
                        grants.put(function.get(), grant);
                    }
                } catch (MalformedGrantException | IOException unreadable) {
                    damaged.put(function.get(), file + " cannot be read: " + unreadable.getMessage());
                }
            }
        }
        return new Content(grants, damaged);
    }

    /** Writes one, in place of the one that is there. */
    public void write(Grant grant) throws IOException {
        write(grant, true);
    }

    /**
     * Writes one that says more than the one that is there. If the power goes before it is on the disk, the older one counts, which is as good then: who used the function is
     * no more.
     */
    public void writeSoon(Grant grant) throws IOException {
        write(grant, false);
    }

    private void write(Grant grant, boolean atOnce) throws IOException {
        Path file = folder.resolve(grant.function().toString());
        Path unfinished = folder.resolve(grant.function() + UNFINISHED);
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(GrantText.write(grant).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (atOnce) {
                channel.force(true);
            }
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        if (atOnce) {
            sync();
        }
    }

    /** Nobody has it any more. */
    public void remove(PciAddress function) throws IOException {
        Files.deleteIfExists(folder.resolve(function.toString()));
        sync();
    }

    /** So that the names in it are on the disk as well. */
    private void sync() throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
