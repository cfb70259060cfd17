package clusterd.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import runtime.container.Journal;

/** The log by Apache Ratis: Raft over gRPC, log and snapshots in a folder. */
public final class RatisLog implements Log {
    private static final int SNAPSHOT_SECONDS = 60;

    private final Settings settings;
    private final Journal journal;
    private final Leadership leadership;
    private final Replica replica;
    private final RaftServer server;
    private final RaftServer.Division division;
    private final Requests requests;
    private final Barriers barriers;
    private final Administration administration;
    private final Purge purge;
    private final Watch watch;
    private final Succession succession;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RatisLog(Settings settings, Machine machine, Journal journal) throws IOException {
        this.settings = settings;
        this.journal = journal;
        RatisProcess.tame();
        new LogFolder(settings.folder(), settings.clusterId(), journal)
                .prepare(settings.self(), settings.limits().entryBytes() + settings.limits().segmentBytes());
        checkAddress(settings.self());
        leadership = new Leadership(journal);
        replica = new Replica(machine, settings, journal, new Told());
        RaftProperties properties = RatisOptions.properties(settings);
        Parameters parameters = RatisOptions.parameters(settings, journal);
        RaftGroupId groupId = RaftGroupId.valueOf(settings.clusterId());
        server = RaftServer.newBuilder().setServerId(Peers.id(settings.self()))
                .setGroup(RaftGroup.valueOf(groupId, Peers.of(settings.initial())))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachine(replica).setProperties(properties).setParameters(parameters).build();
        ClientId proposer = ClientId.randomId();
        Deque<Runnable> undo = new ArrayDeque<>();
        undo.push(leadership::close);
        undo.push(this::closeServer);
        boolean opened = false;
        try {
            division = server.getDivision(groupId);
            requests = new Requests(division, new GrpcFactory(parameters).newRaftClientRpc(proposer, properties),
                    proposer, settings);
            undo.push(requests::close);
            barriers = new Barriers(requests::mark, replica.applied(), Thread.ofVirtual().name("raft-barrier")::start);
            administration = new Administration(server, division, parameters, settings);
            purge = new Purge(division, settings, journal);
            PreVotes votes = new PreVotes(division, server.getServerRpc());
            watch = new Watch(this, division, new OpenPaths(division, votes, requests), journal);
            succession = new Succession(server, division, votes, settings.timing());
            requests.know(Peers.of(settings.initial()));
            server.start();
            opened = true;
        } finally {
            if (!opened) {
                undo.forEach(Runnable::run);
            }
        }
        requests.know(division.getRaftConf().getAllPeers());
        watch.start();
        if (settings.self().kind() == MemberKind.VOTER) {
            succession.start();
        }
    }

    /**
     * Opens a voter, and takes part from then on.
     *
     * @param machine what entries mean, in its first state: what is on disk is restored into it
     * @param journal where changes of leaders, lost members and errors are told
     * @throws LogException if the data folder is another's or broken, or the address taken
     */
    public static RatisLog open(Settings settings, Machine machine, Journal journal) throws IOException {
        if (settings.self().kind() != MemberKind.VOTER) {
            throw new IllegalArgumentException("member " + settings.self().id() + " is a witness, which has no machine");
        }
        return opened(settings, machine, journal);
    }

    /** Opens a witness: it votes, keeps the end of the log, and neither answers proposals nor keeps a state. */
    public static RatisLog witness(Settings settings, Journal journal) throws IOException {
        if (settings.self().kind() != MemberKind.WITNESS) {
            throw new IllegalArgumentException("member " + settings.self().id() + " is a voter, which needs a machine");
        }
        return opened(settings, new WitnessMachine(), journal);
    }

    private static RatisLog opened(Settings settings, Machine machine, Journal journal) throws IOException {
        try {
            return new RatisLog(settings, machine, journal);
        } catch (IOException | RuntimeException e) {
            throw meaning(settings, e);
        }
    }

    /** Ratis wraps what its state machine threw, several times over. */
    private static LogException meaning(Settings settings, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LogException known) {
                return known;
            }
        }
        return new LogException(LogException.Kind.STORAGE, "the log of member " + settings.self().id() + " in "
                + settings.folder() + " cannot be opened: " + failure, false, failure);
    }

    /** Ratis would end the JVM if it could not listen. */
    private static void checkAddress(Member self) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(self.host(), self.port()));
        } catch (IOException e) {
            throw new LogException(LogException.Kind.REFUSED, "member " + self.id() + " cannot listen on "
                    + self.address() + ": " + e.getMessage(), false, e);
        }
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] entry) {
        return requests.propose(entry);
    }

    @Override
    public CompletableFuture<Void> barrier() {
        return barriers.barrier();
    }

    /** Connects to the other members anew, so that both sides show the certificates of now. */
    public void reconnect() {
        IOException changed = new IOException("certificates have changed");
        for (RaftPeer peer : division.getRaftConf().getAllPeers()) {
            if (!peer.getId().equals(server.getId())) {
                Thread.ofVirtual().name("raft-reconnect").start(() ->
                        server.getServerRpc().handleException(peer.getId(), changed, true));
                Thread.ofVirtual().name("raft-reconnect").start(() -> requests.reconnect(peer.getId(), changed));
            }
        }
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        leadership.add(listener);
    }

    @Override
    public Standing standing() {
        DivisionInfo info = division.getInfo();
        Map<RaftPeerId, Long> commits = new HashMap<>();
        for (CommitInfoProto commit : division.getCommitInfos()) {
            commits.put(RaftPeerId.valueOf(commit.getServer().getId()), commit.getCommitIndex());
        }
        Map<RaftPeerId, Long> silences = new HashMap<>();
        RoleInfoProto role = info.getRoleInfoProto();
        if (role.getRole() == RaftPeerRole.LEADER) {
            role.getLeaderInfo().getFollowerInfoList().forEach(follower -> silences.put(
                    RaftPeerId.valueOf(follower.getId().getId()), follower.getLastRpcElapsedTimeMs()));
        }
        long committed = division.getRaftLog().getLastCommittedIndex();
        List<Standing.Peer> peers = new ArrayList<>();
        for (RaftPeer peer : division.getRaftConf().getCurrentPeers()) {
            boolean self = peer.getId().equals(division.getId());
            long behind = self ? 0 : Math.max(0, committed - commits.getOrDefault(peer.getId(), -1L));
            peers.add(new Standing.Peer(Peers.member(peer), behind, self ? 0 : silences.getOrDefault(peer.getId(), -1L)));
        }
        peers.sort(Comparator.comparing(peer -> peer.member().id()));
        return new Standing(settings.self().id(), role(info), info.getCurrentTerm(),
                Optional.ofNullable(info.getLeaderId()).map(RaftPeerId::toString), committed,
                replica.getLastAppliedTermIndex().getIndex(), peers);
    }

    private Role role(DivisionInfo info) {
        if (closed.get() || requests.stopped()) {
            return Role.STOPPED;
        }
        if (settings.self().kind() == MemberKind.WITNESS) {
            return Role.WITNESS;
        }
        return info.isLeader() ? Role.LEADER : info.isCandidate() ? Role.CANDIDATE : Role.FOLLOWER;
    }

    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members) {
        List<Member> wanted = List.copyOf(members);
        return administration.run("raft-members", () -> administration.changeMembers(wanted));
    }

    @Override
    public CompletableFuture<Void> transferLeadership(String memberId) {
        return administration.run("raft-transfer", () -> administration.transferLeadership(Optional.ofNullable(memberId),
                settings.timing().requestMillis()));
    }

    @Override
    public CompletableFuture<Void> snapshot() {
        return administration.run("raft-snapshot-now", this::snapshotNow);
    }

    private void snapshotNow() throws IOException {
        try {
            await(replica.writing());
            if (replica.getLastAppliedTermIndex().getIndex() <= replica.snapshots().latestIndex()) {
                return;
            }
            replica.askForCapture();
            server.snapshotManagement(SnapshotManagementRequest.newCreate(ClientId.randomId(), division.getId(),
                    division.getGroup().getGroupId(), 0, TimeUnit.SECONDS.toMillis(SNAPSHOT_SECONDS), 1));
            await(replica.writing());
        } catch (ExecutionException | TimeoutException e) {
            throw new LogException(LogException.Kind.STORAGE, "no snapshot could be written within " + SNAPSHOT_SECONDS
                    + " s: " + e, true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException(LogException.Kind.CLOSED, "interrupted while a snapshot is written", true, e);
        }
    }

    private static void await(CompletableFuture<Void> done)
            throws InterruptedException, ExecutionException, TimeoutException {
        done.get(SNAPSHOT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        watch.close();
        succession.close();
        handOver();
        replica.applied().end(new LogException(LogException.Kind.CLOSED, "member " + settings.self().id()
                + " was closed before it had applied what was asked for"));
        requests.close();
        closeServer();
        try {
            await(replica.writing());
        } catch (ExecutionException | TimeoutException e) {
            journal.say("raft: a snapshot was being written while the log closed, and is left undone: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leadership.close();
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            journal.say("raft: the log did not close cleanly: " + e);
        }
    }

    private void handOver() {
        boolean others = division.getRaftConf().getCurrentPeers().stream().map(Peers::member)
                .anyMatch(member -> member.kind() == MemberKind.VOTER && !member.id().equals(settings.self().id()));
        if (!division.getInfo().isLeader() || requests.stopped() || !others) {
            return;
        }
        try {
            administration.transferLeadership(Optional.empty(), settings.timing().handoverMillis());
        } catch (IOException | CompletionException e) {
            journal.say("raft: nobody took leadership over before this member stopped: " + e.getMessage());
        }
    }

    /** What the replica tells, from Ratis' threads. */
    private final class Told implements Replica.Events {
        private String lastLeader = "";
        private boolean failed;

        @Override
        public synchronized void leader(String memberId) {
            if (!memberId.equals(lastLeader)) {
                journal.say("raft: member " + memberId + " leads");
                lastLeader = memberId;
            }
            if (requests != null) {
                requests.leaderChanged();
            }
        }

        @Override
        public void leading(long term) {
            if (settings.self().kind() == MemberKind.VOTER) {
                leadership.begins(term);
            }
        }

        @Override
        public void leadingNoMore() {
            leadership.ends();
        }

        @Override
        public void members(Collection<RaftPeer> peers) {
            if (requests != null) {
                requests.know(peers);
            }
        }

        @Override
        public synchronized void failed(String what, Throwable cause) {
            // Ratis tells of each entry that it cannot write after the first.
            if (!failed) {
                failed = true;
                journal.say("raft: " + what + ": " + cause);
            }
            if (requests != null) {
                requests.broken();
            }
        }

        @Override
        public void snapshotWritten(long index) {
            purge.after(index);
        }
    }
}
