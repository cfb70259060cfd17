package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ContainerStats;
import api.node.CreateContainerRequest;
import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.ListContainersRequest;
import api.node.PruneContainersRequest;
import api.node.RemoveContainerRequest;
import api.node.RunOptions;
import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import api.node.TopContainerRequest;
import api.node.TopContainerResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import runtime.launch.HostRoot;
import runtime.registry.RegistrySettings;
import testkit.NeedsKernel;
import testkit.Requires;

/** What a daemon shows of real containers. */
@NeedsKernel
@Timeout(120)
class ObservationNodeTest {
    @TempDir Path temporary;
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private Node node;
    private TestClient client;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        NodeFolders folders =
                new NodeFolders(temporary.resolve("data"), temporary.resolve("run"));
        TestImage.add(folders.data(), "test",
                HostRoot.make(temporary.resolve("root"), "sh", "sleep", "head", "cat"));
        node = Node.start(new Node.Settings("0.0", folders, RegistrySettings.standard(), true),
                new NoNetwork(), journal::add);
        client = new TestClient(folders.socket());
    }

    @AfterEach
    void close() throws Exception {
        if (node == null) {
            return;
        }
        client.calls().listContainers(ListContainersRequest.newBuilder().setAll(true).build())
                .getContainersList().forEach(each -> client.calls().removeContainer(
                        RemoveContainerRequest.newBuilder().setContainer(each.getId())
                                .setForce(true).build()));
        client.close();
        node.close();
        assertEquals(List.of(), journal);
    }

    private void start(String name, String script) throws Exception {
        client.run(CreateContainerRequest.newBuilder().setImage("test").setNetworkMode("none")
                .setName(name).addAllArgs(List.of("sh", "-c", script)),
                RunOptions.Until.UNTIL_STARTED).finish();
    }

    private ContainerStats stats(String name) {
        return client.calls().statsContainers(StatsContainersRequest.newBuilder()
                .addContainers(name).setNoStream(true).build()).next().getContainers(0);
    }

    @Test
    void countersOfARunningContainer() throws Exception {
        start("busy", "while :; do :; done");
        ContainerStats stats = stats("busy");
        assertEquals("busy", stats.getName());
        assertTrue(stats.getCpuHundredthsPercent() > 0, stats.toString());
        assertTrue(stats.getMemoryBytes() > 0 && stats.getMemoryLimitBytes() > 0, stats.toString());
        assertEquals(1, stats.getTasks());
        assertTrue(stats.hasNetworkReceivedBytes() && stats.getNetworkReceivedBytes() == 0);
    }

    @Test
    void disksAreCountedOverAllProcesses() throws Exception {
        start("writer", "(head -c 1000000 /dev/zero > /a; sleep 1000) & sleep 1000");
        long written = 0;
        Iterator<StatsContainersReply> replies = client.calls().statsContainers(
                StatsContainersRequest.newBuilder().addContainers("writer").build());
        while (written < 1_000_000) {
            written = replies.next().getContainers(0).getDiskWrittenBytes();
        }
        assertTrue(written >= 1_000_000);
    }

    @Test
    void readingsGoOnUntilTheContainerIsRemoved() throws Exception {
        start("web", "sleep 1000");
        Iterator<StatsContainersReply> replies = client.calls().statsContainers(
                StatsContainersRequest.newBuilder().addContainers("web").build());
        assertFalse(replies.next().getContainers(0).hasCpuHundredthsPercent());
        assertTrue(replies.next().getContainers(0).hasCpuHundredthsPercent());
        client.calls().removeContainer(RemoveContainerRequest.newBuilder().setContainer("web")
                .setForce(true).build());
        while (replies.next().getContainersCount() > 0) {
            assertTrue(replies.hasNext());
        }
    }

    @Test
    void processesAsTheHostSeesThem() throws Exception {
        start("web", "sleep 1000 & sleep 1000");
        TopContainerResponse top = client.calls().topContainer(TopContainerRequest.newBuilder()
                .setContainer("web").addPsOptions("-o").addPsOptions("pid,ppid,args").build());
        assertEquals(List.of("PID", "PPID", "COMMAND"), top.getHeadingsList());
        int pid = client.calls().listContainers(ListContainersRequest.getDefaultInstance())
                .getContainers(0).getPid();
        assertTrue(top.getProcessesList().stream().anyMatch(row ->
                row.getWords(0).equals(Integer.toString(pid))
                        && row.getWords(2).startsWith("sh -c sleep")), top.toString());
        assertTrue(top.getProcessesCount() >= 2, top.toString());
    }

    @Test
    void eventsOfALife() throws Exception {
        long since = ReplyTranslation.nanos(Instant.now().minusSeconds(60));
        start("short", "exit 3");
        client.calls().waitContainer(api.node.WaitContainerRequest.newBuilder()
                .setContainer("short").build());
        client.calls().pruneContainers(PruneContainersRequest.getDefaultInstance());
        Iterator<EventsReply> replies = client.calls().events(EventsRequest.newBuilder()
                .setSinceUnixNanos(since).build());
        List<String> actions = new ArrayList<>();
        while (!actions.contains("destroy")) {
            EventsReply reply = replies.next();
            if (reply.hasEvent()) {
                actions.add(reply.getEvent().getAction());
                assertEquals(reply.getEvent().getAction().equals("die") ? "3" : "",
                        reply.getEvent().getAttributesOrDefault("exitCode", ""));
            }
        }
        assertEquals(List.of("create", "start", "die", "destroy"), actions);
    }
}
