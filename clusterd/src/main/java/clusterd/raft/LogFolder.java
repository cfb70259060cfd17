package clusterd.raft;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.container.Journal;

/**
 * A member's data folder, looked at before Ratis opens it: whose it is, whether the log's end was torn by a
 * crash, and whether log and snapshot still belong together.
 */
final class LogFolder {
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d{1,18})|(\\d{1,18})-(\\d{1,18}))");
    private static final String OWNER = "member";
    private static final String STATE = "sm";

    private final Path folder;
    private final Path group;
    private final Journal journal;

    LogFolder(Path folder, UUID clusterId, Journal journal) {
        this.folder = folder;
        this.group = folder.resolve(clusterId.toString());
        this.journal = journal;
    }

    /**
     * Makes the folder if it is not there, and repairs what a crash may leave.
     *
     * @throws LogException if the folder is another's, or not whole
     */
    void prepare(Member self, int largestEntryBytes) throws IOException {
        Files.createDirectories(folder);
        checkOwner(self);
        if (!Files.isDirectory(group)) {
            return;
        }
        bringBackState();
        List<Segment> segments = segments();
        for (Segment segment : segments) {
            if (segment.open()) {
                cutTornTail(segment, largestEntryBytes);
            }
        }
        checkNothingIsMissing(segments);
    }

    private void checkOwner(Member self) throws IOException {
        Path file = folder.resolve(OWNER);
        String owner = self.kind() + " " + self.id() + "\n";
        if (!Files.exists(file)) {
            if (Files.isDirectory(group)) {
                throw refused("the data folder " + folder + " has a log, but no file " + OWNER
                        + " that says whose: it was copied in part");
            }
            Path unfinished = folder.resolve(OWNER + ".new");
            Files.writeString(unfinished, owner);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        String found = Files.readString(file, StandardCharsets.UTF_8);
        if (!found.equals(owner)) {
            throw refused("the data folder " + folder + " belongs to \"" + found.strip() + "\", not to \""
                    + owner.strip() + "\": a folder is one member's, and its kind never changes");
        }
    }

    /** An installed snapshot replaces the folder of the state by two renames; a crash may come between. */
    private void bringBackState() throws IOException {
        if (Files.exists(group.resolve(STATE))) {
            return;
        }
        List<Path> aside = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(group, STATE + ".tmp*")) {
            files.forEach(aside::add);
        }
        if (aside.size() == 1) {
            Files.move(aside.getFirst(), group.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
            journal.say("raft: the state's folder was away when this member died; it is back: " + group.resolve(STATE));
        }
    }

    private record Segment(Path file, long first, Optional<Long> last) {
        boolean open() {
            return last.isEmpty();
        }
    }

    private List<Segment> segments() throws IOException {
        List<Segment> segments = new ArrayList<>();
        Path current = group.resolve("current");
        if (!Files.isDirectory(current)) {
            return segments;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(current, "log_*")) {
            for (Path file : files) {
                Matcher name = SEGMENT.matcher(file.getFileName().toString());
                if (name.matches()) {
                    segments.add(name.group(1) != null
                            ? new Segment(file, Long.parseLong(name.group(1)), Optional.empty())
                            : new Segment(file, Long.parseLong(name.group(2)),
                                    Optional.of(Long.parseLong(name.group(3)))));
                }
            }
        }
        segments.sort(java.util.Comparator.comparingLong(Segment::first));
        return segments;
    }

    /** The files of a group's log, the first entries first. */
    static List<Path> segmentFiles(Path group) throws IOException {
        List<Path> files = new ArrayList<>();
        Path current = group.resolve("current");
        if (!Files.isDirectory(current)) {
            throw new IOException("there is no log in " + group);
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(current, "log_*")) {
            all.forEach(each -> {
                if (first(each) >= 0) {
                    files.add(each);
                }
            });
        }
        files.sort(java.util.Comparator.comparingLong(LogFolder::first));
        return files;
    }

    /** The index of the first entry of a file of the log; -1: it is none. */
    static long first(Path file) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        return !name.matches() ? -1 : Long.parseLong(name.group(1) != null ? name.group(1) : name.group(2));
    }

    private void cutTornTail(Segment segment, int largestEntryBytes) throws IOException {
        Path file = segment.file();
        SegmentScan.Finding finding = SegmentScan.scan(file, largestEntryBytes);
        switch (finding) {
            case SegmentScan.Whole whole -> { }
            case SegmentScan.Torn torn -> {
                try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                    out.setLength(torn.wholeBytes());
                    out.getChannel().force(true);
                }
                journal.say("raft: the last entry in " + file + " was written in part when this member died; cut off at "
                        + torn.wholeBytes() + " bytes");
            }
            case SegmentScan.Broken broken -> throw refused("the log " + file + " is broken at byte "
                    + broken.atBytes() + ", and whole entries follow, so no crash did that: the disk did");
        }
    }

    private void checkNothingIsMissing(List<Segment> segments) throws IOException {
        long next = 1 + Snapshots.newest(group.resolve(STATE)).map(Snapshots::index).orElse(-1L);
        if (!segments.isEmpty() && segments.getFirst().first() > next) {
            throw refused("the log in " + group + " begins with entry " + segments.getFirst().first()
                    + ", but there is no snapshot with the entries before it"
                    + (next == 0 ? "" : " (the newest ends before entry " + next + ")"));
        }
        for (int i = 1; i < segments.size(); i++) {
            long expected = segments.get(i - 1).last().orElse(segments.get(i).first()) + 1;
            boolean follows = segments.get(i - 1).open() || segments.get(i).first() == expected;
            if (!follows && segments.get(i).first() > next) {
                throw refused("the log in " + group + " lacks the entries " + expected + " to "
                        + (segments.get(i).first() - 1));
            }
        }
    }

    private static LogException refused(String what) {
        return new LogException(LogException.Kind.STORAGE, what + ". If other members are well, take this one out of"
                + " the group, empty its data folder and let it join again; if it is alone, restore a backup");
    }
}
