package runtime.plugin;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.AllocateResponse;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.ContainerPreferredAllocationResponse;
import api.deviceplugin.Device;
import api.deviceplugin.DevicePluginGrpc;
import api.deviceplugin.DevicePluginOptions;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.NumaNode;
import api.deviceplugin.PreStartContainerRequest;
import api.deviceplugin.PreStartContainerResponse;
import api.deviceplugin.PreferredAllocationRequest;
import api.deviceplugin.PreferredAllocationResponse;
import api.deviceplugin.RegisterRequest;
import api.deviceplugin.RegistrationGrpc;
import api.deviceplugin.TopologyInfo;
import api.function.PrepareRequest;
import api.function.PrepareResponse;
import api.function.Prepared;
import api.function.ReleaseRequest;
import api.function.ReleaseResponse;
import api.function.SweepRequest;
import api.function.SweepResponse;
import api.function.VirtualFunctionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody's plug-in of devices, that says what a test has it say. */
final class FakePlugin implements AutoCloseable {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<StreamObserver<ListAndWatchResponse>> watchers = new CopyOnWriteArrayList<>();
    volatile DevicePluginOptions options = DevicePluginOptions.getDefaultInstance();
    volatile ListAndWatchResponse devices = ListAndWatchResponse.getDefaultInstance();
    volatile AllocateResponse answer = AllocateResponse.newBuilder().addContainerResponses(ContainerAllocateResponse.getDefaultInstance()).build();
    volatile List<String> preferred = List.of();
    /** Why it gives nothing; null if it does. */
    volatile String refusal;
    /** Why it takes nothing back; null if it does. */
    volatile String keeps;
    /** What a function that is made ready is called; "" = none. */
    volatile String networkDevice = "";
    private final Path folder;
    private final String endpoint;
    private final PluginSockets sockets = new PluginSockets();
    private Server server;

    FakePlugin(Path folder, String endpoint) {
        this.folder = folder;
        this.endpoint = endpoint;
    }

    static Device device(String id, boolean healthy, long node) {
        return Device.newBuilder().setId(id).setHealth(healthy ? "Healthy" : "Unhealthy")
                .setTopology(TopologyInfo.newBuilder().addNodes(NumaNode.newBuilder().setId(node))).build();
    }

    FakePlugin with(Device... all) {
        devices = ListAndWatchResponse.newBuilder().addAllDevices(List.of(all)).build();
        watchers.forEach(each -> each.onNext(devices));
        return this;
    }

    /** Serves; one of jctl's own takes back what it gave. */
    FakePlugin serve(boolean takesBack) throws IOException {
        server = takesBack ? sockets.serve(folder.resolve(endpoint), new Devices(), new Functions()) : sockets.serve(folder.resolve(endpoint), new Devices());
        return this;
    }

    FakePlugin register(String resource) {
        register("v1beta1", resource, endpoint);
        return this;
    }

    void register(String version, String resource, String socket) {
        ManagedChannel channel = sockets.dial(folder.resolve(RegisteredPlugins.KUBELET));
        try {
            RegistrationGrpc.newBlockingStub(channel).register(RegisterRequest.newBuilder().setVersion(version).setResourceName(resource)
                    .setEndpoint(socket).build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.shutdownNow();
        }
        sockets.close();
    }

    private final class Devices extends DevicePluginGrpc.DevicePluginImplBase {
        @Override
        public void getDevicePluginOptions(Empty request, StreamObserver<DevicePluginOptions> observer) {
            observer.onNext(options);
            observer.onCompleted();
        }

        @Override
        public void listAndWatch(Empty request, StreamObserver<ListAndWatchResponse> observer) {
            watchers.add(observer);
            observer.onNext(devices);
        }

        @Override
        public void getPreferredAllocation(PreferredAllocationRequest request, StreamObserver<PreferredAllocationResponse> observer) {
            observer.onNext(PreferredAllocationResponse.newBuilder().addContainerResponses(ContainerPreferredAllocationResponse.newBuilder()
                    .addAllDeviceIds(preferred)).build());
            observer.onCompleted();
        }

        @Override
        public void allocate(AllocateRequest request, StreamObserver<AllocateResponse> observer) {
            calls.add("allocate " + request.getContainerRequests(0).getDeviceIdsList());
            if (refusal != null) {
                observer.onError(Status.FAILED_PRECONDITION.withDescription(refusal).asRuntimeException());
                return;
            }
            observer.onNext(answer);
            observer.onCompleted();
        }

        @Override
        public void preStartContainer(PreStartContainerRequest request, StreamObserver<PreStartContainerResponse> observer) {
            calls.add("before start " + request.getDeviceIdsList());
            observer.onNext(PreStartContainerResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }

    private final class Functions extends VirtualFunctionsGrpc.VirtualFunctionsImplBase {
        @Override
        public void prepare(PrepareRequest request, StreamObserver<PrepareResponse> observer) {
            calls.add("prepare " + request.getFunctionsList() + " for " + request.getOwner() + " vlan " + request.getWish().getVlan());
            PrepareResponse.Builder response = PrepareResponse.newBuilder();
            request.getFunctionsList().forEach(each -> response.addFunctions(Prepared.newBuilder().setAddress(each).setNetworkDevice(networkDevice)
                    .setIommuGroup(-1)));
            observer.onNext(response.build());
            observer.onCompleted();
        }

        @Override
        public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
            calls.add("release " + request.getOwner());
            if (keeps != null) {
                observer.onError(Status.FAILED_PRECONDITION.withDescription(keeps).asRuntimeException());
                return;
            }
            observer.onNext(ReleaseResponse.getDefaultInstance());
            observer.onCompleted();
        }

        @Override
        public void sweep(SweepRequest request, StreamObserver<SweepResponse> observer) {
            calls.add("sweep but " + request.getLivingOwnersList());
            observer.onNext(SweepResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }
}
