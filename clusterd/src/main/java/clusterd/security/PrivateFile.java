package clusterd.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files of secrets: nobody else may read them (0600, in folders of 0700), and after a crash or a loss of
 * power they hold what they held or what they were to hold.
 */
public final class PrivateFile {
    /** What the name of a write that has not ended ends with. */
    static final String UNFINISHED = ".new";
    private static final int MOST_BYTES = 1 << 20;
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private PrivateFile() {}

    /** Replaces a file, or makes it and its folder; once this returns, it survives a loss of power. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.exists(folder)) {
            Files.createDirectories(folder.getParent());
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        }
        checkClosed(folder, "folder");
        checkOwner(folder);
        Path next = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(next); // of a crash; made anew, so that its mode is known
        try (FileChannel channel = FileChannel.open(next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(FILE))) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it is not there, or others may read it: then its secret counts as lost
     */
    public static byte[] read(Path file) throws IOException {
        checkClosed(file.toAbsolutePath().getParent(), "folder");
        checkClosed(file, "file");
        checkOwner(file.toAbsolutePath().getParent());
        checkOwner(file);
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new IOException(file + " has " + size + " bytes, more than any file of keys");
        }
        return Files.readAllBytes(file);
    }

    /** Removes a file if it is there; once this returns, it stays away. */
    public static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(file.toAbsolutePath().getParent());
        }
    }

    private static void checkClosed(Path path, String what) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (mode.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
            throw new IOException(what + " " + path + " holds keys, and others may open it ("
                    + PosixFilePermissions.toString(mode) + "): close it with `chmod go= " + path
                    + "`, and if somebody may have read it, join this node again with a new token");
        }
    }

    /** A file somebody else gave away, or can take back, is none of ours. */
    private static void checkOwner(Path path) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(own)) {
            throw new IOException(path + " holds keys and belongs to user " + owner + ", not to this process's user "
                    + own + ": see who made it; if it is this node's, `chown " + own + " " + path + "`");
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
