package clusterd.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;

/** Proposals on their way: to this member itself without any socket, to another over gRPC. */
final class Requests implements AutoCloseable {
    private final RaftServer.Division division;
    private final RaftClientAsynchronousProtocol local;
    private final RaftClientRpc remote;
    private final ClientId proposer;
    private final RaftGroupId group;
    private final Settings settings;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger pendingEntries = new AtomicInteger();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final Set<Pursuit> pending = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor clock;
    /** Answers are given by threads of their own: whoever waits for one may do anything then. */
    private final ExecutorService answers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("raft-answer").factory());
    /** One for each request to another member: it waits for the answer. */
    private final ExecutorService senders = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("raft-sender").factory());
    private final Set<RaftPeerId> reconnecting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile boolean broken;

    Requests(RaftServer.Division division, RaftClientRpc remote, ClientId proposer, Settings settings) {
        this.division = division;
        this.local = (RaftClientAsynchronousProtocol) division;
        this.remote = remote;
        this.proposer = proposer;
        this.group = division.getGroup().getGroupId();
        this.settings = settings;
        clock = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform().daemon().name("raft-clock-" + settings.self().id()).factory());
        clock.setRemoveOnCancelPolicy(true);
    }

    CompletableFuture<byte[]> propose(byte[] entry) {
        int largest = settings.limits().entryBytes();
        if (entry.length > largest) {
            return CompletableFuture.failedFuture(new LogException(LogException.Kind.TOO_LARGE, "an entry of "
                    + entry.length + " bytes was not added: the largest has " + largest + "; split it"));
        }
        if (stopped()) {
            return CompletableFuture.failedFuture(closed());
        }
        if (!admit(entry.length)) {
            return CompletableFuture.failedFuture(new LogException(LogException.Kind.BUSY, "an entry of "
                    + entry.length + " bytes was not added: " + settings.limits().pendingEntries() + " entries or "
                    + settings.limits().pendingBytes() + " bytes are on their way already; try again"));
        }
        Pursuit pursuit = pursuit("a proposal of " + entry.length + " bytes", Envelope.entry(entry));
        return follow(pursuit).whenComplete((reply, failure) -> dismiss(entry.length))
                .thenApplyAsync(Requests::bytes, answers);
    }

    /**
     * Adds an entry that means nothing.
     *
     * @return its index: whatever was acknowledged before comes before it
     */
    CompletableFuture<Long> mark() {
        if (stopped()) {
            return CompletableFuture.failedFuture(closed());
        }
        return follow(pursuit("a barrier", Envelope.mark())).thenApply(RaftClientReply::getLogIndex);
    }

    private static byte[] bytes(RaftClientReply reply) {
        ByteString content = reply.getMessage().getContent();
        return content.toByteArray();
    }

    private boolean admit(int bytes) {
        int entries = pendingEntries.incrementAndGet();
        long all = pendingBytes.addAndGet(bytes);
        if (entries > settings.limits().pendingEntries() || all > settings.limits().pendingBytes()) {
            dismiss(bytes);
            return false;
        }
        return true;
    }

    private void dismiss(int bytes) {
        pendingEntries.decrementAndGet();
        pendingBytes.addAndGet(-bytes);
    }

    private Pursuit pursuit(String what, Message message) {
        long number = numbers.incrementAndGet();
        return new Pursuit(what, settings.timing().requestMillis(), this::leader,
                to -> send(to, RaftClientRequest.newBuilder().setClientId(proposer).setServerId(to).setGroupId(group)
                        .setCallId(number).setType(RaftClientRequest.writeRequestType()).setMessage(message).build()),
                Requests::verdict, clock);
    }

    private CompletableFuture<RaftClientReply> follow(Pursuit pursuit) {
        pending.add(pursuit);
        if (closed) {
            pursuit.fail(closed());
        } else {
            pursuit.start();
        }
        return pursuit.result().whenComplete((reply, failure) -> pending.remove(pursuit));
    }

    private CompletableFuture<RaftClientReply> send(RaftPeerId to, RaftClientRequest request) throws IOException {
        if (to.equals(Peers.id(settings.self()))) {
            return local.submitClientRequestAsync(request);
        }
        CompletableFuture<RaftClientReply> answer = new CompletableFuture<>();
        senders.execute(() -> {
            try {
                answer.complete(remote.sendRequest(request));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
                reconnect(to, e);
            }
        });
        return answer;
    }

    /**
     * Makes the next request open a new connection, where gRPC would wait longer and longer before it tries again.
     * Closing the old one may wait for seconds; nobody waits for that.
     */
    void reconnect(RaftPeerId to, Exception failure) {
        if (!closed && reconnecting.add(to)) {
            remote.handleException(to, failure, true);
            reconnecting.remove(to);
        }
    }

    /**
     * Keeps a connection to a member, on which proposals go to it once it leads.
     *
     * @throws IOException if it cannot be reached
     */
    void greet(RaftPeerId peer) throws IOException {
        remote.sendRequest(new GroupInfoRequest(proposer, peer, group, numbers.incrementAndGet()));
    }

    private static Optional<LogException> verdict(Throwable failure) {
        if (failure instanceof ResourceUnavailableException) {
            return Optional.of(new LogException(LogException.Kind.BUSY, "the leader has as many proposals on their"
                    + " way as it takes; try again", false, failure));
        }
        return Optional.empty();
    }

    private RaftPeerId leader() {
        return division.getInfo().isLeader() ? division.getId() : division.getInfo().getLeaderId();
    }

    /** Lets what is on its way go to the new leader at once. */
    void leaderChanged() {
        if (!pending.isEmpty()) {
            Thread.ofVirtual().name("raft-leader-changed").start(() -> pending.forEach(Pursuit::leaderChanged));
        }
    }

    void know(Collection<RaftPeer> peers) {
        remote.addRaftPeers(peers);
    }

    /** Takes no more requests: Ratis itself goes on answering the others when its log cannot be written any more. */
    void broken() {
        broken = true;
    }

    /** Whether this member takes part no more. */
    boolean stopped() {
        LifeCycle.State state = division.getInfo().getLifeCycleState();
        return closed || broken || state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
    }

    private LogException closed() {
        return new LogException(LogException.Kind.CLOSED, "member " + settings.self().id()
                + " is closed, or was stopped by what its journal tells");
    }

    /** Fails what is on its way. */
    @Override
    public void close() {
        closed = true;
        pending.forEach(pursuit -> pursuit.fail(new LogException(LogException.Kind.CLOSED, "member "
                + settings.self().id() + " was closed before this was confirmed", pursuit.maybeSent(), null)));
        clock.shutdownNow();
        senders.shutdownNow();
        try {
            remote.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot close the connections to other members", e);
        } finally {
            senders.close();
            answers.close();
        }
    }
}
