package runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Removes a tree a container may have written: no link is followed ({@code openat(2)} with O_NOFOLLOW and
 * {@code unlinkat(2)} from the folder's descriptor), and no depth is too deep: what lies far below is moved
 * to the top first ({@code renameat(2)}), so neither PATH_MAX nor the number of open files is a limit.
 */
public final class FolderRemoval {
    private static final int MAX_OPEN_LEVELS = 32;

    private FolderRemoval() {}

    /**
     * Removes the folder and all that is in it; nothing happens if it is absent.
     *
     * @throws IOException at the first entry that cannot be removed
     */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            if (!(stream instanceof SecureDirectoryStream<Path> top)) {
                throw new IOException(folder + ": this JVM has no openat(2)");
            }
            Sweep sweep = new Sweep(top);
            sweep.empty(top, 0);
            while (!sweep.raised.isEmpty()) {
                sweep.removeFolder(top, sweep.raised.pop(), 0);
            }
        } catch (NotDirectoryException file) {
            throw new IOException("not a folder: " + folder, file);
        }
        Files.deleteIfExists(folder);
    }

    private static final class Sweep {
        private final SecureDirectoryStream<Path> top;
        private final Deque<Path> raised = new ArrayDeque<>();
        private long names;

        private Sweep(SecureDirectoryStream<Path> top) {
            this.top = top;
        }

        void empty(SecureDirectoryStream<Path> folder, int level) throws IOException {
            List<Path> entries = new ArrayList<>();
            folder.forEach(entry -> entries.add(entry.getFileName()));
            for (Path entry : entries) {
                if (!isFolder(folder, entry)) {
                    folder.deleteFile(entry);
                } else if (level < MAX_OPEN_LEVELS) {
                    removeFolder(folder, entry, level + 1);
                } else {
                    Path name = Path.of(".jctl-raised-" + names++);
                    folder.move(entry, top, name);
                    raised.push(name);
                }
            }
        }

        void removeFolder(SecureDirectoryStream<Path> parent, Path name, int level)
                throws IOException {
            try (SecureDirectoryStream<Path> folder =
                    parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                empty(folder, level);
            } catch (NoSuchFileException gone) {
                return;
            }
            parent.deleteDirectory(name);
        }

        private static boolean isFolder(SecureDirectoryStream<Path> parent, Path name)
                throws IOException {
            return parent.getFileAttributeView(name, BasicFileAttributeView.class,
                    LinkOption.NOFOLLOW_LINKS).readAttributes().isDirectory();
        }
    }
}
