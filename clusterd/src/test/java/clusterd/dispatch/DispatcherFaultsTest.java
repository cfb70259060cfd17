package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.manager.ClusterAccess;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Resources;
import clusterd.raft.Member;
import clusterd.raft.MemberKind;
import clusterd.raft.MemoryLog;
import clusterd.raft.Settings;
import clusterd.session.FromNode;
import clusterd.session.ToNode;
import clusterd.state.Command;
import clusterd.state.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that are not what they should be, and clocks that jump. */
class DispatcherFaultsTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final int ATTEMPTS = 5;
    private static final Node NODE = Sample.node("n", 4, 8);

    private final StateMachine machine = new StateMachine();
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final List<NodeStatus.State> states = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private MemoryLog log;
    private Dispatcher dispatcher;

    private static final class Ear implements NodeLink {
        private final LinkedBlockingQueue<ToNode> said = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public void say(ToNode message) {
            said.add(message);
        }

        @Override
        public void heard() {
            // It is asked for nothing.
        }

        @Override
        public void close() {
            closed.complete(null);
        }

        /** What is said next, of that kind. */
        <T extends ToNode> T next(Class<T> kind) throws InterruptedException {
            ToNode message = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            while (message != null && !kind.isInstance(message)) {
                message = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            return assertInstanceOf(kind, message);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        log = new MemoryLog(new Member("m", "127.0.0.1", 1, MemberKind.VOTER), machine, new MemoryLog.Disk(),
                Settings.Limits.usual());
        Proposals proposals = new Proposals(log);
        new ClusterAccess(log, machine, proposals).change(List.of(new Command.AddNode(NODE)));
        machine.attach(applied -> applied.state().node(NODE.id()).ifPresent(each -> states.add(each.status().state())));
        dispatcher = new Dispatcher(machine, proposals, List::of, node -> node.spec().role(), file -> new byte[0],
                Optional::empty, () -> now, journal::add, new UsageBoard(), DispatcherTest::leads);
    }

    @AfterEach
    void end() {
        dispatcher.close();
        log.close();
    }

    private Dispatcher.Incoming hello(String instance, Ear ear, Resources capacity) {
        Dispatcher.Incoming incoming = dispatcher.open(NODE.id(), ear);
        incoming.hear(new FromNode.Hello(NODE.id().value(), instance, NODE.description().with(capacity), List.of()));
        return incoming;
    }

    private Resources capacity() {
        return machine.state().node(NODE.id()).orElseThrow().description().capacity();
    }

    @Test
    void ofTwoMachinesWithOneFolderTheSecondIsToldAndTheFirstIsNotDisturbed() throws Exception {
        Ear first = new Ear();
        Dispatcher.Incoming incoming = hello("one", first, NODE.description().capacity());
        long session = first.next(ToNode.Welcome.class).session();
        for (int i = 0; i < ATTEMPTS; i++) {
            Ear second = new Ear();
            hello("two", second, NODE.description().capacity());
            ToNode.Refused refused = second.next(ToNode.Refused.class);
            assertEquals("another agent is node n already: two machines have the same data folder; join one of them"
                    + " again with a token and an empty folder", refused.message());
            second.closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            incoming.hear(new FromNode.Beat(i));
            assertEquals(i, first.next(ToNode.Heard.class).number());
        }
        assertFalse(first.closed.isDone());
        assertEquals(session, machine.state().node(NODE.id()).orElseThrow().session());
        assertFalse(states.contains(NodeStatus.State.DOWN), states.toString());
    }

    @Test
    void anAgentThatWasStartedAgainIsNoSecondMachine() throws Exception {
        Ear first = new Ear();
        Dispatcher.Incoming incoming = hello("one", first, NODE.description().capacity());
        first.next(ToNode.Welcome.class);
        incoming.end();
        Ear second = new Ear();
        hello("two", second, NODE.description().capacity());
        second.next(ToNode.Welcome.class);
        assertNull(second.said.stream().filter(ToNode.Refused.class::isInstance).findFirst().orElse(null));
    }

    @Test
    void whatANodeCannotHaveIsNotBelieved() throws Exception {
        Resources honest = NODE.description().capacity();
        for (Resources lie : List.of(Resources.of(-1, 1), Resources.of(Long.MAX_VALUE, 1),
                Resources.of(1, 1_000_000_000_000_000_000L), Resources.of(1, Long.MIN_VALUE),
                honest.with("media", -3), honest.with("media", Long.MAX_VALUE), honest.with("", 1))) {
            Ear ear = new Ear();
            hello("liar", ear, lie);
            ToNode.Refused refused = ear.next(ToNode.Refused.class);
            assertTrue(refused.message().startsWith("node n says that it has "), refused.message());
            ear.closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertEquals(honest, capacity());
        }
        Ear ear = new Ear();
        Dispatcher.Incoming incoming = hello("honest", ear, honest);
        ear.next(ToNode.Welcome.class);
        incoming.hear(new FromNode.Describe(NODE.description().with(Resources.of(-5, 1))));
        assertTrue(ear.next(ToNode.Refused.class).message().contains("-5 thousandths of a processor"));
        assertEquals(honest, capacity());
    }

    @Test
    void whenTheDateJumpsNobodyIsGivenUp() throws Exception {
        Ear ear = new Ear();
        Dispatcher.Incoming incoming = hello("one", ear, NODE.description().capacity());
        ear.next(ToNode.Welcome.class);
        long beat = 0;
        for (Duration jump : List.of(Duration.ofDays(400), Duration.ofDays(-800), Duration.ofHours(1))) {
            now = now.plus(jump);
            // For as long as the dispatcher looks for silent nodes a few times.
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
            while (System.nanoTime() < end) {
                incoming.hear(new FromNode.Beat(++beat));
                assertEquals(beat, ear.next(ToNode.Heard.class).number());
            }
        }
        assertFalse(states.contains(NodeStatus.State.DOWN), states.toString());
    }

    @Test
    void aNodeThatSaysEverythingTwiceIsHeardAsIfOnce() throws Exception {
        Ear ear = new Ear();
        Dispatcher.Incoming incoming = hello("one", ear, NODE.description().capacity());
        long session = ear.next(ToNode.Welcome.class).session();
        FromNode.Hello again = new FromNode.Hello(NODE.id().value(), "one", NODE.description(), List.of());
        incoming.hear(again);
        incoming.hear(again);
        long second = ear.next(ToNode.Welcome.class).session();
        assertTrue(second > session);
        incoming.hear(new FromNode.Beat(1));
        incoming.hear(new FromNode.Beat(1));
        assertEquals(NodeStatus.State.READY, machine.state().node(new NodeId("n")).orElseThrow().status().state());
    }
}
