package clusterd.raft;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;

/** Tells listeners of this member's leadership, in order and outside of Ratis' threads. */
final class Leadership {
    private static final int LAST_WORD_SECONDS = 5;

    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private final Journal journal;
    private final ExecutorService teller =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("raft-leadership").factory());
    /** As far as listeners were told; the teller's alone. */
    private OptionalLong leadingTerm = OptionalLong.empty();

    Leadership(Journal journal) {
        this.journal = journal;
    }

    void add(LeadershipListener listener) {
        tell(() -> {
            listeners.add(listener);
            leadingTerm.ifPresent(term -> call(listener, true, term));
        });
    }

    void begins(long term) {
        tell(() -> {
            if (leadingTerm.isPresent() && leadingTerm.getAsLong() == term) {
                return;
            }
            end();
            leadingTerm = OptionalLong.of(term);
            listeners.forEach(listener -> call(listener, true, term));
        });
    }

    void ends() {
        tell(this::end);
    }

    private void end() {
        leadingTerm.ifPresent(term -> listeners.forEach(listener -> call(listener, false, term)));
        leadingTerm = OptionalLong.empty();
    }

    private void call(LeadershipListener listener, boolean leading, long term) {
        try {
            listener.leadership(leading, term);
        } catch (RuntimeException e) {
            journal.say("raft: a listener failed when told that leading is " + leading + ": " + e);
        }
    }

    private void tell(Runnable word) {
        synchronized (teller) {
            if (!teller.isShutdown()) {
                teller.execute(word);
            }
        }
    }

    /** Tells that leading has ended, and nothing after that. */
    void close() {
        ends();
        synchronized (teller) {
            teller.shutdown();
        }
        try {
            if (!teller.awaitTermination(LAST_WORD_SECONDS, TimeUnit.SECONDS)) {
                journal.say("raft: a listener still works on the end of leadership; not waiting for it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
