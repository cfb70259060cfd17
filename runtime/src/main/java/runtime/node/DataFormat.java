package runtime.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * In which form a data folder is: a number in its file {@code format}. A daemon brings an older one up to
 * its own, a step at a time, and leaves a newer one alone.
 *
 * <p>The number says what a daemon must know to read the folder at all. What can be left out, such as a
 * member of a record that an older daemon passes over, does not change it.
 */
final class DataFormat {
    /** What this version writes. */
    static final int CURRENT = 1;
    private static final String FILE = "format";

    /** Brings a folder from one number to the next; if it is interrupted, it is done again. */
    interface Migration {
        void apply(Path data) throws IOException;
    }

    /** The first leads from 1 to 2. */
    private final List<Migration> migrations;

    /** @param migrations the first leads from number 1 to 2 */
    DataFormat(List<Migration> migrations) {
        this.migrations = List.copyOf(migrations);
    }

    /** This version's. */
    static DataFormat current() {
        return new DataFormat(List.of());
    }

    /**
     * Makes sure that the folder can be read. The caller holds its lock.
     *
     * @return how it was changed, a sentence each
     * @throws IOException if it is newer than this version, or a change failed: the folder has the number up
     *     to which it was changed
     */
    List<String> settle(Path data) throws IOException {
        int wanted = migrations.size() + 1;
        int found = read(data);
        if (found > wanted) {
            throw new IOException(data + " was written by a newer jctl (format " + found
                    + "; this one knows " + wanted + "): start that one, or use another --data-dir");
        }
        List<String> changes = new java.util.ArrayList<>();
        for (int number = Math.max(found, 1); number < wanted; number++) {
            migrations.get(number - 1).apply(data);
            write(data, number + 1);
            changes.add(data + " was brought from format " + number + " to " + (number + 1));
        }
        if (found == 0) {
            write(data, wanted);
        }
        return changes;
    }

    /** 0 for one that has no number: it is new, or as it was before there were numbers. */
    private static int read(Path data) throws IOException {
        try {
            String text = Files.readString(data.resolve(FILE)).strip();
            if (!text.matches("[1-9][0-9]{0,8}")) {
                throw new IOException(data.resolve(FILE) + " is damaged: it holds '"
                        + text.substring(0, Math.min(text.length(), 20)) + "' and no number;"
                        + " write " + CURRENT + " there if no newer jctl was used");
            }
            return Integer.parseInt(text);
        } catch (NoSuchFileException absent) {
            return 0;
        }
    }

    private static void write(Path data, int number) throws IOException {
        Path next = data.resolve(FILE + ".tmp");
        Files.writeString(next, number + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(next, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
