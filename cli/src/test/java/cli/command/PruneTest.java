package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.Filter;
import api.node.NodeGrpc;
import api.node.PruneContainersRequest;
import api.node.PruneContainersResponse;
import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import api.node.PruneNetworksRequest;
import api.node.PruneNetworksResponse;
import api.node.PruneVolumesRequest;
import api.node.PruneVolumesResponse;
import cli.transport.NettyNode;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The prune commands, alone and all in one, against a daemon of the tests' own. */
@Timeout(60)
class PruneTest {
    @TempDir
    Path folder;
    private final Service service = new Service();
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), service);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static final class Service extends NodeGrpc.NodeImplBase {
        final ConcurrentLinkedQueue<Object> requests = new ConcurrentLinkedQueue<>();

        private <T> void answer(Object request, StreamObserver<T> reply, T answer) {
            requests.add(request);
            reply.onNext(answer);
            reply.onCompleted();
        }

        @Override
        public void pruneContainers(
                PruneContainersRequest request, StreamObserver<PruneContainersResponse> reply) {
            answer(request, reply, PruneContainersResponse.newBuilder().addRemoved("c1")
                    .setReclaimedBytes(1).build());
        }

        @Override
        public void pruneNetworks(
                PruneNetworksRequest request, StreamObserver<PruneNetworksResponse> reply) {
            answer(request, reply, PruneNetworksResponse.newBuilder().addRemoved("back").build());
        }

        @Override
        public void pruneVolumes(
                PruneVolumesRequest request, StreamObserver<PruneVolumesResponse> reply) {
            answer(request, reply, PruneVolumesResponse.newBuilder().addRemoved("v1")
                    .addRemoved("v2").setReclaimedBytes(20).build());
        }

        @Override
        public void pruneImages(
                PruneImagesRequest request, StreamObserver<PruneImagesResponse> reply) {
            answer(request, reply, PruneImagesResponse.newBuilder().addUntagged("a:1")
                    .addDeleted("sha256:1").setReclaimedBytes(300).build());
        }
    }

    private TestConsole console() {
        return new TestConsole().with("JCTL_HOST", "unix://" + node.socket())
                .with("HOME", folder.toString());
    }

    private String shown(String... words) {
        TestConsole console = console();
        assertEquals(0, console.run(words), console::err);
        return console.out();
    }

    @Test
    void eachSaysWhatItRemoved() {
        assertEquals("Deleted Networks:\nback\n\n", shown("network", "prune", "-f"));
        assertEquals("Deleted Volumes:\nv1\nv2\n\nTotal reclaimed space: 20B\n",
                shown("volume", "prune", "-f", "-a", "--filter", "label=x"));
        assertEquals("Deleted Images:\nuntagged: a:1\ndeleted: sha256:1\n\n"
                + "Total reclaimed space: 300B\n", shown("image", "prune", "-f", "--filter", "until=5"));
        assertEquals(List.of(PruneNetworksRequest.getDefaultInstance(),
                PruneVolumesRequest.newBuilder().setAll(true).addFilters(
                        Filter.newBuilder().setKey("label").setValue("x")).build(),
                PruneImagesRequest.newBuilder().addFilters(Filter.newBuilder().setKey("until")
                        .setValue("5.000000000")).build()), List.copyOf(service.requests));
    }

    @Test
    void allInOneLeavesNamedVolumes() {
        assertEquals("Deleted Containers:\nc1\n\nDeleted Networks:\nback\n\nDeleted Volumes:\nv1\nv2\n\n"
                + "Deleted Images:\nuntagged: a:1\ndeleted: sha256:1\n\nTotal reclaimed space: 321B\n",
                shown("system", "prune", "-af", "--volumes"));
        assertEquals(List.of(PruneContainersRequest.getDefaultInstance(),
                PruneNetworksRequest.getDefaultInstance(), PruneVolumesRequest.getDefaultInstance(),
                PruneImagesRequest.newBuilder().setAll(true).build()),
                List.copyOf(service.requests));
    }

    @Test
    void nothingIsDoneWithoutConsent() {
        for (String kind : List.of("network", "volume", "image")) {
            for (String answer : List.of("", "n\n", "no\n")) {
                TestConsole console = console().withInput(answer);
                assertEquals(1, console.run(kind, "prune"));
                assertTrue(console.err().endsWith("Continue? [y/N] "), console.err());
            }
        }
        assertEquals(List.of(), List.copyOf(service.requests));
        for (String kind : List.of("network", "volume", "image")) {
            assertEquals(0, console().withInput("y\n").run(kind, "prune"));
        }
        assertEquals(3, service.requests.size());
    }
}
