package runtime.node;

import api.node.Chunk;
import api.node.CreateVolumeRequest;
import api.node.CreateVolumeResponse;
import api.node.ExportVolumeRequest;
import api.node.Filter;
import api.node.ImportVolumeOptions;
import api.node.ImportVolumeResponse;
import api.node.InspectVolumeResponse;
import api.node.ListVolumesRequest;
import api.node.ListVolumesResponse;
import api.node.PruneVolumesRequest;
import api.node.PruneVolumesResponse;
import api.node.Reason;
import api.node.RemoveVolumeRequest;
import api.node.RemoveVolumeResponse;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import runtime.container.ContainerException;
import runtime.container.Containers;
import runtime.files.Unpacked;
import runtime.store.Decompression;
import runtime.event.Event;
import runtime.event.EventSink;
import runtime.volume.Volume;
import runtime.volume.VolumeException;
import runtime.volume.VolumeStore;

/** The calls about volumes. */
final class VolumeCalls {
    private final VolumeStore store;
    private final Containers containers;

    private final EventSink events;

    VolumeCalls(VolumeStore store, Containers containers, EventSink events) {
        this.events = events;
        this.store = store;
        this.containers = containers;
    }

    CreateVolumeResponse create(CreateVolumeRequest request) throws Exception {
        Volume volume = store.create(request.getName(), request.getLabelsMap());
        tell("create", volume.name());
        return CreateVolumeResponse.newBuilder().setVolume(reply(volume)).build();
    }

    private void tell(String action, String name) {
        events.tell(Event.Type.VOLUME, action, name, Map.of("name", name, "driver", "local"));
    }

    /** What every call tells of a volume. */
    api.node.Volume reply(Volume volume) {
        return api.node.Volume.newBuilder().setName(volume.name())
                .setMountpoint(volume.files().toString()).putAllLabels(volume.labels())
                .setCreatedUnixNanos(ReplyTranslation.nanos(volume.createdAt()))
                .setAnonymous(volume.anonymous())
                .addAllContainers(names(List.copyOf(store.holders(volume.name())))).build();
    }

    private List<String> names(List<String> containerIds) {
        List<String> names = new ArrayList<>();
        for (String id : containerIds) {
            try {
                names.add(containers.get(id).name());
            } catch (ContainerException beingMade) {
                names.add(id.substring(0, 12));
            }
        }
        names.sort(null);
        return names;
    }

    ListVolumesResponse list(ListVolumesRequest request) {
        ListVolumesResponse.Builder response = ListVolumesResponse.newBuilder();
        VolumeFilters filters = new VolumeFilters(request.getFiltersList());
        for (Volume volume : store.list()) {
            if (filters.accept(volume, !store.holders(volume.name()).isEmpty())) {
                response.addVolumes(reply(volume));
            }
        }
        return response.build();
    }

    InspectVolumeResponse inspect(String name) throws VolumeException {
        return InspectVolumeResponse.newBuilder().setVolume(reply(found(name))).build();
    }

    private Volume found(String name) throws VolumeException {
        try {
            return store.get(name);
        } catch (VolumeException absent) {
            throw failure(absent);
        }
    }

    private io.grpc.StatusRuntimeException failure(VolumeException failure) {
        return switch (failure.reason()) {
            case NOT_FOUND -> Failures.of(Reason.VOLUME_NOT_FOUND, failure.getMessage()
                    + "; `jctl volume ls` lists them", OptionalInt.empty());
            case IN_USE -> Failures.of(Reason.VOLUME_IN_USE, failure.getMessage()
                    + " by container " + String.join(", ", names(failure.containerIds()))
                    + "; remove that first", OptionalInt.empty());
        };
    }

    RemoveVolumeResponse remove(RemoveVolumeRequest request) throws Exception {
        try {
            store.remove(request.getVolume());
            tell("destroy", request.getVolume());
        } catch (VolumeException refused) {
            if (refused.reason() != VolumeException.Reason.NOT_FOUND || !request.getForce()) {
                throw failure(refused);
            }
        }
        return RemoveVolumeResponse.getDefaultInstance();
    }

    PruneVolumesResponse prune(PruneVolumesRequest request) throws Exception {
        for (Filter filter : request.getFiltersList()) {
            if (!filter.getKey().equals("label") && !filter.getKey().equals("label!")) {
                throw Failures.of(Reason.INVALID_OPTION, "volume prune has no filter '"
                        + filter.getKey() + "'; there are label and label!", OptionalInt.empty());
            }
        }
        VolumeFilters filters = new VolumeFilters(request.getFiltersList());
        PruneVolumesResponse.Builder response = PruneVolumesResponse.newBuilder();
        long freed = 0;
        for (Volume volume : store.list()) {
            if (!request.getAll() && !volume.anonymous() || !filters.accept(volume, false)) {
                continue;
            }
            try {
                freed += store.remove(volume.name());
                tell("destroy", volume.name());
                response.addRemoved(volume.name());
            } catch (VolumeException takenOrGone) {
                continue;
            }
        }
        return response.setReclaimedBytes(freed).build();
    }

    void export(ExportVolumeRequest request, ReplyStream<Chunk> replies) throws Exception {
        found(request.getVolume());
        try (OutputStream out = ChunkStream.buffered(replies)) {
            store.export(request.getVolume(), out);
        }
    }

    void add(ImportVolumeOptions options, InputStream data,
            ReplyStream<ImportVolumeResponse> replies) throws Exception {
        found(options.getVolume());
        try (InputStream tar = Decompression.open(data)) {
            Unpacked result = store.add(options.getVolume(), tar);
            replies.send(ImportVolumeResponse.newBuilder()
                    .setContentBytes(result.contentBytes())
                    .addAllWarnings(result.skipped()).build());
        }
    }
}
