package runtime.store;

import java.nio.file.Path;
import java.util.List;
import runtime.image.ImageConfig;

/**
 * The unpacked layers of an image, ready to be the lower directories of an overlay mount.
 *
 * @param lowerDirectoriesTopFirst in the order of overlayfs' {@code lowerdir}; read only, shared with
 *                                 other containers, owned by the user ids of the archive
 */
public record RootFilesystem(List<Path> lowerDirectoriesTopFirst, ImageConfig config) {
    public RootFilesystem {
        lowerDirectoriesTopFirst = List.copyOf(lowerDirectoriesTopFirst);
    }
}
