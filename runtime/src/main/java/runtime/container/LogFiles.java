package runtime.container;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of one container's log: {@code output} is written by the keeper, which opens it by path for
 * each batch; {@code output.1} is older, {@code output.2} older still. Safe for several threads.
 */
public final class LogFiles {
    /** Size at which a log is rotated unless the user says otherwise. */
    public static final long STANDARD_MAX_BYTES = 10L << 20;
    /** Files kept unless the user says otherwise, the current one included. */
    public static final int STANDARD_MAX_FILES = 3;

    /** How far a log grows beyond that for readers who are slow, before they lose what they have not read. */
    static final long STANDARD_PATIENCE_BYTES = 1L << 30;

    private static final String CURRENT = "output";
    private final Path folder;
    private final long maxBytes;
    private final int maxFiles;
    private final long patienceBytes;
    /** Which file each reader who must not miss anything is at. */
    private final Map<Object, Object> readers = new HashMap<>();

    /**
     * @param folder   the container's log folder
     * @param maxBytes a file at least this long is rotated away
     * @param maxFiles files kept, the current one included; at least 1
     */
    public LogFiles(Path folder, long maxBytes, int maxFiles) {
        this(folder, maxBytes, maxFiles, STANDARD_PATIENCE_BYTES);
    }

    LogFiles(Path folder, long maxBytes, int maxFiles, long patienceBytes) {
        if (maxBytes < 1 || maxFiles < 1) {
            throw new IllegalArgumentException("log of " + maxBytes + " bytes in " + maxFiles + " files");
        }
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.maxFiles = maxFiles;
        this.patienceBytes = patienceBytes;
    }

    /** A file of the log as it was when listed. */
    record LogFile(Path path, Object key, long size) {}

    /** The folder that changes when output arrives. */
    public Path folder() {
        return folder;
    }

    /** The file the keeper appends to. */
    public Path current() {
        return folder.resolve(CURRENT);
    }

    /** The place after the last byte written so far. */
    public synchronized LogPosition end() throws IOException {
        return describe(current())
                .map(file -> new LogPosition(Optional.of(file.key), file.size))
                .orElseGet(this::endWithoutCurrent);
    }

    /** The place noted as text by {@link #text}; empty if that file is rotated away. */
    synchronized Optional<LogPosition> find(String noted) throws IOException {
        int space = noted.indexOf(' ');
        if (space <= 0 || !noted.substring(0, space).matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        long offset = Long.parseLong(noted.substring(0, space));
        for (LogFile file : oldestFirst()) {
            if (file.key.toString().equals(noted.substring(space + 1)) && file.size >= offset) {
                return Optional.of(new LogPosition(Optional.of(file.key), offset));
            }
        }
        return Optional.empty();
    }

    /** A place as text for {@link #find}; a file's number may be given out anew once it is deleted. */
    static String text(LogPosition position) {
        return position.offset() + " " + position.fileKey().map(Object::toString).orElse("-");
    }

    private LogPosition endWithoutCurrent() {
        try {
            return describe(rotated(1))
                    .map(file -> new LogPosition(Optional.of(file.key), file.size))
                    .orElse(LogPosition.START);
        } catch (IOException unreadable) {
            return LogPosition.START;
        }
    }

    /** The files there are, oldest first. */
    synchronized List<LogFile> oldestFirst() throws IOException {
        List<LogFile> files = new ArrayList<>();
        for (int number = maxFiles - 1; number >= 1; number--) {
            describe(rotated(number)).ifPresent(files::add);
        }
        describe(current()).ifPresent(files::add);
        return files;
    }

    /**
     * Moves the current file aside if it has grown enough, dropping the oldest one, unless someone still
     * reads that: then the current one goes on growing, up to a bound, so that one who stopped reading does
     * not fill the disk. The keeper makes a new file with its next batch; a
     * batch it is just writing still goes to the old one.
     *
     * @return whether it did
     */
    public synchronized boolean rotateIfLarge() throws IOException {
        Optional<LogFile> file = describe(current());
        if (file.isEmpty() || file.get().size < maxBytes) {
            return false;
        }
        Optional<LogFile> oldest = maxFiles == 1 ? file : describe(rotated(maxFiles - 1));
        if (oldest.isPresent() && readers.containsValue(oldest.get().key)) {
            if (file.get().size < maxBytes + patienceBytes) {
                return false;
            }
            empty(oldest.get().path);
        }
        if (maxFiles == 1) {
            Files.delete(current());
            return true;
        }
        Files.deleteIfExists(rotated(maxFiles - 1));
        for (int number = maxFiles - 2; number >= 1; number--) {
            if (Files.exists(rotated(number))) {
                move(rotated(number), rotated(number + 1));
            }
        }
        move(current(), rotated(1));
        return true;
    }

    /** Whether that file is there still. */
    synchronized boolean holds(Object fileKey) throws IOException {
        return oldestFirst().stream().anyMatch(file -> file.key.equals(fileKey));
    }

    /** Who has it open would keep its blocks from being freed. */
    private static void empty(Path path) throws IOException {
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
    }

    /** A reader is at that file, which is kept till it has moved on. */
    synchronized void readingAt(Object reader, Object fileKey) {
        readers.put(reader, fileKey);
    }

    /** A reader reads no more. */
    synchronized void readingEnded(Object reader) {
        readers.remove(reader);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path rotated(int number) {
        return folder.resolve(CURRENT + "." + number);
    }

    private static Optional<LogFile> describe(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new LogFile(path, attributes.fileKey(), attributes.size()));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }
}
