package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.Peer;
import clusterd.credential.Role;
import clusterd.manager.ClusterAccess;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.model.Node;
import clusterd.raft.Member;
import clusterd.raft.MemberKind;
import clusterd.raft.MemoryLog;
import clusterd.raft.Settings;
import clusterd.security.PeerInterceptor;
import clusterd.session.FromNode;
import clusterd.session.ToNode;
import clusterd.state.Command;
import clusterd.state.Sample;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that says more than is heard, and one that does not listen. */
class SessionFlowTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final int FLOOD = 10_000;
    private static final int MOST_UNHEARD = 100;
    private static final Node NODE = Sample.node("n", 1, 1);

    private final StateMachine machine = new StateMachine();
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private MemoryLog log;
    private Dispatcher dispatcher;
    private Server server;
    private ManagedChannel channel;
    private ClientCall<FromNode, ToNode> call;
    private final LinkedBlockingQueue<ToNode> said = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final AtomicInteger tellings = new AtomicInteger();
    private volatile boolean blocks;

    @BeforeEach
    void begin() throws Exception {
        log = new MemoryLog(new Member("m", "127.0.0.1", 1, MemberKind.VOTER), machine, new MemoryLog.Disk(),
                Settings.Limits.usual());
        Proposals proposals = new Proposals(log);
        new ClusterAccess(log, machine, proposals).change(List.of(new Command.AddNode(NODE)));
        dispatcher = new Dispatcher(machine, proposals, this::managers, node -> node.spec().role(), file -> new byte[0],
                Optional::empty, InstantSource.system(), line -> { }, new UsageBoard(), DispatcherTest::leads);
        String name = UUID.randomUUID().toString();
        server = InProcessServerBuilder.forName(name).addService(ServerInterceptors.intercept(
                new SessionService(() -> Optional.of(dispatcher), () -> "", new LogReadings()), new AsNode()))
                .build().start();
        channel = InProcessChannelBuilder.forName(name).build();
        call = channel.newCall(SessionMethod.OPEN, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(ToNode message) {
                said.add(message);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                ended.complete(status);
            }
        }, new Metadata());
    }

    @AfterEach
    void end() {
        goesOn.countDown();
        dispatcher.close();
        channel.shutdownNow();
        server.shutdownNow();
        log.close();
    }

    /** On the dispatcher's thread. */
    private List<String> managers() {
        try {
            if (blocks) {
                goesOn.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellings.incrementAndGet();
        return List.of();
    }

    private static final class AsNode implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                ServerCallHandler<Q, A> next) {
            Peer peer = new Peer(new clusterd.credential.Member("n", Role.WORKER, "c"), "1", Instant.EPOCH, Instant.MAX);
            return Contexts.interceptCall(Context.current().withValue(PeerInterceptor.PEER, peer), call, headers, next);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "never: " + what);
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private void hello() {
        call.sendMessage(new FromNode.Hello("n", "i", NODE.description(), List.of()));
    }

    @Test
    void aNodeThatSaysMoreThanIsHeardWaits() throws Exception {
        blocks = true;
        dispatcher.tellManagers();
        await("the first may come", call::isReady);
        int sent = 0;
        while (call.isReady() && sent < FLOOD) {
            call.sendMessage(new FromNode.Beat(++sent));
        }
        assertTrue(sent < MOST_UNHEARD, sent + " were taken");
        blocks = false;
        goesOn.countDown();
        while (sent < FLOOD) {
            await("more may come", call::isReady);
            call.sendMessage(new FromNode.Beat(++sent));
        }
        call.request(1);
        hello();
        assertTrue(said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) instanceof ToNode.Welcome, "it is heard in the end");
    }

    @Test
    void aNodeThatDoesNotListenBeginsAnew() throws Exception {
        call.request(1);
        hello();
        assertTrue(said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) instanceof ToNode.Welcome, "it has a session");
        for (int i = 0; i < FLOOD; i++) {
            dispatcher.tellManagers();
        }
        await("all was said", () -> tellings.get() >= FLOOD);
        // What was said before comes when it is read; then why nothing more does.
        call.request(FLOOD);
        Status status = ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status.toString());
        assertTrue(said.size() < FLOOD / 2, said.size() + " were kept for it");
    }
}
