package clusterd.auditlog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The files of an audit log, each named by the number of its first line, for root alone. A full file is followed by
 * another one; of too many the oldest goes.
 */
final class AuditFolder implements AutoCloseable {
    private static final long FILE_BYTES = 8 << 20;
    private static final int FILES = 8;
    private static final String SUFFIX = ".jsonl";
    private static final String NAME = "%019d" + SUFFIX;

    private final Path folder;
    private final long mostBytes;
    private final int mostFiles;
    private FileChannel file;
    private long length;

    AuditFolder(Path folder) {
        this(folder, FILE_BYTES, FILES);
    }

    AuditFolder(Path folder, long mostBytes, int mostFiles) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.mostFiles = mostFiles;
    }

    /**
     * Goes on with the last file.
     *
     * @return how many bytes of a line without an end were removed
     */
    synchronized long open() throws IOException {
        Files.createDirectories(folder.getParent());
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
        }
        List<Path> files = files();
        if (files.isEmpty()) {
            return 0;
        }
        Path last = files.getLast();
        long whole = wholeBytes(last);
        file = FileChannel.open(last, StandardOpenOption.WRITE);
        long torn = file.size() - whole;
        file.truncate(whole);
        length = whole;
        return torn;
    }

    private static long wholeBytes(Path path) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "r")) {
            long end = bytes.length();
            while (end > 0) {
                bytes.seek(end - 1);
                if (bytes.read() == '\n') {
                    return end;
                }
                end--;
            }
            return 0;
        }
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            found.forEach(files::add);
        } catch (NoSuchFileException none) {
            return List.of();
        }
        files.sort(null);
        return files;
    }

    /** Adds a line, whole or not at all. */
    synchronized void write(long number, String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        if (file == null || length > 0 && length + bytes.length > mostBytes) {
            rotate(number);
        }
        boolean done = false;
        try {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            long at = length;
            while (left.hasRemaining()) {
                at += file.write(left, at);
            }
            length = at;
            done = true;
        } finally {
            if (!done) {
                file.truncate(length);
            }
        }
    }

    private void rotate(long number) throws IOException {
        FileChannel next = FileChannel.open(folder.resolve(String.format(NAME, number)),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (file != null) {
            file.force(false);
            file.close();
        }
        file = next;
        length = 0;
        List<Path> files = files();
        for (Path old : files.subList(0, Math.max(0, files.size() - mostFiles))) {
            Files.deleteIfExists(old);
        }
    }

    void sync() throws IOException {
        FileChannel now;
        synchronized (this) {
            now = file;
        }
        if (now != null && now.isOpen()) {
            now.force(false);
        }
    }

    /** The lines of the last file. */
    void readLast(Consumer<String> reader) throws IOException {
        List<Path> files = files();
        if (!files.isEmpty()) {
            read(files.getLast(), reader);
        }
    }

    /** All lines, the oldest first; a file that rotation takes away meanwhile is passed over. */
    void read(Consumer<String> reader) throws IOException {
        for (Path each : files()) {
            try {
                read(each, reader);
            } catch (NoSuchFileException rotated) {
                continue;
            }
        }
    }

    /** Bytes that are no ASCII were not written here: they are shown as question marks, and break the chain. */
    private void read(Path path, Consumer<String> reader) throws IOException {
        long left = written(path);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(Files.newInputStream(path),
                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null && left > 0; line = lines.readLine()) {
                left -= line.length() + 1;
                reader.accept(line);
            }
        }
    }

    /** How much of a file is whole lines: the last one may be half written right now. */
    private synchronized long written(Path path) throws IOException {
        boolean current = file != null && path.equals(files().getLast());
        return current ? length : wholeBytes(path);
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.force(false);
            file.close();
            file = null;
        }
    }
}
