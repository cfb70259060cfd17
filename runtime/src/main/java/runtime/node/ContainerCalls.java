package runtime.node;

import api.node.ContainerSummary;
import api.node.CreateContainerReply;
import api.node.CreateContainerRequest;
import api.node.CreatedContainer;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.OutputStream;
import api.node.RestartContainerRequest;
import api.node.StopContainerRequest;
import api.node.UpdateContainerRequest;
import api.node.WaitContainerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import runtime.container.ContainerException;
import runtime.container.ContainerImages;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.Containers;
import runtime.container.LogFrame;
import runtime.container.LogQuery;
import runtime.network.Endpoint;
import runtime.observe.DiskUsage;
import runtime.registry.RegistryException;
import runtime.store.StoredImage;

/** The calls about containers that are no sessions. */
final class ContainerCalls {
    private final Containers containers;
    private final ImagePulls pulls;
    private final StoredImages images;
    private final DiskUsage disk;

    ContainerCalls(Containers containers, ImagePulls pulls, StoredImages images,
            DiskUsage disk) {
        this.containers = containers;
        this.pulls = pulls;
        this.images = images;
        this.disk = disk;
    }

    void create(CreateContainerRequest request, ReplyStream<CreateContainerReply> replies)
            throws Exception {
        CreatedContainer created = create(request, new ProgressReplies<>(replies, progress ->
                CreateContainerReply.newBuilder().setProgress(progress).build()), false);
        replies.send(CreateContainerReply.newBuilder().setCreated(created).build());
    }

    /** Pulls the image if need be, and makes the container; {@code starts} if it is started next. */
    CreatedContainer create(CreateContainerRequest request, ProgressReplies<?> progress,
            boolean starts)
            throws ContainerException, RegistryException, java.io.IOException,
            InterruptedException {
        ContainerOptions options = VolumesFrom.options(request, containers);
        StoredImage stored = pulls.ensure(request.getImage(), request.getPullPolicy(),
                request.getPlatform(), request.getAuth(), progress, progress::say);
        ContainerImages.Image image = images.open(stored, progress);
        ContainerRecord record = starts ? containers.createToStart(options, image)
                : containers.create(options, image);
        return CreatedContainer.newBuilder().setId(record.id()).setName(record.name())
                .addAllWarnings(NetworkTranslation.warnings(record.options().network())).build();
    }

    void stop(StopContainerRequest request)
            throws ContainerException, java.io.IOException, InterruptedException {
        containers.stop(request.getContainer(), request.hasTimeoutSeconds()
                ? OptionalInt.of(request.getTimeoutSeconds()) : OptionalInt.empty(),
                request.getSignal());
    }

    /** Stops it if it runs, and starts it again. */
    ContainerRecord restart(RestartContainerRequest request)
            throws ContainerException, java.io.IOException, InterruptedException {
        return containers.restart(request.getContainer(), request.hasTimeoutSeconds()
                ? OptionalInt.of(request.getTimeoutSeconds()) : OptionalInt.empty(),
                request.getSignal());
    }

    ContainerRecord update(UpdateContainerRequest request)
            throws ContainerException, java.io.IOException {
        if (request.getResources().getUlimitsCount() > 0) {
            throw new ContainerException(ContainerException.Reason.UNSUPPORTED,
                    "ulimits belong to a process that has begun and cannot be updated;"
                            + " create the container again");
        }
        return containers.update(request.getContainer(),
                OptionTranslation.limits(request.getResources()), request.getRestart());
    }

    ListContainersResponse list(ListContainersRequest request)
            throws ContainerException, java.io.IOException {
        ContainerFilters filters = new ContainerFilters(request.getFiltersList(), containers);
        boolean all = request.getAll() || request.getLimit() > 0 || filters.namesStates();
        ListContainersResponse.Builder response = ListContainersResponse.newBuilder();
        for (ContainerRecord record : containers.list()) {
            boolean shown = all || record.state().isAlive()
                    || record.state() == ContainerState.RESTARTING;
            if (shown && filters.accept(record)) {
                response.addContainers(summary(record, request.getSize()));
            }
            if (request.getLimit() > 0 && response.getContainersCount() == request.getLimit()) {
                break;
            }
        }
        return response.build();
    }

    private ContainerSummary summary(ContainerRecord record, boolean sized)
            throws java.io.IOException {
        ContainerSummary summary = ReplyTranslation.summary(
                record, endpoints(record), containers.health(record.id()));
        if (!sized) {
            return summary;
        }
        long own = disk.sizeOf(containers.folders(record.id()));
        return summary.toBuilder().setSizeBytes(own)
                .setRootSizeBytes(own + disk.imageBytes(record.imageId())).build();
    }

    InspectContainerResponse inspect(InspectContainerRequest request)
            throws ContainerException, java.io.IOException {
        ContainerRecord record = containers.get(request.getContainer());
        return InspectContainerResponse.newBuilder()
                .setJson(request.getSummaryOnly() ? "" : InspectJson.of(record, containers.folders(record.id()),
                        endpoints(record), containers.health(record.id())))
                .setSummary(summary(record, request.getSize()))
                .setTty(record.options().terminal())
                .setInteractive(record.options().interactive())
                .build();
    }

    private List<Endpoint> endpoints(ContainerRecord record) {
        return record.state().isAlive() ? containers.endpoints(record.id()) : List.of();
    }

    void await(String container, ReplyStream<WaitContainerResponse> replies)
            throws ContainerException, InterruptedException {
        CompletableFuture<ContainerRecord.RunExit> ended = containers.ended(container);
        Thread waiting = Thread.currentThread();
        replies.onGone(waiting::interrupt);
        try {
            replies.send(WaitContainerResponse.newBuilder()
                    .setExit(ReplyTranslation.exit(ended.get())).build());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void logs(LogsRequest request, ReplyStream<LogEntry> replies) throws Exception {
        LogQuery query = new LogQuery(request.getFollow(),
                request.hasTailLines() ? OptionalLong.of(Math.max(0, request.getTailLines()))
                        : OptionalLong.empty(),
                EventTranslation.time(request.getSinceUnixNanos()),
                EventTranslation.time(request.getUntilUnixNanos()), true, true);
        Thread reading = Thread.currentThread();
        replies.onGone(reading::interrupt);
        Map<String, String> details = new TreeMap<>(request.getDetails()
                ? containers.logDetails(request.getContainer()) : Map.of());
        containers.logs(request.getContainer(), query, request.getAwaitStart(), frame -> {
            ReplyTranslation.pieces(frame.payload(), piece -> {
                LogEntry entry = LogEntry.newBuilder()
                        .setUnixNanos(ReplyTranslation.nanos(frame.at()))
                        .setStream(frame.stream() == LogFrame.Stream.STDOUT
                                ? OutputStream.STDOUT : OutputStream.STDERR)
                        .setData(piece).putAllDetails(details).build();
                details.clear();
                replies.send(entry);
            });
            return !replies.isGone();
        });
    }

}
