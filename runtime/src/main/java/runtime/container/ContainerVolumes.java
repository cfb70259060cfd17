package runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What the containers' lifecycle needs of volumes: folders of files that outlive them. */
public interface ContainerVolumes {

    /**
     * Makes the volume if it is not there, and notes that the container has it: until {@link #release} it
     * cannot be removed.
     *
     * @param name empty for a new one, which belongs to no one else
     * @return its name
     * @throws ContainerException with reason INVALID_OPTION for what cannot be a name
     */
    String claim(String containerId, String name) throws ContainerException, IOException;

    /**
     * Gives a volume in which nothing is what the image has at a path; nothing happens if the image has no
     * folder there.
     *
     * @param lowers the image's unpacked layers, topmost first
     */
    void fill(String name, List<Path> lowers, String target) throws IOException;

    /** Notes at the daemon's start what a container has. */
    void adopt(String containerId, Set<String> names);

    /**
     * The container is no more.
     *
     * @param anonymous whether its volumes without a name that nobody else has go with it
     */
    void release(String containerId, boolean anonymous) throws IOException;
}
