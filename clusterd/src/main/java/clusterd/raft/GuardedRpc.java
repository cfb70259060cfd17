package clusterd.raft;

import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.statemachine.SnapshotInfo;
import runtime.container.Journal;

/**
 * gRPC between members, but for one thing: a witness that leads sends nobody its snapshot, which holds no
 * state. Ratis makes it from its class's name, so it has a constructor without arguments.
 */
public final class GuardedRpc implements RpcType {
    /** The parameter that says a member is a witness: its journal. */
    static final String WITNESS = "clusterd.raft.witness";

    @Override
    public String name() {
        return GuardedRpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        Journal witness = parameters == null ? null : parameters.get(WITNESS, Journal.class);
        return witness == null ? new GrpcFactory(parameters) : new WitnessFactory(parameters, witness);
    }

    private static final class WitnessFactory extends GrpcFactory {
        private final Journal journal;

        WitnessFactory(Parameters parameters, Journal journal) {
            super(parameters);
            this.journal = journal;
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            return new WitnessAppender(server, state, follower, journal);
        }
    }

    private static final class WitnessAppender extends GrpcLogAppender {
        /** Ratis asks in a loop that waits for nothing as long as there are entries to send. */
        private static final long PAUSE_NANOS = 20_000_000;

        private final Journal journal;
        private boolean said;

        WitnessAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower, Journal journal) {
            super(server, state, follower);
            this.journal = journal;
        }

        /** Never one. What it does otherwise, it does as a leader without any snapshot. */
        @Override
        public SnapshotInfo shouldInstallSnapshot() {
            if (shouldInstallSnapshot(false)) {
                say();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return null;
        }

        private void say() {
            if (!said) {
                said = true;
                journal.say("raft: member " + getFollower().getId() + " lacks entries that this witness keeps no more;"
                        + " it can catch up from another voter alone, so nothing is accepted until one is back");
            }
        }
    }
}
