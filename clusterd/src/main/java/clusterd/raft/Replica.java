package clusterd.raft;

import clusterd.raft.AppliedOnce.Proposal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import runtime.container.Journal;

/**
 * A {@link Machine} as Ratis wants it: applies, remembers what was applied, takes and installs snapshots. All
 * that touches the machine is called by the one thread in which Ratis applies.
 */
final class Replica extends BaseStateMachine {
    /** What a witness that leads for the moment answers a proposal with. */
    static final String WITNESS_LEADS = "a witness leads for the moment, and answers no proposal";
    private static final byte[] NOTHING = {};
    private static final int UUID_BYTES = 16;

    /** What the log is told by its replica. */
    interface Events {
        /** Somebody leads; not said when nobody does. */
        void leader(String memberId);

        /** This member leads in that term, and has applied everything before. */
        void leading(long term);

        /** This member leads no more. */
        void leadingNoMore();

        /** The members are these, once this is applied. */
        void members(Collection<RaftPeer> peers);

        /** The log's files fail, or the machine does: this member takes part no more. */
        void failed(String what, Throwable cause);

        /** A newer snapshot is on disk. */
        void snapshotWritten(long index);
    }

    private final Machine machine;
    private final MemberKind kind;
    private final int snapshotEvery;
    private final Journal journal;
    private final Events events;
    private final Snapshots snapshots = new Snapshots();
    /** The snapshot that is being written, if one is. */
    private final AtomicReference<CompletableFuture<Void>> writing = new AtomicReference<>();
    private final AtomicBoolean captureAsked = new AtomicBoolean();
    private final Applied applied = new Applied();
    private AppliedOnce once = new AppliedOnce();
    private long capturedIndex = -1;
    private long configuredTerm;

    Replica(Machine machine, Settings settings, Journal journal, Events events) {
        this.machine = machine;
        this.kind = settings.self().kind();
        this.snapshotEvery = settings.limits().snapshotEveryEntries();
        this.journal = journal;
        this.events = events;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        snapshots.init(storage);
        restore();
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        try {
            restore();
        } catch (IOException e) {
            events.failed("the snapshot that the leader sent cannot be used", e);
            throw e;
        }
        journal.say("raft: took over the state of the leader as of entry " + snapshots.latestIndex());
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    private void restore() throws IOException {
        Optional<SnapshotFile.Header> header = snapshots.load();
        if (header.isEmpty()) {
            return;
        }
        TermIndex at = header.get().at();
        if (kind == MemberKind.VOTER) {
            if (header.get().kind() == MemberKind.WITNESS) {
                throw new LogException(LogException.Kind.STORAGE, "the snapshot " + snapshots.file()
                        + " is a witness's and holds no state: a witness cannot become a voter; take it out of the"
                        + " group, empty its data folder and let it join as a voter");
            }
            SnapshotFile.read(snapshots.file(), (remembered, content) -> {
                machine.restore(content);
                once = remembered;
            });
        } else if (header.get().kind() == MemberKind.VOTER) {
            // A voter's, just installed: its state is not kept here.
            snapshots.write(new SnapshotFile.Content(kind, at, once, machine.capture()));
        }
        setLastAppliedTermIndex(at);
        applied.advance(at.getIndex());
        capturedIndex = at.getIndex();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        return snapshots.getLatestSnapshot();
    }

    Applied applied() {
        return applied;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        TransactionContext context = TransactionContext.newBuilder().setStateMachine(this)
                .setClientRequest(request).build();
        if (kind == MemberKind.WITNESS) {
            context.setException(new StateMachineException(WITNESS_LEADS));
        }
        return context;
    }

    @Override
    public TransactionContext startTransaction(LogEntryProto entry, RaftPeerRole role) {
        return TransactionContext.newBuilder().setStateMachine(this).setLogEntry(entry).setServerRole(role).build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        byte[] answer;
        try {
            answer = apply(entry.getIndex(), entry.getStateMachineLogEntry());
        } catch (RuntimeException e) {
            events.failed("the machine cannot apply entry " + entry.getIndex()
                    + "; this member stops, since its state would differ from others'", e);
            throw e;
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        applied.advance(entry.getIndex());
        if (entry.getIndex() - capturedIndex >= snapshotEvery && writing.get() == null) {
            capture();
        }
        return CompletableFuture.completedFuture(Message.valueOf(UnsafeByteOperations.unsafeWrap(answer)));
    }

    private byte[] apply(long index, StateMachineLogEntryProto entry) {
        if (kind == MemberKind.WITNESS) {
            return NOTHING;
        }
        Proposal proposal = new Proposal(uuid(entry.getClientId()), entry.getCallId());
        Optional<byte[]> before = once.answer(proposal);
        if (before.isPresent()) {
            return before.get();
        }
        Optional<byte[]> content = Envelope.open(entry.getLogData());
        if (content.isEmpty()) {
            return NOTHING;
        }
        byte[] answer = machine.apply(index, content.get());
        once.remember(proposal, answer);
        return answer;
    }

    private static UUID uuid(ByteString bytes) {
        if (bytes.size() != UUID_BYTES) {
            throw new IllegalArgumentException("an entry's proposer is " + bytes.size() + " bytes, not 16");
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** Lets the next {@link #takeSnapshot} begin one. */
    void askForCapture() {
        captureAsked.set(true);
    }

    /** The snapshot that is being written; done if none is. */
    CompletableFuture<Void> writing() {
        CompletableFuture<Void> current = writing.get();
        return current == null ? CompletableFuture.completedFuture(null) : current;
    }

    /** Called by Ratis between two entries: captures if asked to, and says what is on disk already. */
    @Override
    public long takeSnapshot() {
        boolean newer = getLastAppliedTermIndex().getIndex() > snapshots.latestIndex();
        if (captureAsked.getAndSet(false) && newer && writing.get() == null) {
            capture();
        }
        return snapshots.latestIndex();
    }

    private void capture() {
        TermIndex at = getLastAppliedTermIndex();
        SnapshotFile.Content content = new SnapshotFile.Content(kind, at, once.copy(), machine.capture());
        capturedIndex = at.getIndex();
        CompletableFuture<Void> done = new CompletableFuture<>();
        writing.set(done);
        Thread.ofVirtual().name("raft-snapshot").start(() -> {
            try {
                snapshots.write(content);
                writing.set(null);
                done.complete(null);
                events.snapshotWritten(at.getIndex());
            } catch (IOException | RuntimeException e) {
                journal.say("raft: a snapshot at entry " + at.getIndex() + " cannot be written, the log grows until"
                        + " one can: " + e);
                writing.set(null);
                done.completeExceptionally(e);
            }
        });
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        events.leader(leader.toString());
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        configuredTerm = term;
        events.members(configuration.getPeersList().stream()
                .map(org.apache.ratis.util.ProtoUtils::toRaftPeer).toList());
    }

    /** Comes right after the configuration that a leader begins its term with was applied. */
    @Override
    public void notifyLeaderReady() {
        events.leading(configuredTerm);
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        events.leadingNoMore();
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        events.failed("the log cannot be written" + (entry == null ? "" : " at entry " + entry.getIndex()), cause);
    }
}
