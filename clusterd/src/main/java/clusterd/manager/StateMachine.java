package clusterd.manager;

import clusterd.raft.Machine;
import clusterd.state.ClusterState;
import clusterd.state.Entry;
import clusterd.state.Result;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The cluster's state at this manager, as the log makes it. Whoever listens is told of each step, in order. */
public final class StateMachine implements Machine {
    /**
     * A state, and where in the log it is.
     *
     * @param index of the last entry that was applied; {@value #UNKNOWN_INDEX}: it is that of a snapshot, and nothing was
     *              applied since
     */
    public record Seen(ClusterState state, long index) {
    }

    /** Of a state that is a snapshot's. */
    public static final long UNKNOWN_INDEX = -1;

    private final List<Consumer<ClusterState.Applied>> listeners = new CopyOnWriteArrayList<>();
    private volatile Seen seen = new Seen(ClusterState.EMPTY, UNKNOWN_INDEX);
    private volatile long restored;

    @Override
    public synchronized byte[] apply(long index, byte[] entry) {
        Entry decoded;
        try {
            decoded = StateCodec.entry(entry);
        } catch (MalformedRecordException e) {
            return StateCodec.encode(List.of(new Result.Refused(Result.Reason.INVALID, e.getMessage())));
        }
        ClusterState.Applied applied = seen.state().apply(decoded);
        seen = new Seen(applied.state(), index);
        listeners.forEach(each -> each.accept(applied));
        return StateCodec.encode(applied.results());
    }

    @Override
    public SnapshotWriter capture() {
        ClusterState captured = seen.state();
        return out -> StateCodec.write(captured, out);
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        seen = new Seen(StateCodec.read(snapshot), UNKNOWN_INDEX);
        restored++;
    }

    /** As it is now. */
    public ClusterState state() {
        return seen.state();
    }

    /** As it is now, and since which entry. */
    public Seen seen() {
        return seen;
    }

    /** Counts snapshots taken over whole: of these steps nobody is told. */
    long restored() {
        return restored;
    }

    /**
     * Tells of every step from now on, on the thread that applies: the listener only notes it.
     *
     * @return the state before the first step it is told of
     */
    public synchronized ClusterState attach(Consumer<ClusterState.Applied> listener) {
        listeners.add(listener);
        return seen.state();
    }

    /** Tells no more. */
    public void detach(Consumer<ClusterState.Applied> listener) {
        listeners.remove(listener);
    }
}
