package clusterd.auditlog;

import clusterd.audit.AuditChain;
import clusterd.audit.AuditEntry;
import clusterd.audit.AuditLine;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import runtime.container.Journal;

/**
 * A manager's audit log. A line is in the file before its call is answered, so that it outlives this process; it is
 * on the disk a moment later, so that a loss of power may cost the last ones. What cannot be written holds nothing up:
 * it is counted, the journal is told, and the first line that can be written again says how many are missing.
 * Nothing is opened, and no folder made, before the first line.
 */
public final class AuditLog implements AutoCloseable {
    private static final AuditEntry.Caller ITSELF = new AuditEntry.Caller("jctl", "local", "agent");
    private static final String OWN_CALL = "AuditLog";

    private final AuditFolder folder;
    private final String host;
    private final InstantSource clock;
    private final Journal journal;
    private final List<BlockingQueue<String>> readers = new CopyOnWriteArrayList<>();
    private final Semaphore unsynced = new Semaphore(0);
    private Thread syncing;
    private boolean opened;
    private boolean closed;
    private long number;
    private String digest = AuditLine.NOTHING;
    private long lost;
    private long lostSoFar;
    private final Flood strangers = new Flood();
    private final Flood members = new Flood();
    private long leftOut;

    /** In that folder, of this host. */
    public AuditLog(Path folder, String host, InstantSource clock, Journal journal) {
        this(new AuditFolder(folder), host, clock, journal);
    }

    AuditLog(AuditFolder folder, String host, InstantSource clock, Journal journal) {
        this.folder = folder;
        this.host = host;
        this.clock = clock;
        this.journal = journal;
    }

    /** Refusals in one second: those beyond a few are counted alone, so that they push nothing else out. */
    private static final class Flood {
        private static final int MOST = 5;
        private static final long MILLIS_PER_SECOND = 1000;

        private long second;
        private int count;

        boolean isTooMuch(long nowMillis) {
            if (nowMillis / MILLIS_PER_SECOND != second) {
                second = nowMillis / MILLIS_PER_SECOND;
                count = 0;
            }
            count++;
            return count > MOST;
        }
    }

    /** The refusal of who may not call that; a flood of them, of strangers or of members, is a number in one line. */
    public synchronized void appendRefusal(AuditEntry entry) {
        Flood flood = entry.who().role().equals(AuditEntry.Caller.STRANGER) ? strangers : members;
        if (flood.isTooMuch(clock.millis())) {
            leftOut++;
        } else {
            append(entry);
        }
    }

    /** One more line. */
    public synchronized void append(AuditEntry entry) {
        if (closed) {
            journal.say("audit: after the end: " + shown(entry));
            return;
        }
        try {
            open();
            if (lost > 0) {
                write(own("lost", lost + " lines could not be written"));
                journal.say("the audit log is written again; " + lost + " lines are missing");
                lost = 0;
            }
            if (leftOut > 0) {
                write(own("left_out", leftOut + " more refusals came in a moment"));
                leftOut = 0;
            }
            write(entry);
            // An anchor: whoever forwards the journal has the chain's head elsewhere.
            journal.say("audit: " + number + " " + digest.substring(0, 12) + ": " + shown(entry));
        } catch (IOException full) {
            if (lost == 0) {
                journal.say("the audit log cannot be written, calls are answered all the same, and lines are missing"
                        + " from now on: " + full.getMessage());
            }
            lost++;
            lostSoFar++;
            journal.say("audit: lost: " + shown(entry));
        }
    }

    private AuditEntry own(String result, String message) {
        return new AuditEntry(clock.millis(), ITSELF, OWN_CALL, AuditEntry.Subject.NONE, result, message,
                OptionalLong.empty());
    }

    private static String shown(AuditEntry entry) {
        return entry.who().role() + " " + entry.who().name() + ": " + entry.call()
                + (entry.subject().name().isEmpty() ? "" : " " + entry.subject().name()) + ": " + entry.result();
    }

    private void open() throws IOException {
        if (opened) {
            return;
        }
        long torn = folder.open();
        AuditChain chain = new AuditChain();
        folder.readLast(chain::take);
        number = chain.number();
        digest = chain.lines() == 0 ? AuditLine.NOTHING : chain.digest();
        opened = true;
        syncing = Thread.ofVirtual().name("audit-sync").start(this::sync);
        if (torn > 0) {
            write(own("torn", "a line that a crash cut short was removed, " + torn + " bytes"));
        }
    }

    private void write(AuditEntry entry) throws IOException {
        String text = new AuditLine(number + 1, digest, host, entry).text();
        folder.write(number + 1, text);
        number++;
        digest = AuditLine.digest(text);
        unsynced.release();
        for (BlockingQueue<String> each : readers) {
            if (!each.offer(text)) {
                readers.remove(each);
            }
        }
    }

    private void sync() {
        try {
            while (true) {
                unsynced.acquire();
                unsynced.drainPermits();
                syncNow();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void syncNow() {
        try {
            folder.sync();
        } catch (ClosedChannelException rotated) {
            // What was in it was made to last before it was closed.
            unsynced.release();
        } catch (IOException broken) {
            journal.say("the audit log may not survive a loss of power: " + broken.getMessage());
        }
    }

    /** How many lines could not be written since this process began. */
    public synchronized long lost() {
        return lostSoFar;
    }

    /**
     * Where the log ends, as this process knows.
     *
     * @param number of the last line; 0 = none was written by this process
     * @param digest of that line
     */
    public record Head(long number, String digest) {
    }

    /** Where it ends, whatever is in the files. */
    public synchronized Head head() {
        return opened ? new Head(number, digest) : new Head(0, AuditLine.NOTHING);
    }

    /**
     * Gives every line there is, the oldest first.
     *
     * @throws IOException if a file cannot be read
     */
    public void read(Consumer<String> reader) throws IOException {
        folder.read(reader);
    }

    /** Puts each further line into a queue; one that is full gets none any more. */
    public void attach(BlockingQueue<String> queue) {
        readers.add(queue);
    }

    /** Whether the queue gets what is written; not if it was full. */
    public boolean isAttached(BlockingQueue<String> queue) {
        return readers.contains(queue);
    }

    /** Puts no more into it. */
    public void detach(BlockingQueue<String> queue) {
        readers.remove(queue);
    }

    /** Every sentence of what is wrong with the files; empty if nothing is. */
    public List<String> verify(AuditChain chain) throws IOException {
        Head known = head();
        List<String> breaks = new ArrayList<>();
        folder.read(line -> chain.take(line).ifPresent(breaks::add));
        Head now = head();
        boolean grew = chain.number() > known.number();
        if (known.number() > 0 && (chain.number() < known.number()
                || !grew && !chain.digest().equals(known.digest()))) {
            breaks.add("the files end with line " + chain.number() + ", and this agent wrote line " + now.number()
                    + " last: the end was changed, or cut off");
        }
        return breaks;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (syncing != null) {
            syncing.interrupt();
        }
        try {
            folder.close();
        } catch (IOException stays) {
            journal.say("the audit log may not survive a loss of power: " + stays.getMessage());
        }
    }
}
