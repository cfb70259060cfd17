package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import api.function.DivideRequest;
import api.function.DivideResponse;
import api.function.ListRequest;
import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.ResetRequest;
import api.function.ResetResponse;
import api.function.VirtualFunction;
import api.node.ListResourcesRequest;
import api.node.ListResourcesResponse;
import api.node.NodeGrpc;
import cli.transport.NettyNode;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon with cards of the tests' own, and command lines for it. */
@Timeout(60)
abstract class FunctionFixture {
    static final String OWNER = "0123456789abcdef".repeat(4);
    /** Three days and a half ago, which is three days however slow the machine is. */
    static final long SINCE = System.currentTimeMillis() - 84L * 3600 * 1000;

    @TempDir
    Path folder;
    final Node daemon = new Node();
    private NettyNode node;

    /** Answers what it was told to. */
    static final class Node extends NodeGrpc.NodeImplBase {
        final ConcurrentLinkedQueue<MessageLite> requests = new ConcurrentLinkedQueue<>();
        volatile ListResponse functions = card();
        volatile ListResourcesResponse resources = ListResourcesResponse.getDefaultInstance();
        volatile DivideResponse divided = DivideResponse.getDefaultInstance();
        /** Of every call; null = none. */
        volatile Status refusal;

        private <T> void answer(MessageLite request, StreamObserver<T> reply, T answer) {
            requests.add(request);
            if (refusal != null) {
                reply.onError(refusal.asRuntimeException());
                return;
            }
            reply.onNext(answer);
            reply.onCompleted();
        }

        @Override
        public void listVirtualFunctions(ListRequest request, StreamObserver<ListResponse> reply) {
            answer(request, reply, functions);
        }

        @Override
        public void listResources(
                ListResourcesRequest request, StreamObserver<ListResourcesResponse> reply) {
            answer(request, reply, resources);
        }

        @Override
        public void divideFunction(DivideRequest request, StreamObserver<DivideResponse> reply) {
            answer(request, reply, divided);
        }

        @Override
        public void resetFunction(ResetRequest request, StreamObserver<ResetResponse> reply) {
            if (request.getAddress().equals("0000:3b:02.1")) {
                requests.add(request);
                reply.onError(FakeCluster.refusal(Status.FAILED_PRECONDITION, "FUNCTION_IN_USE",
                        "0000:3b:02.1: a program has it open"));
                return;
            }
            answer(request, reply, ResetResponse.getDefaultInstance());
        }
    }

    /** A card of two ports: one divided, one given away whole. */
    static ListResponse card() {
        return ListResponse.newBuilder()
                .addPhysical(PhysicalFunction.newBuilder().setAddress("0000:3b:00.0").setName("eth0")
                        .setVendor("8086").setDevice("1592").setDriver("ice").setNumaNode(1)
                        .setVirtualFunctions(4).setMostVirtualFunctions(7).setLink("up")
                        .setSwitchdev(true))
                .addPhysical(PhysicalFunction.newBuilder().setAddress("0000:3b:00.1")
                        .setVendor("8086").setDevice("1592").setDriver("vfio-pci").setNumaNode(-1)
                        .setMostVirtualFunctions(7))
                .addVirtual(part(0).setDriver("iavf").setNetworkDevice("eth0v0").setResource("sriov/fast")
                        .setIommuGroup(-1))
                .addVirtual(part(1).setDriver("vfio-pci").setResource("sriov/fast").setOwner(OWNER)
                        .setSinceMillis(SINCE).setFence(7).setMode("vfio").setPort("mac 02:00:00:00:00:01 vlan 100"))
                .addVirtual(part(2).setDriver("iavf").setNetworkDevice("eth0v2").setResource("sriov/slow")
                        .setTrouble("its driver is gone"))
                .addVirtual(part(3).setWhy("no pool of the config takes it"))
                .addVirtual(VirtualFunction.newBuilder().setAddress("0000:3b:00.1").setIndex(-1)
                        .setVendor("8086").setDevice("1592").setDriver("vfio-pci").setNumaNode(-1)
                        .setIommuGroup(13).setResource("sriov/whole").setOwner("ffff").setTrouble("link is down"))
                .build();
    }

    private static VirtualFunction.Builder part(int index) {
        return VirtualFunction.newBuilder().setAddress("0000:3b:02." + index).setPhysical("0000:3b:00.0")
                .setIndex(index).setVendor("8086").setDevice("1889").setNumaNode(1).setIommuGroup(20 + index);
    }

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), daemon);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    TestConsole fresh() {
        return new TestConsole().with("JCTL_HOST", "unix://" + node.socket())
                .with("HOME", folder.toString());
    }

    /** What a command line prints that goes well. */
    String out(String... words) {
        TestConsole one = fresh();
        assertEquals(0, one.run(words), () -> String.join(" ", words) + ": " + one.err());
        return one.out();
    }

    /** What is said of a command line that does not go well, and prints nothing. */
    String err(String... words) {
        TestConsole one = fresh();
        assertEquals(1, one.run(words), () -> String.join(" ", words) + ": " + one.out());
        assertEquals("", one.out());
        return one.err();
    }

    <T> List<T> all(Class<T> kind) {
        return daemon.requests.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
