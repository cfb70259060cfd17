package runtime.registry;

import java.util.Optional;
import runtime.image.Descriptor;
import runtime.image.Manifest;

/**
 * What a pull stored. All of it is in the blob store: the index if there was one, the manifest,
 * the configuration and the layers.
 *
 * @param descriptor of the manifest of the image for the wanted platform
 * @param content the manifest itself
 * @param index what the name pointed to, if that was an index; its digest is the one that people
 *         pin ({@code name@sha256:…})
 */
public record PulledManifest(
        Descriptor descriptor, Manifest content, Optional<Descriptor> index) {

    /** What the name pointed to: the index, or the manifest itself. */
    public Descriptor root() {
        return index.orElse(descriptor);
    }
}
