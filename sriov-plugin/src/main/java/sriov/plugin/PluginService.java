package sriov.plugin;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.AllocateResponse;
import api.deviceplugin.ContainerAllocateRequest;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.ContainerPreferredAllocationRequest;
import api.deviceplugin.ContainerPreferredAllocationResponse;
import api.deviceplugin.Device;
import api.deviceplugin.DevicePluginGrpc;
import api.deviceplugin.DevicePluginOptions;
import api.deviceplugin.DeviceSpec;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.NumaNode;
import api.deviceplugin.PreStartContainerRequest;
import api.deviceplugin.PreStartContainerResponse;
import api.deviceplugin.PreferredAllocationRequest;
import api.deviceplugin.PreferredAllocationResponse;
import api.deviceplugin.TopologyInfo;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sriov.pool.Candidate;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.Preference;

/** One pool, as the device plugin API has it. Safe for use by several threads. */
final class PluginService extends DevicePluginGrpc.DevicePluginImplBase {
    static final String HEALTHY = "Healthy";
    static final String UNHEALTHY = "Unhealthy";

    private final Pool pool;
    private final Preference preference;
    private final Preparation preparation;
    private final Set<ServerCallStreamObserver<ListAndWatchResponse>> watchers = new HashSet<>();
    private Map<String, Offer> offers;

    /** What has to become of a function before a container gets it. */
    @FunctionalInterface
    interface Preparation {
        /**
         * Makes it ready.
         *
         * @return the IOMMU group by which a program opens it; empty if it is given as a network device
         * @throws IOException if it cannot be had
         */
        Optional<Integer> prepare(Candidate function) throws IOException;
    }

    PluginService(Pool pool, Preference preference, Map<String, Offer> offers, Preparation preparation) {
        this.pool = pool;
        this.preference = preference;
        this.offers = Map.copyOf(offers);
        this.preparation = preparation;
    }

    /** These it offers from now on; who watches is told if that is something new. */
    synchronized void offer(Map<String, Offer> now) {
        if (offers.equals(now)) {
            return;
        }
        offers = Map.copyOf(now);
        ListAndWatchResponse news = devices();
        watchers.removeIf(watcher -> watcher.isCancelled());
        watchers.forEach(watcher -> watcher.onNext(news));
    }

    private ListAndWatchResponse devices() {
        ListAndWatchResponse.Builder response = ListAndWatchResponse.newBuilder();
        offers.values().stream().sorted((one, other) -> one.id().compareTo(other.id())).forEach(each -> {
            Device.Builder device = Device.newBuilder().setId(each.id()).setHealth(each.trouble().isEmpty() ? HEALTHY : UNHEALTHY);
            each.numaNode(pool).ifPresent(node -> device.setTopology(TopologyInfo.newBuilder().addNodes(NumaNode.newBuilder().setId(node))));
            response.addDevices(device);
        });
        return response.build();
    }

    @Override
    public void getDevicePluginOptions(Empty request, StreamObserver<DevicePluginOptions> observer) {
        observer.onNext(options());
        observer.onCompleted();
    }

    static DevicePluginOptions options() {
        return DevicePluginOptions.newBuilder().setGetPreferredAllocationAvailable(true).build();
    }

    @Override
    public synchronized void listAndWatch(Empty request, StreamObserver<ListAndWatchResponse> observer) {
        if (observer instanceof ServerCallStreamObserver<ListAndWatchResponse> watcher) {
            watcher.setOnCancelHandler(() -> forget(watcher));
            watchers.add(watcher);
        }
        observer.onNext(devices());
    }

    private synchronized void forget(ServerCallStreamObserver<ListAndWatchResponse> watcher) {
        watchers.remove(watcher);
    }

    /** Ends all who watch: the plug-in ends. */
    synchronized void end() {
        watchers.forEach(watcher -> {
            if (!watcher.isCancelled()) {
                watcher.onCompleted();
            }
        });
        watchers.clear();
    }

    @Override
    public void getPreferredAllocation(PreferredAllocationRequest request, StreamObserver<PreferredAllocationResponse> observer) {
        PreferredAllocationResponse.Builder response = PreferredAllocationResponse.newBuilder();
        for (ContainerPreferredAllocationRequest each : request.getContainerRequestsList()) {
            Optional<List<Candidate>> chosen = preference.choose(candidates(each.getAvailableDeviceIdsList()),
                    candidates(each.getMustIncludeDeviceIdsList()), each.getAllocationSize());
            if (chosen.isEmpty()) {
                observer.onError(Status.INVALID_ARGUMENT.withDescription(each.getAllocationSize() + " of " + each.getAvailableDeviceIdsCount()
                        + " functions of " + pool.resource() + " cannot be chosen").asRuntimeException());
                return;
            }
            response.addContainerResponses(ContainerPreferredAllocationResponse.newBuilder().addAllDeviceIds(chosen.get().stream()
                    .map(candidate -> candidate.address().toString()).toList()));
        }
        observer.onNext(response.build());
        observer.onCompleted();
    }

    /** What it does not know, as what has gone meanwhile, cannot be preferred. */
    private synchronized List<Candidate> candidates(List<String> ids) {
        return ids.stream().filter(offers::containsKey).map(id -> offers.get(id).candidate()).distinct().toList();
    }

    @Override
    public void allocate(AllocateRequest request, StreamObserver<AllocateResponse> observer) {
        AllocateResponse.Builder response = AllocateResponse.newBuilder();
        for (ContainerAllocateRequest each : request.getContainerRequestsList()) {
            try {
                response.addContainerResponses(allocate(each.getDeviceIdsList()));
            } catch (IOException refused) {
                observer.onError(Status.FAILED_PRECONDITION.withDescription(pool.resource() + ": " + refused.getMessage()).asRuntimeException());
                return;
            }
        }
        observer.onNext(response.build());
        observer.onCompleted();
    }

    private ContainerAllocateResponse allocate(List<String> ids) throws IOException {
        List<Offer> wanted = new ArrayList<>();
        synchronized (this) {
            for (String id : ids) {
                Offer offer = offers.get(id);
                if (offer == null) {
                    throw new GrantException("there is no function " + id + " (any more)");
                }
                if (offer.trouble().isPresent()) {
                    throw new GrantException("function " + id + " cannot be had: " + offer.trouble().get());
                }
                wanted.add(offer);
            }
        }
        ContainerAllocateResponse.Builder response = ContainerAllocateResponse.newBuilder();
        List<Integer> groups = new ArrayList<>();
        for (Offer each : wanted) {
            preparation.prepare(each.candidate()).ifPresent(groups::add);
        }
        response.putEnvs(pool.resource().variable(), String.join(",", ids));
        if (!groups.isEmpty()) {
            response.addDevices(device("/dev/vfio/vfio"));
            groups.stream().distinct().forEach(group -> response.addDevices(device("/dev/vfio/" + group)));
        }
        if (pool.vhostNet()) {
            response.addDevices(device("/dev/vhost-net")).addDevices(device("/dev/net/tun"));
        }
        return response.build();
    }

    private static DeviceSpec device(String path) {
        return DeviceSpec.newBuilder().setContainerPath(path).setHostPath(path).setPermissions("rw").build();
    }

    @Override
    public void preStartContainer(PreStartContainerRequest request, StreamObserver<PreStartContainerResponse> observer) {
        observer.onNext(PreStartContainerResponse.getDefaultInstance());
        observer.onCompleted();
    }
}
