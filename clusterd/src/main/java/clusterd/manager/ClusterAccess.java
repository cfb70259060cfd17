package clusterd.manager;

import clusterd.raft.Log;
import clusterd.raft.LogException;
import clusterd.raft.Role;
import clusterd.raft.Standing;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import io.grpc.Context;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** The cluster's state for whoever asks or changes it at this manager. Its methods may block. */
public final class ClusterAccess {
    /** Told of the entries of the log with which a call changed something. */
    public static final Context.Key<LongConsumer> CHANGED = Context.key("jctl-changed");

    private final Log log;
    private final StateMachine machine;
    private final Proposals proposals;

    /** Of that manager. */
    public ClusterAccess(Log log, StateMachine machine, Proposals proposals) {
        this.log = log;
        this.machine = machine;
        this.proposals = proposals;
    }

    /**
     * The state with everything that was acknowledged to anybody before this call.
     *
     * @throws LogException if no majority of managers is in reach
     */
    public ClusterState read() throws IOException, InterruptedException {
        return await(reading());
    }

    /** The same, without waiting. */
    CompletableFuture<ClusterState> reading() {
        return log.barrier().thenApply(reached -> machine.state());
    }

    /** The state as this manager last heard of it. */
    public ClusterState glance() {
        return machine.state();
    }

    /**
     * Changes it.
     *
     * @return what became of each command
     * @throws LogException if that is not known
     */
    public List<Result> change(List<Command> commands) throws IOException, InterruptedException {
        List<Result> results = await(changing(commands));
        LongConsumer told = CHANGED.get();
        if (told != null) {
            results.forEach(each -> {
                if (each instanceof Result.Done done) {
                    told.accept(done.index());
                }
            });
        }
        return results;
    }

    /** The same, without waiting. */
    CompletableFuture<List<Result>> changing(List<Command> commands) {
        return proposals.propose(commands);
    }

    /** The same, and since which entry of the log it is so. */
    public StateMachine.Seen seen() {
        return machine.seen();
    }

    /** How this manager stands. */
    public Standing standing() {
        return log.standing();
    }

    /**
     * Lets pass who asks a manager that takes part.
     *
     * @throws LogException if it has stopped: what it knows grows old, and nothing more is told of it
     */
    public void checkTakesPart() throws LogException {
        if (log.standing().role() == Role.STOPPED) {
            throw new LogException(LogException.Kind.CLOSED, "this manager takes part no more, by an error that its"
                    + " journal tells; it tries to come back by itself, and another manager tells how the cluster is");
        }
    }

    /** Tells of every step from now on, on the thread that applies: the listener only notes it. */
    public ClusterState attach(Consumer<ClusterState.Applied> listener) {
        return machine.attach(listener);
    }

    /** Tells no more. */
    public void detach(Consumer<ClusterState.Applied> listener) {
        machine.detach(listener);
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException known -> throw known;
                case RuntimeException mistake -> throw mistake;
                default -> throw new IOException(e.getCause().getMessage(), e.getCause());
            }
        }
    }
}
