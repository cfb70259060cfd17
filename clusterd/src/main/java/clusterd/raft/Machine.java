package clusterd.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What the entries mean. Deterministic: the same entries in the same order give the same answers and state at
 * every member, so it asks no clock, no random numbers and no file. Called by one thread at a time.
 */
public interface Machine {
    /**
     * Applies an entry. It may not throw: an entry that makes no sense is answered with a refusal. If it throws
     * all the same, this member stops, since it can no longer say what its state is.
     *
     * @param index the entry's place in the log; it grows, but not always by one
     * @return the answer for whoever proposed it, small: answers are kept for a while against repetition
     */
    byte[] apply(long index, byte[] entry);

    /** The state as it is now, cheaply: a value that another thread writes while applying goes on. */
    SnapshotWriter capture();

    /**
     * Replaces the state by one that was written before.
     *
     * @param snapshot what {@link SnapshotWriter#writeTo} wrote, whole: its check sum was looked at before
     * @throws IOException if it is of a form this machine does not know
     */
    void restore(InputStream snapshot) throws IOException;

    /** A captured state. */
    @FunctionalInterface
    interface SnapshotWriter {
        /** Writes it; the stream is the caller's to close. */
        void writeTo(OutputStream out) throws IOException;
    }
}
