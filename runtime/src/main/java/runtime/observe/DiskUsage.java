package runtime.observe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import runtime.container.ContainerFolders;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.image.Descriptor;
import runtime.store.ImageStore;
import runtime.store.StoredImage;
import runtime.volume.Volume;

/** What images, containers and volumes take on disk. */
public final class DiskUsage {
    private final Containers containers;
    private final ImageStore images;
    private final VolumeSizes volumes;

    /** Named folders of containers, as {@code system df} counts them. */
    @FunctionalInterface
    public interface VolumeSizes {
        /** Every volume. */
        List<VolumeUse> list() throws IOException;
    }

    /**
     * A volume.
     *
     * @param containers how many have it
     */
    public record VolumeUse(Volume volume, int containers, long sizeBytes) {}

    /**
     * An image.
     *
     * @param sharedBytes of its content what other images have, too
     * @param containers  how many use it
     */
    public record ImageUse(StoredImage image, long sharedBytes, long uniqueBytes,
            int containers) {}

    /** A container and the files that are its own. */
    public record ContainerUse(ContainerRecord container, long sizeBytes) {}

    /**
     * All of it.
     *
     * @param imageBytes            of all images' content, each piece once
     * @param reclaimableImageBytes of it what no container's image has
     * @param warnings              what could not be measured, a sentence each
     */
    public record Report(List<ImageUse> images, long imageBytes, long reclaimableImageBytes,
            List<ContainerUse> containers, List<VolumeUse> volumes, List<String> warnings) {}

    public DiskUsage(Containers containers, ImageStore images, VolumeSizes volumes) {
        this.containers = containers;
        this.images = images;
        this.volumes = volumes;
    }

    /** Measures everything; takes as long as looking at each container's files takes. */
    public Report measure() throws IOException {
        List<String> warnings = new ArrayList<>();
        Map<String, Integer> users = new HashMap<>();
        List<ContainerUse> containerUses = new ArrayList<>();
        for (ContainerRecord record : containers.list()) {
            users.merge(record.imageId(), 1, Integer::sum);
            TreeSize.Result size = TreeSize.of(containers.folders(record.id()).upper());
            if (!size.complete()) {
                warnings.add("container " + record.name() + " has folders too deep to be counted");
            }
            containerUses.add(new ContainerUse(record, size.bytes()));
        }
        List<StoredImage> stored = images.list();
        ImageShares shares = ImageShares.of(stored.stream().map(image -> new ImageShares.Content(
                pieces(image), users.containsKey(image.id().toString()))).toList());
        List<ImageUse> imageUses = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            ImageShares.Share share = shares.shares().get(i);
            imageUses.add(new ImageUse(stored.get(i), share.sharedBytes(), share.uniqueBytes(),
                    users.getOrDefault(stored.get(i).id().toString(), 0)));
        }
        return new Report(imageUses, shares.totalBytes(), shares.reclaimableBytes(),
                containerUses, volumes.list(), warnings);
    }

    private static Map<String, Long> pieces(StoredImage image) {
        Map<String, Long> pieces = new HashMap<>();
        for (Descriptor layer : image.manifest().layers()) {
            pieces.put(layer.digest().toString(), layer.sizeBytes());
        }
        pieces.put(image.id().toString(), image.manifest().config().sizeBytes());
        return pieces;
    }

    /** The bytes of all files below a folder. */
    public static long sizeOf(java.nio.file.Path folder) throws IOException {
        return TreeSize.of(folder).bytes();
    }

    /** The bytes of a container's own files. */
    public long sizeOf(ContainerFolders container) throws IOException {
        return TreeSize.of(container.upper()).bytes();
    }

    /** The bytes of an image; 0 if it is not stored any more. */
    public long imageBytes(String imageId) throws IOException {
        return images.find(imageId).map(StoredImage::sizeBytes).orElse(0L);
    }
}
