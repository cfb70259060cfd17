package runtime.plugin;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.ContainerAllocateRequest;
import api.deviceplugin.ContainerPreferredAllocationRequest;
import api.deviceplugin.DevicePluginGrpc;
import api.deviceplugin.DevicePluginOptions;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.PreStartContainerRequest;
import api.deviceplugin.PreferredAllocationRequest;
import api.deviceplugin.PreferredAllocationResponse;
import api.function.PrepareRequest;
import api.function.Prepared;
import api.function.ReleaseRequest;
import api.function.SweepRequest;
import api.function.SweepResponse;
import api.function.VirtualFunctionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;
import runtime.device.DeviceException;
import runtime.device.PluginDevice;
import runtime.device.ResourceRequest;

/**
 * A plug-in that has registered one kind of device. Whatever it answers, or does not, is told of as a {@link DeviceException}. Safe for use by several
 * threads.
 */
final class PluginClient implements AutoCloseable {
    private static final int FIRST_REPORT_SECONDS = 5;
    private static final int OPTIONS_SECONDS = 5;
    private static final int PREFERENCE_SECONDS = 5;
    private static final int ALLOCATE_SECONDS = 60;
    private static final int PRE_START_SECONDS = 30;

    private final String resource;
    private final Path socket;
    private final ManagedChannel channel;
    private final Journal journal;
    private final CountDownLatch reported = new CountDownLatch(1);
    private volatile List<PluginDevice> devices = List.of();
    /** Why it cannot be asked; empty if it can. */
    private volatile String trouble = "";
    private volatile DevicePluginOptions options = DevicePluginOptions.getDefaultInstance();
    private volatile boolean takesBack;

    PluginClient(String resource, Path socket, ManagedChannel channel, Journal journal) {
        this.resource = resource;
        this.socket = socket;
        this.channel = channel;
        this.journal = journal;
    }

    /**
     * Asks what it wants, and has it tell of its devices from now on.
     *
     * @param living containers that have devices, for a plug-in that takes back what others have
     * @return what such a plug-in did; empty if it is no such plug-in
     * @throws DeviceException if it does not answer
     */
    Optional<SweepResponse> begin(Collection<String> living) throws DeviceException {
        try {
            options = DevicePluginGrpc.newBlockingStub(channel).withDeadlineAfter(OPTIONS_SECONDS, TimeUnit.SECONDS)
                    .getDevicePluginOptions(Empty.getDefaultInstance());
            Optional<SweepResponse> swept = sweep(living);
            takesBack = swept.isPresent();
            DevicePluginGrpc.newStub(channel).listAndWatch(Empty.getDefaultInstance(), new Watcher());
            return swept;
        } catch (StatusRuntimeException refused) {
            throw failed("did not say what it wants", refused);
        }
    }

    private Optional<SweepResponse> sweep(Collection<String> living) {
        try {
            return Optional.of(VirtualFunctionsGrpc.newBlockingStub(channel).withDeadlineAfter(ALLOCATE_SECONDS, TimeUnit.SECONDS)
                    .sweep(SweepRequest.newBuilder().addAllLivingOwners(living).build()));
        } catch (StatusRuntimeException other) {
            if (other.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return Optional.empty();
            }
            throw other;
        }
    }

    private final class Watcher implements StreamObserver<ListAndWatchResponse> {
        @Override
        public void onNext(ListAndWatchResponse response) {
            DeviceReport report = DeviceReport.of(response);
            report.problems().forEach(each -> journal.say("the plug-in of " + resource + " (" + socket + "): " + each));
            devices = report.devices();
            reported.countDown();
        }

        @Override
        public void onError(Throwable lost) {
            end("it is gone: " + Status.fromThrowable(lost).getCode());
        }

        @Override
        public void onCompleted() {
            end("it told of no more devices");
        }
    }

    private void end(String why) {
        if (trouble.isEmpty()) {
            trouble = why;
            journal.say("the plug-in of " + resource + " (" + socket + ") cannot be asked any more until it registers again: " + why);
        }
        reported.countDown();
    }

    String resource() {
        return resource;
    }

    Path socket() {
        return socket;
    }

    /** Why it cannot be asked; empty if it can. */
    String trouble() {
        return trouble;
    }

    /** Whether it wants to be told of a container's end. */
    boolean takesBack() {
        return takesBack;
    }

    ManagedChannel channel() {
        return channel;
    }

    /** What it has; while it cannot be asked nothing of it is healthy. */
    List<PluginDevice> devices() {
        return trouble.isEmpty() ? devices : devices.stream().map(each -> new PluginDevice(each.id(), false, each.numaNodes())).toList();
    }

    /**
     * Waits until it has told for the first time.
     *
     * @throws DeviceException if it does not, or cannot be asked any more
     */
    void awaitReport() throws DeviceException {
        try {
            if (!reported.await(FIRST_REPORT_SECONDS, TimeUnit.SECONDS)) {
                throw new DeviceException("the plug-in of " + resource + " (" + socket + ") has registered, and does not say what it has for "
                        + FIRST_REPORT_SECONDS + " s: see whether it is well, and start it again");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new DeviceException("the daemon ends");
        }
        if (!trouble.isEmpty()) {
            throw new DeviceException("the plug-in of " + resource + " (" + socket + ") cannot be asked: " + trouble + "; start it again");
        }
    }

    /** Which of those that are free it would have given; advice alone, so that no answer is as good as none. */
    List<String> preferred(List<String> free, int count) {
        if (!options.getGetPreferredAllocationAvailable()) {
            return List.of();
        }
        try {
            PreferredAllocationResponse response = DevicePluginGrpc.newBlockingStub(channel).withDeadlineAfter(PREFERENCE_SECONDS, TimeUnit.SECONDS)
                    .getPreferredAllocation(PreferredAllocationRequest.newBuilder().addContainerRequests(ContainerPreferredAllocationRequest
                            .newBuilder().addAllAvailableDeviceIds(free).setAllocationSize(count)).build());
            return response.getContainerResponsesCount() == 1 ? response.getContainerResponses(0).getDeviceIdsList() : List.of();
        } catch (StatusRuntimeException refused) {
            journal.say(failed("prefers none", refused).getMessage());
            return List.of();
        }
    }

    /** What the container needs to use them. */
    AllocateAnswer allocate(List<String> ids) throws DeviceException {
        try {
            return AllocateAnswer.of(DevicePluginGrpc.newBlockingStub(channel).withDeadlineAfter(ALLOCATE_SECONDS, TimeUnit.SECONDS)
                    .allocate(AllocateRequest.newBuilder().addContainerRequests(ContainerAllocateRequest.newBuilder().addAllDeviceIds(ids)).build()));
        } catch (StatusRuntimeException refused) {
            throw failed("does not give " + String.join(", ", ids), refused);
        } catch (DeviceException nonsense) {
            throw new DeviceException("the plug-in of " + resource + " (" + socket + "), asked for " + String.join(", ", ids) + ": " + nonsense.getMessage());
        }
    }

    /** Right before the start, if it wants to know of it. */
    void beforeStart(List<String> ids) throws DeviceException {
        if (!options.getPreStartRequired()) {
            return;
        }
        try {
            DevicePluginGrpc.newBlockingStub(channel).withDeadlineAfter(PRE_START_SECONDS, TimeUnit.SECONDS)
                    .preStartContainer(PreStartContainerRequest.newBuilder().addAllDeviceIds(ids).build());
        } catch (StatusRuntimeException refused) {
            throw failed("does not let a container start with " + String.join(", ", ids), refused);
        }
    }

    /** Makes virtual functions ready; of a plug-in that takes back. */
    List<Prepared> prepare(String owner, long fence, ResourceRequest request, List<String> ids) throws DeviceException {
        try {
            return VirtualFunctionsGrpc.newBlockingStub(channel).withDeadlineAfter(ALLOCATE_SECONDS, TimeUnit.SECONDS)
                    .prepare(PrepareRequest.newBuilder().setOwner(owner).setFence(fence).setResource(resource).addAllFunctions(ids)
                            .setWish(WishMessage.of(request.wish())).build()).getFunctionsList();
        } catch (StatusRuntimeException refused) {
            throw failed("does not make " + String.join(", ", ids) + " ready", refused);
        }
    }

    /** A container is no more. */
    void release(String owner) throws DeviceException {
        try {
            VirtualFunctionsGrpc.newBlockingStub(channel).withDeadlineAfter(ALLOCATE_SECONDS, TimeUnit.SECONDS)
                    .release(ReleaseRequest.newBuilder().setOwner(owner).build());
        } catch (StatusRuntimeException refused) {
            throw failed("does not take back what it gave", refused);
        }
    }

    private DeviceException failed(String what, StatusRuntimeException refused) {
        Status status = refused.getStatus();
        return new DeviceException("the plug-in of " + resource + " (" + socket + ") " + what + ": " + switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "it did not answer in time; see whether it is well, and start it again";
            case UNAVAILABLE -> "it is not there (any more); start it again";
            default -> Optional.ofNullable(status.getDescription()).orElse(status.getCode().toString());
        });
    }

    @Override
    public void close() {
        trouble = trouble.isEmpty() ? "another has taken its place" : trouble;
        channel.shutdownNow();
    }
}
