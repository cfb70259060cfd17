package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ContainerState;
import api.node.ContainerStats;
import api.node.ContainerSummary;
import api.node.DiskUsageRequest;
import api.node.DiskUsageResponse;
import api.node.Event;
import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.Filter;
import api.node.ImageSummary;
import api.node.ImageUse;
import api.node.NodeGrpc;
import api.node.PruneContainersRequest;
import api.node.PruneContainersResponse;
import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import api.node.TopContainerRequest;
import api.node.TopContainerResponse;
import api.node.Words;
import cli.render.Json;
import cli.transport.NettyNode;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that show what containers do, against a daemon of the tests' own. */
@Timeout(60)
class ObservationTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;
    private final Service service = new Service();
    private final TestConsole console = new TestConsole();
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), service);
        console.with("JCTL_HOST", "unix://" + node.socket()).with("HOME", folder.toString());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static final class Service extends NodeGrpc.NodeImplBase {
        final ConcurrentLinkedQueue<Object> requests = new ConcurrentLinkedQueue<>();

        private <T> void answer(Object request, StreamObserver<T> reply, List<T> answers) {
            requests.add(request);
            answers.forEach(reply::onNext);
            reply.onCompleted();
        }

        @Override
        public void statsContainers(
                StatsContainersRequest request, StreamObserver<StatsContainersReply> reply) {
            ContainerStats.Builder stats = ContainerStats.newBuilder().setId(ID).setName("web")
                    .setState(ContainerState.RUNNING).setMemoryBytes(64 << 20)
                    .setMemoryLimitBytes(128 << 20).setNetworkReceivedBytes(1500)
                    .setNetworkSentBytes(0).setTasks(3).setCpuPressureHundredths(5);
            StatsContainersReply first =
                    StatsContainersReply.newBuilder().addContainers(stats).build();
            StatsContainersReply second = StatsContainersReply.newBuilder()
                    .addContainers(stats.setCpuHundredthsPercent(12_304))
                    .addContainers(ContainerStats.newBuilder().setId(ID).setName("rest")
                            .setState(ContainerState.EXITED)).build();
            answer(request, reply, request.getNoStream()
                    ? List.of(second) : List.of(first, second));
        }

        @Override
        public void topContainer(
                TopContainerRequest request, StreamObserver<TopContainerResponse> reply) {
            answer(request, reply, List.of(TopContainerResponse.newBuilder()
                    .addHeadings("PID").addHeadings("CMD")
                    .addProcesses(Words.newBuilder().addWords("7").addWords("a\u001b[2Jb"))
                    .build()));
        }

        @Override
        public void events(EventsRequest request, StreamObserver<EventsReply> reply) {
            answer(request, reply, List.of(
                    EventsReply.newBuilder().setNotice("not all is known").build(),
                    EventsReply.newBuilder().setEvent(Event.newBuilder().setNumber(1)
                            .setUnixNanos(1_790_000_000_000_000_001L).setType("container")
                            .setAction("die").setId(ID).putAttributes("image", "debian")
                            .putAttributes("exitCode", "3")
                            .putAttributes("evil", "\u001b[2J")).build()));
        }

        @Override
        public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> reply) {
            answer(request, reply, List.of(DiskUsageResponse.newBuilder()
                    .setImageBytes(1000).setReclaimableImageBytes(250)
                    .addImages(ImageUse.newBuilder().setUniqueBytes(1000).setImage(
                            ImageSummary.newBuilder().setId("sha256:" + ID).addTags("host:5000/a:1")
                                    .setContainers(1)))
                    .addContainers(ContainerSummary.newBuilder().setId(ID).setName("web")
                            .setState(ContainerState.EXITED).setSizeBytes(212).setImage("a"))
                    .build()));
        }

        @Override
        public void pruneContainers(
                PruneContainersRequest request, StreamObserver<PruneContainersResponse> reply) {
            answer(request, reply, List.of(PruneContainersResponse.newBuilder().addRemoved(ID)
                    .setReclaimedBytes(1000).build()));
        }

        @Override
        public void pruneImages(
                PruneImagesRequest request, StreamObserver<PruneImagesResponse> reply) {
            answer(request, reply, List.of(PruneImagesResponse.newBuilder().addUntagged("a:1")
                    .addDeleted("sha256:1").setReclaimedBytes(500).build()));
        }
    }

    @Test
    void statsOnce() {
        assertEquals(0, console.run("stats", "--no-stream", "-a"));
        assertEquals("""
                CONTAINER ID   NAME   CPU %     MEM USAGE / LIMIT   MEM %    NET I/O      BLOCK I/O   PIDS   WAITS CPU / MEM / IO
                0123456789ab   web    123.04%   64MiB / 128MiB      50.00%   1.5kB / 0B   -- / --     3      0.05% / -- / --
                0123456789ab   rest   0.00%     0B / 0B             0.00%    0B / 0B      0B / 0B     0      0.00% / 0.00% / 0.00%
                """, console.out());
        assertEquals(List.of(StatsContainersRequest.newBuilder().setAll(true).setNoStream(true)
                .build()), List.copyOf(service.requests));
    }

    @Test
    void statsAgainAndAgain() {
        assertEquals(0, console.run("stats", "--format", "{{.Name}} {{.CPUPerc}}", "web"));
        assertEquals("web --\nweb 123.04%\nrest 0.00%\n", console.out());
        TestConsole json = new TestConsole().with("JCTL_HOST", "unix://" + node.socket());
        assertEquals(0, json.run("stats", "-o", "json"));
        String[] lines = json.out().split("\n");
        assertEquals(2, lines.length);
        assertTrue(Json.parse(lines[1]) instanceof List<?> list
                && list.getFirst() instanceof Map<?, ?> row
                && row.get("CPUHundredthsPercent").equals(12_304L)
                && row.get("DiskReadBytes") == null, lines[1]);
        assertEquals(1, console.run("stats", "-o", "xml"));
    }

    @Test
    void topShowsNoControlCharacters() {
        assertEquals(0, console.run("top", "web", "-o", "pid,args"));
        assertEquals("PID   CMD\n7     a?[2Jb\n", console.out());
        assertEquals(List.of(TopContainerRequest.newBuilder().setContainer("web")
                .addPsOptions("-o").addPsOptions("pid,args").build()),
                List.copyOf(service.requests));
        assertEquals(0, console.run("top", "--format", "json", "web"));
        assertTrue(console.out().endsWith("{\"PID\":\"7\",\"CMD\":\"a\\u001b[2Jb\"}\n"),
                console.out());
    }

    @Test
    void eventsInDockersForms() {
        assertEquals(0, console.run("events", "--since", "1790000000", "--filter", "type=container"));
        assertTrue(console.out().matches("2026-09-21T[0-9:]+\\.000000001(Z|[+-][0-9:]+) container"
                + " die " + ID + " \\(evil=\\?\\[2J, exitCode=3, image=debian\\)\n"),
                console.out());
        assertEquals("jctl: not all is known\n", console.err());
        assertEquals(List.of(EventsRequest.newBuilder()
                .setSinceUnixNanos(1_790_000_000_000_000_000L).addFilters(
                        Filter.newBuilder().setKey("type").setValue("container")).build()),
                List.copyOf(service.requests));
        TestConsole json = new TestConsole().with("JCTL_HOST", "unix://" + node.socket());
        assertEquals(0, json.run("events", "--format", "json"));
        assertEquals("{\"status\":\"die\",\"id\":\"" + ID + "\",\"from\":\"debian\","
                + "\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" + ID
                + "\",\"Attributes\":{\"evil\":\"\\u001b[2J\",\"exitCode\":\"3\","
                + "\"image\":\"debian\"}},\"scope\":\"local\",\"time\":1790000000,"
                + "\"timeNano\":1790000000000000001}\n", json.out());
        TestConsole template = new TestConsole().with("JCTL_HOST", "unix://" + node.socket());
        assertEquals(0, template.run("events", "--format",
                "{{.Type}} {{.Action}} {{.Actor.Attributes.exitCode}}"));
        assertEquals("container die 3\n", template.out());
    }

    @Test
    void diskUse() {
        assertEquals(0, console.run("system", "df"));
        assertEquals("""
                TYPE            TOTAL   ACTIVE   SIZE   RECLAIMABLE
                Images          1       1        1kB    250B (25%)
                Containers      1       0        212B   212B (100%)
                Local Volumes   0       0        0B     0B
                Build Cache     0       0        0B     0B
                """, console.out());
        TestConsole verbose = new TestConsole().with("JCTL_HOST", "unix://" + node.socket());
        assertEquals(0, verbose.run("system", "df", "-v"));
        assertTrue(verbose.out().contains("host:5000/a   1     0123456789ab"), verbose.out());
    }

    @Test
    void pruneAsksAndWithoutATerminalRefuses() {
        assertEquals(1, console.run("container", "prune"));
        assertEquals(1, console.run("system", "prune"));
        assertTrue(console.err().contains("give --force"), console.err());
        assertEquals(List.of(), List.copyOf(service.requests));
    }

    @Test
    void systemPrune() {
        assertEquals(0, console.run("system", "prune", "-af", "--filter", "label!=keep"));
        assertEquals("Deleted Containers:\n" + ID + "\n\nDeleted Images:\nuntagged: a:1\n"
                + "deleted: sha256:1\n\nTotal reclaimed space: 1.5kB\n", console.out());
        Filter filter = Filter.newBuilder().setKey("label!").setValue("keep").build();
        assertEquals(List.of(PruneContainersRequest.newBuilder().addFilters(filter).build(),
                PruneImagesRequest.newBuilder().setAll(true).addFilters(filter).build()),
                List.copyOf(service.requests));
        assertEquals(1, console.run("system", "prune", "-f", "--volumes", "--filter", "until=1h"));
        assertEquals(1, console.run("system", "prune", "-f", "--volumes"), "no such call");
    }

    @Test
    void spansBecomeTimes() {
        assertEquals(0, console.run("container", "prune", "-f", "--filter", "until=1790000000.5"));
        assertEquals(List.of(PruneContainersRequest.newBuilder().addFilters(Filter.newBuilder()
                .setKey("until").setValue("1790000000.500000000")).build()),
                List.copyOf(service.requests));
        assertEquals(1, console.run("container", "prune", "-f", "--filter", "until=soon"));
    }
}
