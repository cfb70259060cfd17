package clusterd.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;

/** The folder of a member's snapshots: one file, {@code snapshot.TERM_INDEX}, or none. */
final class Snapshots implements StateMachineStorage {
    private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d{1,18})_(\\d{1,18})");
    private static final String UNFINISHED = ".new";

    private volatile Path folder;
    private volatile SingleFileSnapshotInfo latest;

    @Override
    public void init(RaftStorage storage) {
        folder = storage.getStorageDir().getStateMachineDir().toPath();
    }

    @Override
    public void format() {
        latest = null;
    }

    @Override
    public SingleFileSnapshotInfo getLatestSnapshot() {
        return latest;
    }

    /** Nothing: the older go as soon as a newer is on disk. */
    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // said above
    }

    /** Up to where the newest snapshot goes; -1: there is none. */
    long latestIndex() {
        SingleFileSnapshotInfo info = latest;
        return info == null ? -1 : info.getIndex();
    }

    /**
     * Looks for the newest snapshot and reads it through; others are deleted.
     *
     * @return it, if there is one
     * @throws IOException that names the file, if it is broken
     */
    Optional<SnapshotFile.Header> load() throws IOException {
        Optional<Path> newest = newest(folder);
        if (newest.isEmpty()) {
            latest = null;
            return Optional.empty();
        }
        SnapshotFile.Header header = SnapshotFile.check(newest.get());
        publish(newest.get(), header);
        return Optional.of(header);
    }

    /** Where the newest is. */
    Path file() {
        return latest.getFile().getPath();
    }

    /**
     * Writes one; afterwards it is the newest, unless a newer one was installed meanwhile.
     *
     * @throws IOException if it cannot be written; those that were there are still there
     */
    synchronized void write(SnapshotFile.Content content) throws IOException {
        Path file = folder.resolve("snapshot." + content.at().getTerm() + "_" + content.at().getIndex());
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            SnapshotFile.write(unfinished, content);
            SnapshotFile.Header header = SnapshotFile.check(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
            if (latestIndex() <= content.at().getIndex()) {
                publish(file, header);
            } else {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // An installed snapshot replaces the whole folder, also under a file that is being written.
            if (latestIndex() <= content.at().getIndex()) {
                throw e;
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private void publish(Path file, SnapshotFile.Header header) throws IOException {
        latest = new SingleFileSnapshotInfo(new FileInfo(file, MD5Hash.newInstance(header.md5())),
                TermIndex.valueOf(header.at().getTerm(), header.at().getIndex()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "snapshot.*")) {
            for (Path other : files) {
                if (!other.equals(file) && !other.getFileName().toString().endsWith(UNFINISHED)) {
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    /** The newest snapshot's file in a folder, which need not be there. */
    static Optional<Path> newest(Path folder) throws IOException {
        Path newest = null;
        long newestIndex = -1;
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                long index = index(file);
                if (index > newestIndex) {
                    newest = file;
                    newestIndex = index;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    /** The index in a snapshot's name; -1: it is no snapshot. */
    static long index(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(2)) : -1;
    }
}
