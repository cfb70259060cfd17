package clusterd.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.server.RaftServer;

/** Changes of members and of leadership: rare, so each in a thread that waits. */
final class Administration {
    private static final int STEP_MILLIS = 120_000;
    private static final int PAUSE_MILLIS = 20;

    /** Something that waits. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    /** Makes the request for whoever leads. */
    @FunctionalInterface
    private interface Request {
        RaftClientRequest to(RaftPeerId leader);
    }

    private final RaftServer server;
    private final RaftServer.Division division;
    private final Parameters parameters;
    private final Settings settings;
    private final ClientId client = ClientId.randomId();

    Administration(RaftServer server, RaftServer.Division division, Parameters parameters, Settings settings) {
        this.server = server;
        this.division = division;
        this.parameters = parameters;
        this.settings = settings;
    }

    /** In a thread of its own. */
    CompletableFuture<Void> run(String name, Task task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e instanceof LogException known ? known
                        : new LogException(LogException.Kind.REFUSED, e.getMessage(), true, e));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private List<RaftPeer> current() {
        return List.copyOf(division.getRaftConf().getCurrentPeers());
    }

    void changeMembers(List<Member> wanted) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STEP_MILLIS);
        while (true) {
            List<RaftPeer> now = current();
            List<Member> members = now.stream().map(Peers::member).toList();
            Optional<String> refusal = Membership.refusal(members, wanted);
            if (refusal.isPresent()) {
                throw new LogException(LogException.Kind.REFUSED, refusal.get());
            }
            Optional<List<Member>> step = Membership.next(members, wanted);
            if (step.isEmpty()) {
                return;
            }
            letLeaderStay(step.get());
            change(now, step.get(), deadline);
        }
    }

    /** A leader that is to go gives leadership away before. */
    private void letLeaderStay(List<Member> step) throws IOException {
        RaftPeerId leader = division.getInfo().getLeaderId();
        List<String> staying = step.stream().filter(member -> member.kind() == MemberKind.VOTER).map(Member::id).toList();
        if (leader == null || staying.isEmpty() || step.stream().anyMatch(member -> Peers.id(member).equals(leader))) {
            return;
        }
        transferLeadership(Optional.of(mostComplete(staying).getFirst()), settings.timing().requestMillis());
    }

    private void change(List<RaftPeer> now, List<Member> step, long deadline) throws IOException {
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(now).setServersInNewConf(Peers.of(step))
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET).build();
        Throwable failure = ask(leader -> new SetConfigurationRequest(client, leader, group(), nextNumber(), arguments));
        if (failure == null) {
            awaitConfiguration(step, deadline);
            return;
        }
        boolean again = failure instanceof ReconfigurationInProgressException || failure instanceof NotLeaderException
                || failure instanceof LeaderNotReadyException
                || (failure instanceof SetConfigurationException && !now.equals(current()));
        if (!again || System.nanoTime() > deadline) {
            throw new LogException(LogException.Kind.REFUSED, "the members could not become " + step + ": "
                    + failure.getMessage() + ". Are those that are new up, joining, and reachable?", true, failure);
        }
        pause();
    }

    /** A follower learns of it a little later than the leader. */
    private void awaitConfiguration(List<Member> step, long deadline) throws IOException {
        java.util.Set<Member> wanted = java.util.Set.copyOf(step);
        boolean stays = step.stream().anyMatch(member -> member.id().equals(settings.self().id()));
        while (stays && !wanted.equals(java.util.Set.copyOf(current().stream().map(Peers::member).toList()))) {
            if (System.nanoTime() > deadline) {
                throw new LogException(LogException.Kind.NO_MAJORITY, "the leader says that the members are " + step
                        + ", but member " + settings.self().id() + " has not heard of it", true, null);
            }
            pause();
        }
    }

    void transferLeadership(Optional<String> to, int limitMillis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        List<String> candidates = to.map(List::of).orElseGet(() -> mostComplete(otherVoters()));
        if (candidates.isEmpty()) {
            throw new LogException(LogException.Kind.REFUSED, "there is no other voter to give leadership to");
        }
        Throwable failure = null;
        do {
            for (String candidate : candidates) {
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (leftMillis <= 0) {
                    break;
                }
                failure = ask(leader -> new TransferLeadershipRequest(client, leader, group(), nextNumber(),
                        RaftPeerId.valueOf(candidate), Math.min(leftMillis, 4L * settings.timing().electionMaxMillis())));
                if (failure == null) {
                    return;
                }
            }
            pause();
        } while (System.nanoTime() < deadline);
        throw new LogException(LogException.Kind.REFUSED, "leadership was not taken over by "
                + String.join(" or ", candidates) + (failure == null ? "" : ": " + failure.getMessage()), true, failure);
    }

    private List<String> otherVoters() {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return current().stream().filter(peer -> !peer.getId().equals(leader)).map(Peers::member)
                .filter(member -> member.kind() == MemberKind.VOTER).map(Member::id).toList();
    }

    private List<String> mostComplete(List<String> ids) {
        Map<String, Long> commits = new HashMap<>();
        for (CommitInfoProto commit : division.getCommitInfos()) {
            commits.put(commit.getServer().getId().toStringUtf8(), commit.getCommitIndex());
        }
        List<String> sorted = new ArrayList<>(ids);
        sorted.sort(Comparator.comparingLong((String id) -> commits.getOrDefault(id, -1L)).reversed());
        return sorted;
    }

    private RaftGroupId group() {
        return division.getGroup().getGroupId();
    }

    private static long nextNumber() {
        return org.apache.ratis.rpc.CallId.getAndIncrement();
    }

    /** Asks whoever leads, once. @return what went wrong, or null */
    private Throwable ask(Request request) throws IOException {
        RaftPeerId leader = division.getInfo().isLeader() ? division.getId() : division.getInfo().getLeaderId();
        if (leader == null) {
            return new NotLeaderException(division.getMemberId(), null, List.of());
        }
        RaftClientRequest asked = request.to(leader);
        RaftClientReply reply;
        try {
            reply = leader.equals(division.getId()) ? here(asked) : there(asked);
        } catch (IOException e) {
            return e;
        }
        return reply.isSuccess() ? null : reply.getException();
    }

    private RaftClientReply here(RaftClientRequest request) throws IOException {
        return switch (request) {
            case SetConfigurationRequest members -> server.setConfiguration(members);
            case TransferLeadershipRequest transfer -> server.transferLeadership(transfer);
            default -> throw new IllegalArgumentException("not a request of this class: " + request);
        };
    }

    private RaftClientReply there(RaftClientRequest request) throws IOException {
        RaftProperties properties = RatisOptions.properties(settings);
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, RatisOptions.millis(STEP_MILLIS));
        try (RaftClientRpc rpc = new GrpcFactory(parameters).newRaftClientRpc(client, properties)) {
            rpc.addRaftPeers(division.getRaftConf().getAllPeers());
            return rpc.sendRequest(request);
        }
    }

    private static void pause() throws LogException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException(LogException.Kind.CLOSED, "interrupted", true, e);
        }
    }
}
