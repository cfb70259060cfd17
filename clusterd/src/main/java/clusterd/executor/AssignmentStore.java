package clusterd.executor;

import clusterd.model.TaskId;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The node's tasks on disk, a file each: {@code TASK.task}, four bytes of CRC-32C and the encoded
 * {@link StoredTask}. After a crash a file is as it was or as it was to be. Methods may be called side by side
 * for different tasks.
 */
public final class AssignmentStore {
    private static final String SUFFIX = ".task";
    private static final String UNFINISHED = ".new";
    private static final String DAMAGED = ".damaged";
    private static final int MOST_BYTES = 64 << 20;

    private final Path folder;
    private final RecordCodec<StoredTask> codec = RecordCodec.of(StoredTask.class);

    private AssignmentStore(Path folder) {
        this.folder = folder;
    }

    /**
     * What was found.
     *
     * @param tasks    that can be read
     * @param problems a sentence for each file that cannot
     */
    public record Found(List<StoredTask> tasks, List<String> problems) {
    }

    /** Makes the folder if it is not there; nobody else may read it (0700). */
    public static AssignmentStore open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return new AssignmentStore(folder);
    }

    /** All there is. A file that cannot be read is put aside, so that it is told of once. */
    public Found load() throws IOException {
        List<StoredTask> tasks = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(UNFINISHED)) {
                    Files.delete(file);
                } else if (name.endsWith(SUFFIX)) {
                    try {
                        tasks.add(read(file));
                    } catch (IOException damaged) {
                        problems.add(setAside(file, damaged));
                    }
                }
            }
        }
        return new Found(List.copyOf(tasks), List.copyOf(problems));
    }

    private StoredTask read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("it has more than " + MOST_BYTES + " bytes");
        }
        byte[] all = Files.readAllBytes(file);
        if (all.length < Integer.BYTES) {
            throw new IOException("it is cut short at " + all.length + " bytes");
        }
        byte[] body = java.util.Arrays.copyOfRange(all, Integer.BYTES, all.length);
        if (ByteBuffer.wrap(all).getInt() != checksum(body)) {
            throw new IOException("its checksum is of other bytes");
        }
        StoredTask task;
        try {
            task = codec.decode(body);
        } catch (MalformedRecordException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
        if (!file(task.assignment().task()).equals(file)) {
            throw new IOException("it is of task " + task.assignment().task());
        }
        return task;
    }

    private static String setAside(Path file, IOException damaged) {
        String what = file + " cannot be read (" + damaged.getMessage()
                + "); its task waits for a manager to assign it again";
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED),
                    StandardCopyOption.REPLACE_EXISTING);
            return what;
        } catch (IOException stays) {
            return what + ", and the file cannot be put aside: " + stays;
        }
    }

    /** Replaces what is kept of a task; once this returns, it survives a loss of power. */
    public void save(StoredTask task) throws IOException {
        byte[] body = codec.encode(task);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + body.length).putInt(checksum(body)).put(body)
                .flip();
        Path file = file(task.assignment().task());
        Path next = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        sync();
    }

    /** Forgets a task; nothing happens if it is not known. */
    public void remove(TaskId task) throws IOException {
        if (Files.deleteIfExists(file(task))) {
            sync();
        }
    }

    private Path file(TaskId task) {
        return folder.resolve(task + SUFFIX);
    }

    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
