package clusterd.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The log of a group of one, in memory: for a node that is its own cluster for as long as it runs, and for
 * simulations. It keeps what a real one does, in its order and with its refusals, but for durability.
 */
public final class MemoryLog implements Log {
    private static final int CLOSE_SECONDS = 5;

    /** What outlives a log that is closed, as a data folder would. Used by one log at a time. */
    public static final class Disk {
        private final List<byte[]> entries = new ArrayList<>();
        private long firstIndex;
        private byte[] snapshot;
        private long term;

        /** How many entries there are after the snapshot. */
        public synchronized int entries() {
            return entries.size();
        }
    }

    private final Member self;
    private final Machine machine;
    private final Disk disk;
    private final Settings.Limits limits;
    private final List<LeadershipListener> listeners = new ArrayList<>();
    private final ExecutorService thread;
    private final ExecutorService answers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("raft-answer").factory());
    private int pendingEntries;
    private long pendingBytes;
    private boolean closed;
    private volatile long applied;

    /**
     * Opens it; what is on the disk is restored and applied.
     *
     * @param machine in its first state
     */
    public MemoryLog(Member self, Machine machine, Disk disk, Settings.Limits limits) throws IOException {
        this.self = self;
        this.machine = machine;
        this.disk = disk;
        this.limits = limits;
        thread = Executors.newSingleThreadExecutor(Thread.ofVirtual().name("raft-memory").factory());
        synchronized (disk) {
            disk.term++;
            if (disk.snapshot != null) {
                machine.restore(new ByteArrayInputStream(disk.snapshot));
            }
            applied = disk.firstIndex - 1;
            for (byte[] entry : disk.entries) {
                machine.apply(++applied, entry);
            }
        }
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] entry) {
        if (entry.length > limits.entryBytes()) {
            return CompletableFuture.failedFuture(new LogException(LogException.Kind.TOO_LARGE, "an entry of "
                    + entry.length + " bytes was not added: the largest has " + limits.entryBytes() + "; split it"));
        }
        byte[] kept = entry.clone();
        synchronized (this) {
            if (!closed && (pendingEntries + 1 > limits.pendingEntries()
                    || pendingBytes + kept.length > limits.pendingBytes())) {
                return CompletableFuture.failedFuture(new LogException(LogException.Kind.BUSY, "an entry of "
                        + entry.length + " bytes was not added: " + pendingEntries + " are on their way already"));
            }
            pendingEntries++;
            pendingBytes += kept.length;
        }
        return run(() -> apply(kept)).whenComplete((answer, failure) -> dismiss(kept.length));
    }

    private synchronized void dismiss(int bytes) {
        pendingEntries--;
        pendingBytes -= bytes;
    }

    private byte[] apply(byte[] entry) throws LogException {
        synchronized (disk) {
            disk.entries.add(entry);
        }
        byte[] answer = machine.apply(++applied, entry.clone());
        if (disk.entries() >= limits.snapshotEveryEntries()) {
            write();
        }
        return answer;
    }

    @Override
    public CompletableFuture<Void> barrier() {
        return run(() -> null);
    }

    @Override
    public Standing standing() {
        synchronized (this) {
            return new Standing(self.id(), closed ? Role.STOPPED : Role.LEADER, disk.term,
                    closed ? Optional.empty() : Optional.of(self.id()), applied, applied,
                    List.of(new Standing.Peer(self, 0, 0)));
        }
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        run(() -> {
            listeners.add(listener);
            listener.leadership(true, disk.term);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members) {
        return run(() -> {
            if (!members.equals(List.of(self))) {
                throw new LogException(LogException.Kind.REFUSED, "a log in memory is of one member, " + self
                        + ", not of " + members);
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> transferLeadership(String memberId) {
        return run(() -> {
            if (!self.id().equals(memberId)) {
                throw new LogException(LogException.Kind.REFUSED, "there is no other voter to give leadership to");
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> snapshot() {
        return run(() -> {
            write();
            return null;
        });
    }

    private void write() throws LogException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            machine.capture().writeTo(out);
        } catch (IOException e) {
            throw new LogException(LogException.Kind.STORAGE, "the machine cannot write its state: " + e, false, e);
        }
        synchronized (disk) {
            disk.snapshot = out.toByteArray();
            disk.entries.clear();
            disk.firstIndex = applied + 1;
        }
    }

    /** One step of the log's only thread. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws LogException;
    }

    private <T> CompletableFuture<T> run(Step<T> step) {
        CompletableFuture<T> done = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(
                        new LogException(LogException.Kind.CLOSED, "member " + self.id() + " is closed"));
            }
            thread.execute(() -> {
                try {
                    T result = step.run();
                    done.completeAsync(() -> result, answers);
                } catch (LogException | RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
        }
        return done;
    }

    @Override
    public void close() {
        OptionalLong term = OptionalLong.empty();
        synchronized (this) {
            if (!closed) {
                closed = true;
                term = OptionalLong.of(disk.term);
            }
        }
        term.ifPresent(led -> thread.execute(() ->
                listeners.forEach(listener -> listener.leadership(false, led))));
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.close();
    }
}
