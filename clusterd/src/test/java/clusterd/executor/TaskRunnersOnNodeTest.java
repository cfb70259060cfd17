package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.HealthOptions;
import api.node.ListVolumesRequest;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.Mount;
import api.node.NodeGrpc;
import api.node.RemoveContainerRequest;
import clusterd.model.Desire;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.session.Assignment;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.NodeLease;
import testkit.NeedsKernel;
import testkit.Requires;
import testkit.Residue;

/** Tasks in real containers. */
@NeedsKernel
class TaskRunnersOnNodeTest {
    private static final long FAR_NANOS = 1_000_000_000_000L;
    @TempDir Path temporary;
    private LocalNode node;
    private Agent agent;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        node = new LocalNode(temporary.resolve("node"));
        agent = new Agent(temporary.resolve("agent"), node.containers());
    }

    @AfterEach
    void close() throws Exception {
        if (agent != null) {
            agent.close();
        }
        if (node != null) {
            node.close();
        }
        assertEquals(List.of(), List.copyOf(Residue.of(temporary.toString()).things()));
    }

    private NodeGrpc.NodeBlockingStub calls() throws IOException {
        return NodeGrpc.newBlockingStub(node.node().inside());
    }

    private String log(String container) throws IOException {
        StringBuilder text = new StringBuilder();
        Iterator<LogEntry> entries =
                calls().logs(LogsRequest.newBuilder().setContainer(container).build());
        entries.forEachRemaining(each -> text.append(each.getData().toStringUtf8()));
        return text.toString();
    }

    @Test
    void shutdownIsGracefulAndTheLogsStay() throws Exception {
        Assignment task = Agent.task("t1", Agent.options("sh", "-c",
                "trap 'echo bye; exit 4' TERM; echo hello; while true; do sleep 0.05; done")
                .setStopTimeoutSeconds(60));
        agent.assign(task);
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        agent.await("the first line", () -> log(id).equals("hello\n"));
        agent.assign(task.with(Desire.SHUTDOWN));
        assertEquals(OptionalInt.of(4), agent.await("t1", TaskState.SHUTDOWN).exitCode());
        assertEquals("hello\nbye\n", log(id));
    }

    @Test
    void whatIsRemovedLeavesNothing() throws Exception {
        Residue before = Residue.of(temporary.toString());
        agent.assign(Agent.task("t1", Agent.sleep().setStopTimeoutSeconds(0).addMounts(Mount.newBuilder()
                .setKind(Mount.Kind.VOLUME).setTarget("/data"))).with(List.of(Agent.secret("s", "x"))));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(1, calls().listVolumes(ListVolumesRequest.getDefaultInstance()).getVolumesCount());
        agent.remove("t1");
        agent.await("forgotten", () -> agent.runners().reports().isEmpty());
        assertEquals(List.of(), node.containers().list());
        assertEquals(0, calls().listVolumes(ListVolumesRequest.getDefaultInstance()).getVolumesCount());
        assertEquals(List.of(), List.copyOf(Residue.of(temporary.toString()).since(before)));
        assertEquals(List.of(), Found.filesBelow(temporary.resolve("agent")));
    }

    @Test
    void secretsAreGivenAndAreOnNoDisk() throws Exception {
        agent.assign(Agent.task("t1", Agent.options("sh", "-c",
                "cat /run/secrets/key /etc/conf; echo $WHO; hostname; touch /run/secrets/key")
                .setHostname("{{.Task.Name}}").addEnv("WHO={{.Node.Hostname}}"))
                .with(List.of(Agent.secret("key", "wYx-secret\n"), Agent.config("conf", "aBc-config\n"))));
        TaskStatus ended = agent.await("t1", TaskState.FAILED);
        String log = log(ended.containerId());
        assertEquals("wYx-secret\naBc-config\nhost-1\nweb.1.t1\n", log.lines().limit(4)
                .map(line -> line + "\n").reduce("", String::concat), log);
        assertNotEquals(OptionalInt.of(0), ended.exitCode());
        // The program's own output is the daemon's to keep.
        calls().removeContainer(RemoveContainerRequest.newBuilder().setContainer(ended.containerId()).build());
        assertFalse(Found.bytesBelow(temporary.resolve("agent"), "wYx-secret"));
        assertFalse(Found.bytesBelow(temporary.resolve("node/data/containers"), "wYx-secret"));
    }

    @Test
    void anotherAgentTakesUpTheSameContainers() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        TaskStatus running = agent.await("t1", TaskState.RUNNING);
        agent.end();
        node.restart();
        Agent next = new Agent(temporary.resolve("agent"), node.containers(), 1);
        agent = next;
        assertEquals(running.containerId(), next.await("t1", TaskState.RUNNING).containerId());
        next.assignWhole(Agent.task("t1", Agent.sleep()));
        node.containers().kill(running.containerId());
        assertEquals("killed by signal 9", next.await("t1", TaskState.FAILED).message());
    }

    @Test
    void afterARebootTheSameContainersAreStartedAgain() throws Exception {
        agent.assign(Agent.task("t1", Agent.options("sh", "-c", "echo run; sleep 1000"))
                .with(List.of(Agent.config("c", "x"))));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        agent.await("the first run", () -> log(id).equals("run\n"));
        agent.rebooted();
        agent.end();
        node.goDown();
        node.comeUp();
        agent = agent.after(node.containers());
        assertEquals(id, agent.await("t1", TaskState.RUNNING).containerId());
        agent.await("the second run", () -> log(id).equals("run\nrun\n"));
    }

    @Test
    void withoutAManagerATaskIsStartedAgainInItsContainer() throws Exception {
        agent.assign(Agent.task("t1", Agent.options("sh", "-c", "echo run; exit 1")));
        agent.runners().cutOff(true);
        agent.await("three runs", () -> !node.containers().list().isEmpty()
                && log(node.containers().list().getFirst().id()).lines().count() >= 3);
        agent.runners().cutOff(false);
        agent.await("t1", TaskState.FAILED);
        assertEquals(1, node.containers().list().size());
    }

    @Test
    void theFenceKillsUniqueTasksAlone() throws Exception {
        agent.runners().leaseUntil(NodeLease.clockNanos() + FAR_NANOS, 1_500);
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())), Agent.task("t2", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        String other = agent.await("t2", TaskState.RUNNING).containerId();
        agent.runners().fence();
        assertEquals("the node's lease was over", agent.await("t1", TaskState.SHUTDOWN).message());
        assertEquals(ContainerSeen.State.RUNNING, node.containers().look(other).orElseThrow().state());
    }

    /** The agent that moves the lease no more is stopped, as it were; the next one finds what came of it. */
    @Test
    void aLeaseThatEndsEndsUniqueTasksAloneAndSaysSo() throws Exception {
        agent.runners().leaseUntil(NodeLease.clockNanos() + FAR_NANOS, 1_500);
        agent.assign(Agent.unique(Agent.task("t1", Agent.options("sh", "-c", "sleep 1000 & sleep 1001 & wait"))),
                Agent.task("t2", Agent.sleep()));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        String other = agent.await("t2", TaskState.RUNNING).containerId();
        agent.end();
        node.containers().leaseUntil(NodeLease.clockNanos() + 1, 1_500);
        assertEquals(137, node.containers().await(id).code());
        node.restart();
        agent = agent.after(node.containers());
        TaskStatus ended = agent.await("t1", TaskState.SHUTDOWN);
        assertEquals("its lease ended: no manager was heard for 1.5 s", ended.message());
        assertEquals(OptionalInt.of(137), ended.exitCode());
        assertEquals(ContainerSeen.State.RUNNING, node.containers().look(other).orElseThrow().state());
    }

    @Test
    void anAgentThatIsBackWithinTheLeaseGoesOnWithTheSameContainer() throws Exception {
        agent.runners().leaseUntil(NodeLease.clockNanos() + FAR_NANOS, 1_500);
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        agent.end();
        node.restart();
        agent = agent.after(node.containers());
        agent.runners().leaseUntil(NodeLease.clockNanos() + 2 * FAR_NANOS, 1_500);
        assertEquals(id, agent.await("t1", TaskState.RUNNING).containerId());
        agent.runners().leaseUntil(NodeLease.clockNanos() + 1, 1_500);
        assertEquals("its lease ended: no manager was heard for 1.5 s",
                agent.await("t1", TaskState.SHUTDOWN).message());
    }

    @Test
    void withoutALeaseAUniqueTaskIsNotStarted() throws Exception {
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        assertEquals("container web.1.t1 may run on one node only, and this one's lease has not begun: it is"
                + " started once a manager is heard and gives it to this node",
                agent.await("t1", TaskState.FAILED).message());
        agent.runners().leaseUntil(NodeLease.clockNanos() - 1, 1_500);
        agent.assign(Agent.unique(Agent.task("t2", Agent.sleep())));
        assertTrue(agent.await("t2", TaskState.FAILED).message().contains("lease is over"));
    }

    @Test
    void aContainerSomebodyRemovesIsAFailure() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        calls().removeContainer(RemoveContainerRequest.newBuilder().setContainer(id).setForce(true).build());
        assertEquals(TaskStep.REMOVED, agent.await("t1", TaskState.FAILED).message());
    }

    @Test
    void aTaskThatIsNeverHealthyFails() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep().setStopTimeoutSeconds(0).setHealth(HealthOptions.newBuilder()
                .setCommand("exit 1").setIntervalNanos(1_000_000).setRetries(2))));
        assertEquals("unhealthy", agent.await("t1", TaskState.FAILED).message());
        assertFalse(agent.states("t1").contains(TaskState.RUNNING));
    }

    @Test
    void anAssignmentRemovedWhilePullingEndsThePullAtTheDaemon() throws Exception {
        try (ServerSocket deafRegistry = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            agent.assign(Agent.task("t1", "127.0.0.1:" + deafRegistry.getLocalPort() + "/a:1", Agent.sleep()));
            try (Socket pull = deafRegistry.accept()) {
                int asked = pull.getInputStream().read();
                agent.remove("t1");
                agent.await("forgotten", () -> agent.runners().reports().isEmpty());
                pull.getInputStream().transferTo(OutputStream.nullOutputStream());
                assertNotEquals(-1, asked);
            }
        }
        assertEquals(List.of(TaskState.PREPARING, TaskState.SHUTDOWN), agent.states("t1"));
    }

    @Test
    void whatTheNodeCannotDoIsRejected() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep().setNetworkMode("nowhere")),
                Agent.task("t2", Agent.options("/no/such/program")));
        assertEquals("no network nowhere", agent.await("t1", TaskState.REJECTED).message());
        assertEquals(OptionalInt.of(127), agent.await("t2", TaskState.FAILED).exitCode());
        assertFalse(Files.exists(temporary.resolve("agent/run/tasks/t1")));
    }
}
