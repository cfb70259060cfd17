package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.raft.LeadershipListener;
import clusterd.raft.Log;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import clusterd.session.FromNode;
import clusterd.session.ToNode;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Sample;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private static final int PATIENCE_SECONDS = 60;

    private final StateMachine machine = new StateMachine();
    private final CompletableFuture<Void> heard = new CompletableFuture<>();

    /** Applies at once; that a session was noted is answered only when the test says so. */
    private final class SlowLog implements Log {
        private long index;

        @Override
        public synchronized CompletableFuture<byte[]> propose(byte[] entry) {
            byte[] answer = machine.apply(++index, entry);
            try {
                boolean opens = StateCodec.entry(entry).commands().stream()
                        .anyMatch(Command.OpenSession.class::isInstance);
                return opens ? heard.thenApply(any -> answer) : CompletableFuture.completedFuture(answer);
            } catch (MalformedRecordException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public CompletableFuture<Void> barrier() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Standing standing() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public void onLeadership(LeadershipListener listener) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> changeMembers(List<Member> members) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> transferLeadership(String memberId) {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public CompletableFuture<Void> snapshot() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private static final class Ear implements NodeLink {
        private final LinkedBlockingQueue<ToNode> said = new LinkedBlockingQueue<>();

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
            // What was said before is looked at.
        }
    }

    private NodeStatus.State state(NodeId node) {
        return machine.state().node(node).orElseThrow().status().state();
    }

    /** As the only manager does. */
    static CompletableFuture<Void> leads() {
        return CompletableFuture.completedFuture(null);
    }

    @Test
    void aNodeWhoseSessionTakesLongToBeNotedIsNotGivenUpMeanwhile() throws Exception {
        Log log = new SlowLog();
        Node slow = Sample.node("slow", 1, 1);
        Node silent = Sample.node("silent", 1, 1);
        log.propose(StateCodec.encode(new Entry(0, List.of(new Command.AddNode(slow), new Command.AddNode(silent)))));
        LinkedBlockingQueue<NodeId> down = new LinkedBlockingQueue<>();
        machine.attach(applied -> applied.state().nodes().stream()
                .filter(each -> each.status().state() == NodeStatus.State.DOWN)
                .forEach(each -> down.add(each.id())));
        Ear ear = new Ear();
        try (Dispatcher dispatcher = new Dispatcher(machine, new Proposals(log), List::of, node -> node.spec().role(), file -> new byte[0],
                Optional::empty, InstantSource.system(), line -> { }, new UsageBoard(), DispatcherTest::leads)) {
            dispatcher.open(slow.id(), ear).hear(new FromNode.Hello("slow", "i", slow.description(), List.of()));
            assertEquals(silent.id(), down.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            heard.complete(null);
            assertInstanceOf(ToNode.Welcome.class, ear.said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals(NodeStatus.State.READY, state(slow.id()));
        }
    }

    @Test
    void onlyNodesThatCanAreToldToMeasureAndWhatTheySayIsKept() throws Exception {
        Log log = new SlowLog();
        heard.complete(null);
        Node able = Sample.node("able", 1, 1);
        Node old = Sample.node("old", 1, 1);
        log.propose(StateCodec.encode(new Entry(0, List.of(new Command.AddNode(able), new Command.AddNode(old)))));
        UsageBoard board = new UsageBoard();
        Ear measures = new Ear();
        Ear measuresNot = new Ear();
        try (Dispatcher dispatcher = new Dispatcher(machine, new Proposals(log), List::of, node -> node.spec().role(),
                file -> new byte[0], Optional::empty, InstantSource.system(), line -> { }, board, DispatcherTest::leads)) {
            Dispatcher.Incoming incoming = dispatcher.open(able.id(), measures);
            incoming.hear(new FromNode.Hello("able", "i", able.description(), List.of(), true));
            dispatcher.open(old.id(), measuresNot).hear(new FromNode.Hello("old", "i", old.description(), List.of()));
            assertEquals(ToNode.Measure.NOTHING, measure(measures));
            board.look();
            assertEquals(new ToNode.Measure(1_000, List.of()), measure(measures));
            incoming.hear(new FromNode.Usage(OptionalLong.of(250), 7, List.of()));
            incoming.hear(new FromNode.Beat(1));
            while (!(measures.said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) instanceof ToNode.Heard)) {
                // Whatever else was said before.
                continue;
            }
            assertEquals(OptionalLong.of(250), board.readings().get(able.id()).cpuMillis());
            assertEquals(List.of(), measuresNot.said.stream().filter(ToNode.Measure.class::isInstance).toList());
        }
    }

    private static ToNode.Measure measure(Ear ear) throws InterruptedException {
        while (true) {
            ToNode said = ear.said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (said instanceof ToNode.Measure measure) {
                return measure;
            }
            assertNotNull(said, "it was not told what to measure");
        }
    }
}
