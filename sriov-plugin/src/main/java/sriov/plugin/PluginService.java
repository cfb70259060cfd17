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
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import sriov.inventory.PciAddress;
import sriov.pool.Candidate;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.Preference;

/** One pool, as the device plugin API has it. Safe for use by several threads. */
final class PluginService extends DevicePluginGrpc.DevicePluginImplBase {
    static final String HEALTHY = "Healthy";
    static final String UNHEALTHY = "Unhealthy";
    private static final String VFIO = "/dev/vfio/vfio";
    private static final String VHOST = "/dev/vhost-net";
    private static final String TUNNEL = "/dev/net/tun";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Preference preference;
    private final Preparation preparation;
    private final Set<ServerCallStreamObserver<ListAndWatchResponse>> watchers = new HashSet<>();
    private volatile Pool pool;
    private Map<String, Offer> offers;

    /** What has to become of functions before a container gets it. */
    @FunctionalInterface
    interface Preparation {
        /**
         * Makes them ready, all of them or none.
         *
         * @return the IOMMU groups by which programs open those that are not given as network devices
         * @throws IOException if one cannot be had: all are as before then
         */
        Map<PciAddress, Integer> prepare(Pool pool, List<Candidate> functions) throws IOException;

        /** Whether somebody has one already, who asks what it needs. */
        default boolean isGiven(PciAddress function) {
            return false;
        }
    }

    PluginService(Pool pool, Preference preference, Map<String, Offer> offers, Preparation preparation) {
        this.pool = pool;
        this.preference = preference;
        this.offers = Map.copyOf(offers);
        this.preparation = preparation;
    }

    /** These it offers from now on; who watches is told if that is something new for him. */
    synchronized void offer(Pool as, Map<String, Offer> now) {
        ListAndWatchResponse before = devices();
        pool = as;
        offers = Map.copyOf(now);
        ListAndWatchResponse news = devices();
        if (news.equals(before)) {
            return;
        }
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
        Pool as = pool;
        AllocateResponse.Builder response = AllocateResponse.newBuilder();
        try {
            Map<PciAddress, Integer> groups = preparation.prepare(as, wanted(request));
            for (ContainerAllocateRequest each : request.getContainerRequestsList()) {
                response.addContainerResponses(response(as, each.getDeviceIdsList(), groups));
            }
        } catch (IOException | UncheckedIOException refused) {
            observer.onError(Status.FAILED_PRECONDITION.withDescription(as.resource() + ": " + refused.getMessage()).asRuntimeException());
            return;
        }
        observer.onNext(response.build());
        observer.onCompleted();
    }

    private synchronized List<Candidate> wanted(AllocateRequest request) throws GrantException {
        List<Candidate> wanted = new ArrayList<>();
        for (String id : request.getContainerRequestsList().stream().flatMap(each -> each.getDeviceIdsList().stream()).toList()) {
            Offer offer = offers.get(id);
            if (offer == null) {
                throw new GrantException("there is no function " + id + " (any more)");
            }
            if (offer.trouble().isPresent() && !preparation.isGiven(offer.candidate().address())) {
                throw new GrantException("function " + id + " cannot be had: " + offer.trouble().get());
            }
            if (wanted.contains(offer.candidate())) {
                throw new GrantException("function " + id + " is asked for twice: a container has its own");
            }
            wanted.add(offer.candidate());
        }
        return wanted;
    }

    private static ContainerAllocateResponse response(Pool pool, List<String> ids, Map<PciAddress, Integer> groups) throws IOException {
        ContainerAllocateResponse.Builder response = ContainerAllocateResponse.newBuilder();
        ObjectNode about = JSON.createObjectNode();
        Set<Integer> opened = new TreeSet<>();
        for (String id : ids) {
            Optional<Integer> group = PciAddress.parse(id).map(groups::get);
            group.ifPresent(opened::add);
            about.set(id, about(pool, id, group));
        }
        response.putEnvs(pool.resource().variable(), String.join(",", ids));
        response.putEnvs(pool.resource().variable() + "_INFO", JSON.writeValueAsString(about));
        if (!opened.isEmpty()) {
            response.addDevices(device(VFIO));
            opened.forEach(group -> response.addDevices(device("/dev/vfio/" + group)));
        }
        if (pool.vhostNet()) {
            response.addDevices(device(VHOST)).addDevices(device(TUNNEL));
        }
        return response.build();
    }

    /** As Kubernetes' plug-in for network cards tells it, whose readers know no other. */
    private static ObjectNode about(Pool pool, String id, Optional<Integer> group) {
        ObjectNode about = JSON.createObjectNode();
        about.putObject("generic").put("deviceID", id);
        group.ifPresent(number -> about.putObject("vfio").put("dev-mount", "/dev/vfio/" + number).put("mount", VFIO));
        if (pool.vhostNet()) {
            about.putObject("vhost").put("net-mount", VHOST).put("tun-mount", TUNNEL);
        }
        Map<String, String> more = new TreeMap<>(pool.additional().getOrDefault("*", Map.of()));
        more.putAll(pool.additional().getOrDefault(id, Map.of()));
        if (!more.isEmpty()) {
            ObjectNode extra = about.putObject("extraInfo");
            more.forEach(extra::put);
        }
        return about;
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
