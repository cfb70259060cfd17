package runtime.node;

import api.function.DivideRequest;
import api.function.DivideResponse;
import api.function.ListRequest;
import api.function.ListResponse;
import api.function.ResetRequest;
import api.function.ResetResponse;
import api.node.CdiDevice;
import api.node.Chunk;
import api.node.CommitContainerRequest;
import api.node.CommitContainerResponse;
import api.node.ConnectNetworkRequest;
import api.node.ConnectNetworkResponse;
import api.node.CopyFromContainerRequest;
import api.node.CopyToContainerRequest;
import api.node.CopyToContainerResponse;
import api.node.CopyToOptions;
import api.node.CreateContainerReply;
import api.node.CreateContainerRequest;
import api.node.CreateNetworkRequest;
import api.node.CreateNetworkResponse;
import api.node.CreateVolumeRequest;
import api.node.CreateVolumeResponse;
import api.node.DiffContainerReply;
import api.node.DiffContainerRequest;
import api.node.DisconnectNetworkRequest;
import api.node.DisconnectNetworkResponse;
import api.node.DiskUsageRequest;
import api.node.DiskUsageResponse;
import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.ExamineNetworksRequest;
import api.node.ExamineNetworksResponse;
import api.node.ExplainRequest;
import api.node.ExplainResponse;
import api.node.ExportContainerRequest;
import api.node.ExportVolumeRequest;
import api.node.HistoryImageRequest;
import api.node.HistoryImageResponse;
import api.node.ImageFromHostRequest;
import api.node.ImageReply;
import api.node.ImportImageRequest;
import api.node.ImportOptions;
import api.node.ImportVolumeOptions;
import api.node.ImportVolumeRequest;
import api.node.ImportVolumeResponse;
import api.node.InfoRequest;
import api.node.InfoResponse;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.InspectImageRequest;
import api.node.InspectImageResponse;
import api.node.InspectNetworkRequest;
import api.node.InspectNetworkResponse;
import api.node.InspectVolumeRequest;
import api.node.InspectVolumeResponse;
import api.node.KillContainerRequest;
import api.node.KillContainerResponse;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import api.node.ListDevicesRequest;
import api.node.ListDevicesResponse;
import api.node.ListImagesRequest;
import api.node.ListImagesResponse;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.ListResourcesRequest;
import api.node.ListResourcesResponse;
import api.node.ListVolumesRequest;
import api.node.ListVolumesResponse;
import api.node.LoadImageRequest;
import api.node.LoadOptions;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.NetworkFlowsRequest;
import api.node.NetworkFlowsResponse;
import api.node.NodeGrpc;
import api.node.PauseContainerRequest;
import api.node.PauseContainerResponse;
import api.node.PruneContainersRequest;
import api.node.PruneContainersResponse;
import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import api.node.PruneNetworksRequest;
import api.node.PruneNetworksResponse;
import api.node.PruneVolumesRequest;
import api.node.PruneVolumesResponse;
import api.node.PullImageRequest;
import api.node.PushImageRequest;
import api.node.RemoveContainerRequest;
import api.node.RemoveContainerResponse;
import api.node.RemoveImageRequest;
import api.node.RemoveImageResponse;
import api.node.RemoveNetworkRequest;
import api.node.RemoveNetworkResponse;
import api.node.RemoveVolumeRequest;
import api.node.RemoveVolumeResponse;
import api.node.RenameContainerRequest;
import api.node.RenameContainerResponse;
import api.node.RestartContainerRequest;
import api.node.RestartContainerResponse;
import api.node.SaveImageRequest;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.StartContainerRequest;
import api.node.StartContainerResponse;
import api.node.StatContainerPathRequest;
import api.node.StatContainerPathResponse;
import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import api.node.StopContainerRequest;
import api.node.StopContainerResponse;
import api.node.TagImageRequest;
import api.node.TagImageResponse;
import api.node.TopContainerRequest;
import api.node.TopContainerResponse;
import api.node.TraceNetworkRequest;
import api.node.TraceNetworkResponse;
import api.node.UnpauseContainerRequest;
import api.node.UnpauseContainerResponse;
import api.node.UpdateContainerRequest;
import api.node.UpdateContainerResponse;
import api.node.VersionRequest;
import api.node.VersionResponse;
import api.node.WaitContainerRequest;
import api.node.WaitContainerResponse;
import io.grpc.stub.StreamObserver;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.container.Journal;
import runtime.device.CdiRegistry;

/** The calls of {@code node.proto}: each is handed to a thread and to the class that knows about it. */
final class NodeService extends NodeGrpc.NodeImplBase {
    private final Calls calls;
    private final Journal journal;
    private final Containers containers;
    private final ContainerCalls containerCalls;
    private final ImageCalls imageCalls;
    private final NetworkCalls networkCalls;
    private final DaemonFacts facts;
    private final FileCalls fileCalls;
    private final CommitCall commitCall;
    private final VolumeCalls volumeCalls;
    private final ObservationCalls observation;
    private final DiskCalls diskCalls;
    private final ResourceCalls resourceCalls;

    NodeService(Journal journal, DiskGuard guard, Containers containers, ContainerCalls containerCalls,
            ImageCalls imageCalls, NetworkCalls networkCalls, FileCalls fileCalls,
            CommitCall commitCall,
            VolumeCalls volumeCalls, DaemonFacts facts, ObservationCalls observation,
            DiskCalls diskCalls, ResourceCalls resourceCalls) {
        this.calls = new Calls(journal, guard);
        this.journal = journal;
        this.containers = containers;
        this.containerCalls = containerCalls;
        this.imageCalls = imageCalls;
        this.networkCalls = networkCalls;
        this.fileCalls = fileCalls;
        this.commitCall = commitCall;
        this.volumeCalls = volumeCalls;
        this.facts = facts;
        this.observation = observation;
        this.diskCalls = diskCalls;
        this.resourceCalls = resourceCalls;
    }

    @Override
    public void version(VersionRequest request, StreamObserver<VersionResponse> observer) {
        calls.unary("Version", observer, facts::version);
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> observer) {
        calls.unary("Info", observer, facts::info);
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
        calls.unary("Explain", observer,
                () -> Explanation.of(containers, request.getContainer()));
    }

    @Override
    public void createContainer(CreateContainerRequest request,
            StreamObserver<CreateContainerReply> observer) {
        calls.streaming("CreateContainer", observer,
                replies -> containerCalls.create(request, replies));
    }

    @Override
    public void startContainer(StartContainerRequest request,
            StreamObserver<StartContainerResponse> observer) {
        calls.unary("StartContainer", observer, () -> {
            ContainerRecord record = containers.start(request.getContainer());
            return StartContainerResponse.newBuilder().setId(record.id())
                    .setPid(record.run().map(ContainerRecord.Run::pid).orElse(0)).build();
        });
    }

    @Override
    public void stopContainer(StopContainerRequest request,
            StreamObserver<StopContainerResponse> observer) {
        calls.unary("StopContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containerCalls.stop(request);
            return StopContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void killContainer(KillContainerRequest request,
            StreamObserver<KillContainerResponse> observer) {
        calls.unary("KillContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containers.kill(request.getContainer(), request.getSignal());
            return KillContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void restartContainer(RestartContainerRequest request,
            StreamObserver<RestartContainerResponse> observer) {
        calls.unary("RestartContainer", observer, () -> {
            ContainerRecord record = containerCalls.restart(request);
            return RestartContainerResponse.newBuilder().setId(record.id())
                    .setPid(record.run().map(ContainerRecord.Run::pid).orElse(0)).build();
        });
    }

    @Override
    public void pauseContainer(PauseContainerRequest request,
            StreamObserver<PauseContainerResponse> observer) {
        calls.unary("PauseContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containers.pause(id);
            return PauseContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void unpauseContainer(UnpauseContainerRequest request,
            StreamObserver<UnpauseContainerResponse> observer) {
        calls.unary("UnpauseContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containers.unpause(id);
            return UnpauseContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void renameContainer(RenameContainerRequest request,
            StreamObserver<RenameContainerResponse> observer) {
        calls.unary("RenameContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containers.rename(id, request.getNewName());
            return RenameContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void updateContainer(UpdateContainerRequest request,
            StreamObserver<UpdateContainerResponse> observer) {
        calls.unary("UpdateContainer", observer, () -> UpdateContainerResponse.newBuilder()
                .setId(containerCalls.update(request).id()).build());
    }

    @Override
    public void removeContainer(RemoveContainerRequest request,
            StreamObserver<RemoveContainerResponse> observer) {
        calls.unary("RemoveContainer", observer, () -> {
            String id = containers.get(request.getContainer()).id();
            containers.remove(request.getContainer(), request.getForce(),
                    request.getVolumes());
            return RemoveContainerResponse.newBuilder().setId(id).build();
        });
    }

    @Override
    public void listContainers(ListContainersRequest request,
            StreamObserver<ListContainersResponse> observer) {
        calls.unary("ListContainers", observer, () -> containerCalls.list(request));
    }

    @Override
    public void inspectContainer(InspectContainerRequest request,
            StreamObserver<InspectContainerResponse> observer) {
        calls.unary("InspectContainer", observer, () -> containerCalls.inspect(request));
    }

    @Override
    public void waitContainer(WaitContainerRequest request,
            StreamObserver<WaitContainerResponse> observer) {
        calls.streaming("WaitContainer", observer,
                replies -> containerCalls.await(request.getContainer(), replies));
    }

    @Override
    public void logs(LogsRequest request, StreamObserver<LogEntry> observer) {
        calls.streaming("Logs", observer, replies -> containerCalls.logs(request, replies));
    }

    @Override
    public StreamObserver<SessionRequest> run(StreamObserver<SessionReply> observer) {
        return session(SessionRequest.KindCase.RUN, observer);
    }

    @Override
    public StreamObserver<SessionRequest> attach(StreamObserver<SessionReply> observer) {
        return session(SessionRequest.KindCase.ATTACH, observer);
    }

    @Override
    public StreamObserver<SessionRequest> exec(StreamObserver<SessionReply> observer) {
        return session(SessionRequest.KindCase.EXEC, observer);
    }

    private SessionCall session(SessionRequest.KindCase kind,
            StreamObserver<SessionReply> observer) {
        return new SessionCall(containers, containerCalls, calls, journal, kind, observer);
    }

    @Override
    public void pullImage(PullImageRequest request, StreamObserver<ImageReply> observer) {
        calls.streaming("PullImage", observer, replies -> imageCalls.pull(request, replies));
    }

    @Override
    public void pushImage(PushImageRequest request, StreamObserver<ImageReply> observer) {
        calls.streaming("PushImage", observer, replies -> imageCalls.push(request, replies));
    }

    @Override
    public StreamObserver<LoadImageRequest> loadImage(StreamObserver<ImageReply> observer) {
        return new UploadCall<>(calls, "LoadImage", new UploadCall.Shape<>(
                request -> request.hasOptions() ? request.getOptions() : null,
                (LoadOptions options) -> options.hasPath() ? options.getPath() : null,
                LoadImageRequest::getData), observer,
                (options, data, replies) -> imageCalls.load(data, replies));
    }

    @Override
    public StreamObserver<ImportImageRequest> importImage(StreamObserver<ImageReply> observer) {
        return new UploadCall<>(calls, "ImportImage", new UploadCall.Shape<>(
                request -> request.hasOptions() ? request.getOptions() : null,
                (ImportOptions options) -> options.hasPath() ? options.getPath() : null,
                ImportImageRequest::getData), observer, imageCalls::importTar);
    }

    @Override
    public void saveImage(SaveImageRequest request, StreamObserver<Chunk> observer) {
        calls.streaming("SaveImage", observer, replies -> imageCalls.save(request, replies));
    }

    @Override
    public void imageFromHost(ImageFromHostRequest request, StreamObserver<ImageReply> observer) {
        calls.streaming("ImageFromHost", observer,
                replies -> imageCalls.fromHost(request, replies));
    }

    @Override
    public void listImages(ListImagesRequest request,
            StreamObserver<ListImagesResponse> observer) {
        calls.unary("ListImages", observer, () -> imageCalls.list(request));
    }

    @Override
    public void inspectImage(InspectImageRequest request,
            StreamObserver<InspectImageResponse> observer) {
        calls.unary("InspectImage", observer, () -> imageCalls.inspect(request.getImage()));
    }

    @Override
    public void removeImage(RemoveImageRequest request,
            StreamObserver<RemoveImageResponse> observer) {
        calls.unary("RemoveImage", observer, () -> imageCalls.remove(request));
    }

    @Override
    public void tagImage(TagImageRequest request, StreamObserver<TagImageResponse> observer) {
        calls.unary("TagImage", observer, () -> {
            imageCalls.tag(request);
            return TagImageResponse.getDefaultInstance();
        });
    }

    @Override
    public void historyImage(HistoryImageRequest request,
            StreamObserver<HistoryImageResponse> observer) {
        calls.unary("HistoryImage", observer, () -> imageCalls.history(request.getImage()));
    }

    @Override
    public void pruneImages(PruneImagesRequest request,
            StreamObserver<PruneImagesResponse> observer) {
        calls.unary("PruneImages", observer, () -> imageCalls.prune(request));
    }

    @Override
    public void createNetwork(CreateNetworkRequest request,
            StreamObserver<CreateNetworkResponse> observer) {
        calls.unary("CreateNetwork", observer, () -> networkCalls.create(request));
    }

    @Override
    public void listNetworks(ListNetworksRequest request,
            StreamObserver<ListNetworksResponse> observer) {
        calls.unary("ListNetworks", observer, () -> networkCalls.list(request));
    }

    @Override
    public void inspectNetwork(InspectNetworkRequest request,
            StreamObserver<InspectNetworkResponse> observer) {
        calls.unary("InspectNetwork", observer, () -> networkCalls.inspect(request));
    }

    @Override
    public void removeNetwork(RemoveNetworkRequest request,
            StreamObserver<RemoveNetworkResponse> observer) {
        calls.unary("RemoveNetwork", observer, () -> networkCalls.remove(request));
    }

    @Override
    public void connectNetwork(ConnectNetworkRequest request,
            StreamObserver<ConnectNetworkResponse> observer) {
        calls.unary("ConnectNetwork", observer, () -> networkCalls.connect(request));
    }

    @Override
    public void disconnectNetwork(DisconnectNetworkRequest request,
            StreamObserver<DisconnectNetworkResponse> observer) {
        calls.unary("DisconnectNetwork", observer, () -> networkCalls.disconnect(request));
    }

    @Override
    public void pruneNetworks(PruneNetworksRequest request,
            StreamObserver<PruneNetworksResponse> observer) {
        calls.unary("PruneNetworks", observer, () -> networkCalls.prune(request));
    }

    @Override
    public void networkFlows(NetworkFlowsRequest request, StreamObserver<NetworkFlowsResponse> observer) {
        calls.unary("NetworkFlows", observer, () -> networkCalls.flows(request));
    }

    @Override
    public void traceNetwork(TraceNetworkRequest request, StreamObserver<TraceNetworkResponse> observer) {
        calls.unary("TraceNetwork", observer, () -> networkCalls.trace(request));
    }

    @Override
    public void examineNetworks(ExamineNetworksRequest request, StreamObserver<ExamineNetworksResponse> observer) {
        calls.unary("ExamineNetworks", observer, () -> networkCalls.examine(request));
    }

    // ---- a container's files ----

    @Override
    public void statContainerPath(StatContainerPathRequest request,
            StreamObserver<StatContainerPathResponse> observer) {
        calls.unary("StatContainerPath", observer, () -> fileCalls.stat(request));
    }

    @Override
    public void copyFromContainer(CopyFromContainerRequest request,
            StreamObserver<Chunk> observer) {
        calls.streaming("CopyFromContainer", observer,
                replies -> fileCalls.copyFrom(request, replies));
    }

    @Override
    public StreamObserver<CopyToContainerRequest> copyToContainer(
            StreamObserver<CopyToContainerResponse> observer) {
        return new UploadCall<>(calls, "CopyToContainer", new UploadCall.Shape<>(
                request -> request.hasOptions() ? request.getOptions() : null,
                (CopyToOptions options) -> null,
                CopyToContainerRequest::getData), observer, fileCalls::copyTo);
    }

    @Override
    public void diffContainer(DiffContainerRequest request,
            StreamObserver<DiffContainerReply> observer) {
        calls.streaming("DiffContainer", observer,
                replies -> fileCalls.diff(request.getContainer(), replies));
    }

    @Override
    public void exportContainer(ExportContainerRequest request, StreamObserver<Chunk> observer) {
        calls.streaming("ExportContainer", observer,
                replies -> fileCalls.export(request, replies));
    }

    @Override
    public void commitContainer(CommitContainerRequest request,
            StreamObserver<CommitContainerResponse> observer) {
        calls.unary("CommitContainer", observer, () -> commitCall.commit(request));
    }

    // ---- volumes ----

    @Override
    public void createVolume(CreateVolumeRequest request,
            StreamObserver<CreateVolumeResponse> observer) {
        calls.unary("CreateVolume", observer, () -> volumeCalls.create(request));
    }

    @Override
    public void listVolumes(ListVolumesRequest request,
            StreamObserver<ListVolumesResponse> observer) {
        calls.unary("ListVolumes", observer, () -> volumeCalls.list(request));
    }

    @Override
    public void inspectVolume(InspectVolumeRequest request,
            StreamObserver<InspectVolumeResponse> observer) {
        calls.unary("InspectVolume", observer, () -> volumeCalls.inspect(request.getVolume()));
    }

    @Override
    public void removeVolume(RemoveVolumeRequest request,
            StreamObserver<RemoveVolumeResponse> observer) {
        calls.unary("RemoveVolume", observer, () -> volumeCalls.remove(request));
    }

    @Override
    public void pruneVolumes(PruneVolumesRequest request,
            StreamObserver<PruneVolumesResponse> observer) {
        calls.unary("PruneVolumes", observer, () -> volumeCalls.prune(request));
    }

    @Override
    public void exportVolume(ExportVolumeRequest request, StreamObserver<Chunk> observer) {
        calls.streaming("ExportVolume", observer,
                replies -> volumeCalls.export(request, replies));
    }

    @Override
    public StreamObserver<ImportVolumeRequest> importVolume(
            StreamObserver<ImportVolumeResponse> observer) {
        return new UploadCall<>(calls, "ImportVolume", new UploadCall.Shape<>(
                request -> request.hasOptions() ? request.getOptions() : null,
                (ImportVolumeOptions options) -> null,
                ImportVolumeRequest::getData), observer, volumeCalls::add);
    }

    // ---- observation ----

    @Override
    public void statsContainers(StatsContainersRequest request,
            StreamObserver<StatsContainersReply> observer) {
        calls.streaming("StatsContainers", observer,
                replies -> observation.stats(request, replies));
    }

    @Override
    public void topContainer(TopContainerRequest request,
            StreamObserver<TopContainerResponse> observer) {
        calls.unary("TopContainer", observer, () -> observation.top(request));
    }

    @Override
    public void events(EventsRequest request, StreamObserver<EventsReply> observer) {
        calls.streaming("Events", observer, replies -> observation.events(request, replies));
    }

    @Override
    public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> observer) {
        calls.unary("DiskUsage", observer, diskCalls::usage);
    }

    @Override
    public void pruneContainers(PruneContainersRequest request,
            StreamObserver<PruneContainersResponse> observer) {
        calls.unary("PruneContainers", observer, () -> diskCalls.prune(request));
    }

    // ---- devices ----

    @Override
    public void listDevices(ListDevicesRequest request,
            StreamObserver<ListDevicesResponse> observer) {
        calls.unary("ListDevices", observer, () -> {
            CdiRegistry registry = containers.devices();
            ListDevicesResponse.Builder response = ListDevicesResponse.newBuilder()
                    .addAllProblems(registry.problems()).addAllFolders(registry.folders());
            registry.devices().forEach(known -> response.addDevices(CdiDevice.newBuilder()
                    .setName(known.name().toString()).setFile(known.spec().file())));
            return response.build();
        });
    }

    @Override
    public void listResources(ListResourcesRequest request, StreamObserver<ListResourcesResponse> observer) {
        calls.unary("ListResources", observer, resourceCalls::list);
    }

    @Override
    public void listVirtualFunctions(ListRequest request, StreamObserver<ListResponse> observer) {
        calls.unary("ListVirtualFunctions", observer, () -> resourceCalls.functions(request));
    }

    @Override
    public void divideFunction(DivideRequest request, StreamObserver<DivideResponse> observer) {
        calls.unary("DivideFunction", observer, () -> resourceCalls.divide(request));
    }

    @Override
    public void resetFunction(ResetRequest request, StreamObserver<ResetResponse> observer) {
        calls.unary("ResetFunction", observer, () -> resourceCalls.reset(request));
    }
}
