package runtime.store;

import java.time.Instant;
import java.util.List;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;
import runtime.image.Manifest;
import runtime.image.Reference;

/**
 * An image in the store.
 *
 * @param id         digest of the configuration
 * @param names      all of its names, in their order; none for an image whose name another took
 * @param descriptor of its manifest
 * @param sizeBytes  length of its blobs, layers as they are stored
 * @param created    the epoch if the image does not say
 */
public record StoredImage(Digest id, List<Reference> names, Descriptor descriptor,
                          Manifest manifest, ImageConfig config, long sizeBytes,
                          Instant created) {
    public StoredImage {
        names = List.copyOf(names);
    }
}
