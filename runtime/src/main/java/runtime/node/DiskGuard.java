package runtime.node;

import api.node.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import runtime.container.Journal;
import runtime.event.Event;
import runtime.event.EventSink;

/**
 * Keeps calls that write from beginning while the data folder's file system takes no more: they fail at
 * once and whole. What reads or frees space goes on. Safe for several threads.
 */
final class DiskGuard {
    private static final int PROBE_BYTES = 64 << 10;
    /** What an attachment does that starts its container. */
    static final String ATTACH_STARTING = "ATTACH that starts";
    /**
     * Calls as node.proto names them; of sessions, what the first message holds. Further processes write,
     * too: their output goes through a log of their own.
     */
    static final Set<String> WRITING = Set.of("CreateContainer", "RUN", "EXEC", ATTACH_STARTING,
            "StartContainer", "RestartContainer",
            "UpdateContainer", "RenameContainer", "PullImage", "LoadImage",
            "ImportImage", "ImageFromHost", "TagImage", "CommitContainer", "CopyToContainer",
            "CreateVolume", "ImportVolume", "CreateNetwork", "ConnectNetwork");

    private final Path folder;
    private final Journal journal;
    private final EventSink events;
    private boolean writeFailed;
    private Optional<String> seen = Optional.empty();
    /** Changes in their order, told one at a time by whoever finds nobody telling. */
    private final Queue<Runnable> untold = new ArrayDeque<>();
    private boolean isTelling;

    /** @param folder whose file system is watched */
    DiskGuard(Path folder, Journal journal, EventSink events) {
        this.folder = folder;
        this.journal = journal;
        this.events = events;
    }

    /**
     * Lets a call begin.
     *
     * @param call its name in node.proto
     * @throws io.grpc.StatusRuntimeException if it writes and there is no room
     */
    void admit(String call) {
        if (WRITING.contains(call)) {
            Optional<String> full = look();
            if (full.isPresent()) {
                throw Failures.of(Reason.NO_SPACE, full.get(), OptionalInt.of(125));
            }
        }
    }

    /** A call has failed: perhaps because a write did. */
    void heed(Throwable failure) {
        if (!(failure instanceof io.grpc.StatusRuntimeException) && Failures.saysFull(failure)) {
            synchronized (this) {
                writeFailed = true;
            }
            look();
        }
    }

    /** Looks anew, tells of a change, and says what is wrong if the daemon only reads. */
    Optional<String> look() {
        Optional<String> now = see();
        for (Optional<Runnable> next = nextUntold(); next.isPresent(); next = nextUntold()) {
            try {
                next.get().run();
            } finally {
                told();
            }
        }
        return now;
    }

    private synchronized Optional<String> see() {
        Optional<String> now = trouble();
        if (now.isPresent() && seen.isEmpty()) {
            untold.add(() -> {
                journal.say(now.get());
                events.tell(Event.Type.DAEMON, "disk_full", "jctl",
                        Map.of("folder", folder.toString(), "reason", now.get()));
            });
        } else if (now.isEmpty() && seen.isPresent()) {
            untold.add(() -> {
                journal.say("there is room in " + folder + " again; calls that write are taken again");
                events.tell(Event.Type.DAEMON, "disk_room", "jctl", Map.of("folder", folder.toString()));
            });
        }
        seen = now;
        return now;
    }

    /** Empty if there is none, or somebody tells just now, who will tell this one, too. */
    private synchronized Optional<Runnable> nextUntold() {
        if (isTelling || untold.isEmpty()) {
            return Optional.empty();
        }
        isTelling = true;
        return Optional.of(untold.remove());
    }

    private synchronized void told() {
        isTelling = false;
    }

    private Optional<String> trouble() {
        Optional<DiskRoom.Trouble> looked = DiskRoom.look(folder);
        if (looked.isPresent()) {
            return looked.map(this::sentence);
        }
        if (writeFailed) {
            try {
                probe();
                writeFailed = false;
            } catch (IOException failure) {
                return Optional.of(sentence(DiskRoom.Trouble.ofWrite(free(), failure)));
            }
        }
        return Optional.empty();
    }

    private long free() {
        try {
            return DiskRoom.freeBytes(folder);
        } catch (IOException unknown) {
            return 0;
        }
    }

    /** Quotas, inodes and read-only file systems show when something is written. */
    private void probe() throws IOException {
        Path file = folder.resolve(".room.tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private String sentence(DiskRoom.Trouble trouble) {
        return "the data folder " + folder + " takes no more (" + trouble.what() + "), so the daemon"
                + " only reads; " + trouble.remedy() + "; it writes again by itself when there is"
                + " room";
    }
}
