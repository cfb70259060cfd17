package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import api.node.ContainerSummary;
import api.node.Filter;
import api.node.InfoRequest;
import api.node.InfoResponse;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import api.node.ListImagesRequest;
import api.node.ListImagesResponse;
import api.node.ListResourcesRequest;
import api.node.ListResourcesResponse;
import api.node.NodeGrpc;
import api.node.Resource;
import api.node.ResourceDevice;
import clusterd.agent.NodeNetworks;
import clusterd.model.NodeDescription;
import clusterd.model.Resources;
import clusterd.template.TaskNames;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node says that it has, against a daemon that says what the test wants. */
class NodeFactsTest {
    private final Daemon daemon = new Daemon();
    private final List<String> journal = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;
    private NodeFacts facts;

    /** Has what it was told. */
    private static final class Daemon extends NodeGrpc.NodeImplBase {
        private final List<Resource> resources = new ArrayList<>();
        private final List<String> tasks = new ArrayList<>();
        private final List<ListContainersRequest> asked = new ArrayList<>();
        private boolean silent;

        @Override
        public void info(InfoRequest request, StreamObserver<InfoResponse> reply) {
            answer(reply, InfoResponse.newBuilder().setHostname("box").setProcessors(4).setMemoryBytes(1L << 30).build());
        }

        @Override
        public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> reply) {
            answer(reply, ListImagesResponse.getDefaultInstance());
        }

        @Override
        public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> reply) {
            asked.add(request);
            answer(reply, ListContainersResponse.newBuilder().addAllContainers(tasks.stream().map(id ->
                    ContainerSummary.newBuilder().setId(id).build()).toList()).build());
        }

        @Override
        public void listResources(ListResourcesRequest request, StreamObserver<ListResourcesResponse> reply) {
            if (silent) {
                reply.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            answer(reply, ListResourcesResponse.newBuilder().addAllResources(resources).build());
        }

        private static <T> void answer(StreamObserver<T> reply, T answer) {
            reply.onNext(answer);
            reply.onCompleted();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        String name = "daemon-" + UUID.randomUUID();
        server = InProcessServerBuilder.forName(name).directExecutor().addService(daemon).build().start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        facts = new NodeFacts(channel, journal::add, "north", () -> "192.0.2.1", NodeNetworks.NONE);
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private static ResourceDevice device(String id, boolean healthy, String owner) {
        return ResourceDevice.newBuilder().setId(id).setHealthy(healthy).setOwner(owner).build();
    }

    private static Resource.Builder media(ResourceDevice... devices) {
        return Resource.newBuilder().setName("sriov/media").addAllDevices(List.of(devices));
    }

    /** Without what this machine happens to have of huge pages. */
    private static Map<String, Long> named(NodeDescription description) {
        Map<String, Long> named = new TreeMap<>(description.capacity().named());
        named.keySet().removeIf(name -> name.startsWith("hugepages-"));
        return named;
    }

    @Test
    void whatPluginsOfferIsNamedInTheCapacity() {
        daemon.resources.add(media(device("a", true, ""), device("b", true, ""), device("c", false, "")).build());
        daemon.resources.add(Resource.newBuilder().setName("intel.com/fpga").addDevices(device("x", true, "")).build());
        NodeDescription description = facts.get();
        assertEquals(Map.of("sriov/media", 2L, "intel.com/fpga", 1L), named(description));
        assertEquals(4000, description.capacity().cpuMillis());
        assertEquals("north", description.site());
        assertEquals(List.of(), daemon.asked, "nobody has anything, so nobody is looked for");
    }

    @Test
    void whatIsHeldOutsideTheClusterIsNotCountedOn() {
        daemon.resources.add(media(device("a", true, "task1"), device("b", true, "byHand"), device("c", true, ""),
                device("d", false, "task1")).build());
        daemon.tasks.add("task1");
        assertEquals(Map.of("sriov/media", 2L), named(facts.get()));
        assertEquals(List.of(ListContainersRequest.newBuilder().setAll(true).addFilters(Filter.newBuilder().setKey("label")
                .setValue(TaskNames.TASK_LABEL)).build()), daemon.asked, "containers of tasks, also those that have ended");
    }

    @Test
    void aChangeIsAnotherDescription() {
        daemon.resources.add(media(device("a", true, ""), device("b", true, "")).build());
        NodeDescription before = facts.get();
        assertEquals(before, facts.get(), "nothing to tell managers");
        daemon.resources.set(0, media(device("a", true, ""), device("b", false, "")).build());
        NodeDescription worse = facts.get();
        assertNotEquals(before, worse);
        assertEquals(Map.of("sriov/media", 1L), named(worse));
        daemon.resources.set(0, media(device("a", true, ""), device("b", true, "")).setTrouble("connection refused").build());
        assertEquals(Map.of(), named(facts.get()), "its plug-in is gone");
        daemon.resources.clear();
        assertEquals(Map.of(), named(facts.get()));
    }

    @Test
    void whileTheDaemonIsSilentAllIsSaidAsBefore() {
        daemon.resources.add(media(device("a", true, "")).build());
        NodeDescription before = facts.get();
        daemon.silent = true;
        assertEquals(before, facts.get());
        assertEquals(1, journal.size(), journal.toString());
        NodeFacts fresh = new NodeFacts(channel, journal::add, "", () -> "", NodeNetworks.NONE);
        assertEquals(Resources.NONE, fresh.get().capacity(), "it never knew any");
    }
}
