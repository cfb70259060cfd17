package clusterd.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import runtime.node.Node;
import runtime.node.NodeFolders;
import runtime.registry.RegistrySettings;

/** A daemon of this machine in folders of its own, with the image {@code host} and without a network. */
final class LocalNode implements AutoCloseable {
    private final NodeFolders folders;
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private Node node;
    private NodeContainers containers;

    LocalNode(Path folder) throws IOException {
        folders = new NodeFolders(folder.resolve("data"), folder.resolve("run"));
        open();
    }

    private void open() throws IOException {
        node = Node.start(new Node.Settings("0.0", folders, RegistrySettings.standard(), true),
                new NoNetwork(), journal::add);
        containers = new NodeContainers(node.inside());
    }

    Node node() {
        return node;
    }

    NodeContainers containers() {
        return containers;
    }

    /** Another daemon follows; containers go on. */
    void restart() throws IOException {
        node.close();
        open();
    }

    /** Removes the containers of tasks, and ends. */
    @Override
    public void close() throws IOException {
        try {
            for (ContainerSeen each : containers.list()) {
                containers.remove(each.id());
            }
        } catch (ContainersException | InterruptedException stays) {
            throw new IOException("containers are left behind", stays);
        } finally {
            node.close();
        }
        // JUnit would warn of each link that leads out of an image's layer.
        try (Stream<Path> layers = Files.walk(folders.data().resolve("layers"))) {
            for (Path each : layers.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
        if (Files.exists(Path.of("/sys/fs/cgroup/memory" + folders.cgroupParent()))) {
            throw new IOException("cgroups are left behind: " + folders.cgroupParent() + " " + journal);
        }
    }
}
