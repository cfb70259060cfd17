package runtime.node;

import api.node.DiskUsageResponse;
import api.node.ImageUse;
import api.node.PruneContainersRequest;
import api.node.PruneContainersResponse;
import api.node.VolumeUse;
import java.io.IOException;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.event.PruneFilter;
import runtime.observe.DiskUsage;

/** The calls about space on disk. */
final class DiskCalls {
    private final Containers containers;
    private final DiskUsage disk;
    private final ImageCalls images;
    private final VolumeCalls volumes;

    DiskCalls(Containers containers, DiskUsage disk, ImageCalls images, VolumeCalls volumes) {
        this.containers = containers;
        this.disk = disk;
        this.images = images;
        this.volumes = volumes;
    }

    DiskUsageResponse usage() throws IOException {
        DiskUsage.Report report = disk.measure();
        DiskUsageResponse.Builder response = DiskUsageResponse.newBuilder()
                .setImageBytes(report.imageBytes())
                .setReclaimableImageBytes(report.reclaimableImageBytes())
                .addAllWarnings(report.warnings());
        for (DiskUsage.ImageUse use : report.images()) {
            response.addImages(ImageUse.newBuilder().setImage(images.summary(use.image()))
                    .setSharedBytes(use.sharedBytes()).setUniqueBytes(use.uniqueBytes()));
        }
        for (DiskUsage.ContainerUse use : report.containers()) {
            response.addContainers(ReplyTranslation.summary(use.container(),
                    containers.endpoints(use.container().id()),
                    containers.health(use.container().id())).toBuilder()
                    .setSizeBytes(use.sizeBytes()));
        }
        for (DiskUsage.VolumeUse use : report.volumes()) {
            response.addVolumes(VolumeUse.newBuilder().setName(use.volume().name())
                    .setSizeBytes(use.sizeBytes()).setContainers(use.containers())
                    .setVolume(volumes.reply(use.volume())));
        }
        return response.build();
    }

    /** One that cannot be removed does not keep the others. */
    PruneContainersResponse prune(PruneContainersRequest request) throws InterruptedException {
        PruneFilter filter = EventTranslation.pruneFilter(request.getFiltersList());
        PruneContainersResponse.Builder response = PruneContainersResponse.newBuilder();
        long reclaimed = 0;
        for (ContainerRecord record : containers.list()) {
            if (!isAtRest(record) || !filter.accepts(record.createdAt(), record.labels())) {
                continue;
            }
            try {
                long size = disk.sizeOf(containers.folders(record.id()));
                containers.remove(record.id(), false);
                response.addRemoved(record.id());
                reclaimed += size;
            } catch (ContainerException started) {
                // Somebody has started or removed it since: it is not ours any more.
                if (started.reason() != ContainerException.Reason.RUNNING
                        && started.reason() != ContainerException.Reason.NOT_FOUND) {
                    response.addFailures(started.getMessage());
                }
            } catch (IOException failure) {
                response.addFailures("container " + record.name() + " was not removed: "
                        + failure.getMessage());
            }
        }
        return response.setReclaimedBytes(reclaimed).build();
    }

    private static boolean isAtRest(ContainerRecord record) {
        return switch (record.state()) {
            case CREATED, EXITED, DEAD -> true;
            case RUNNING, PAUSED, RESTARTING, REMOVING -> false;
        };
    }
}
