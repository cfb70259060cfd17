package clusterd.executor;

import api.node.ContainerSummary;
import api.node.ListContainersRequest;
import api.node.NodeGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import runtime.node.Node;
import runtime.node.NodeFolders;
import runtime.registry.RegistrySettings;

/** A daemon of this machine in folders of its own, with the image {@code host} and without a network. */
final class LocalNode implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

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
        containers = new NodeContainers(node.inside(), node.lease(), journal::add);
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

    /** The daemon ends, and then the processes of containers and those that watch them, unseen: a power cut. */
    void goDown() throws Exception {
        List<ProcessHandle> processes = new ArrayList<>();
        for (ContainerSummary each : NodeGrpc.newBlockingStub(node.inside())
                .listContainers(ListContainersRequest.getDefaultInstance()).getContainersList()) {
            ProcessHandle program = ProcessHandle.of(each.getPid()).orElseThrow();
            processes.add(program.parent().orElseThrow());
            processes.add(program);
        }
        node.close();
        for (ProcessHandle each : processes) {
            each.destroyForcibly();
            each.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** After {@link #goDown}. */
    void comeUp() throws IOException {
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
