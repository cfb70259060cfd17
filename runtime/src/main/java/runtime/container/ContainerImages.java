package runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import runtime.image.ImageDefaults;

/** Where containers get their root file systems from: what the lifecycle needs of an image store. */
public interface ContainerImages {

    /**
     * An image that is stored here, with its layers unpacked.
     *
     * @param id           {@code sha256:…} of its config
     * @param defaults     what a container of it runs unless told otherwise
     * @param lowerFolders its unpacked layers, topmost first; nothing removes them while the id is among
     *                     those in use
     */
    record Image(String id, ImageDefaults defaults, List<Path> lowerFolders) {
        public Image {
            lowerFolders = List.copyOf(lowerFolders);
        }
    }

    /**
     * Finds an image and unpacks what is not yet unpacked.
     *
     * @param name reference, id or prefix of an id
     * @throws ContainerException with reason IMAGE_NOT_FOUND or AMBIGUOUS_NAME
     */
    Image open(String name) throws ContainerException, IOException;
}
