package runtime.node;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import runtime.container.ContainerFiles;
import runtime.container.ContainerNetwork;
import runtime.container.Containers;
import runtime.container.FolderLock;
import runtime.container.HostCgroups;
import runtime.container.Delays;
import runtime.container.HostPlans;
import runtime.container.Journal;
import runtime.container.Surroundings;
import runtime.container.WatchServiceFollower;
import runtime.launch.KeeperLauncher;
import runtime.registry.RegistryClient;
import runtime.registry.RegistrySettings;
import runtime.store.ImageStore;
import runtime.volume.VolumeStore;

/** A node daemon: everything behind the socket, put together. Containers outlive it. */
public final class Node implements AutoCloseable {
    private static final long UPKEEP_SECONDS = 1;

    private final FolderLock dataLock;
    private final FolderLock runLock;
    private final ImageStore images;
    private final KeeperLauncher launcher;
    private final WatchServiceFollower follower;
    private final NodeServer server;
    private final Thread upkeep;
    private final HostCgroups cgroups;
    private final Containers containers;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * What a daemon is told when it starts.
     *
     * @param version        of jctl
     * @param folders        D and R
     * @param registries     how registries are reached
     * @param userNamespaces whether containers get user namespaces unless told otherwise
     */
    public record Settings(
            String version,
            NodeFolders folders,
            RegistrySettings registries,
            boolean userNamespaces) {}

    private Node(FolderLock dataLock, FolderLock runLock, ImageStore images,
            KeeperLauncher launcher, WatchServiceFollower follower, NodeServer server,
            HostCgroups cgroups, Containers containers) {
        this.dataLock = dataLock;
        this.runLock = runLock;
        this.images = images;
        this.launcher = launcher;
        this.follower = follower;
        this.server = server;
        this.cgroups = cgroups;
        this.containers = containers;
        this.upkeep = Thread.ofVirtual().name("upkeep").start(() -> upkeep(containers));
    }

    /**
     * Takes the folders, takes up the containers there are, and serves from now on.
     *
     * @param network what connects containers
     * @param journal told what the operator should know
     * @throws IOException if another daemon has a folder, or the host lacks what is needed
     */
    public static Node start(Settings settings, ContainerNetwork network, Journal journal)
            throws IOException {
        NodeFolders folders = settings.folders();
        Files.createDirectories(folders.data());
        Files.createDirectories(folders.run());
        Undo undo = new Undo();
        try {
            FolderLock dataLock = undo.keep(FolderLock.take(folders.data()));
            FolderLock runLock = undo.keep(FolderLock.take(folders.run()));
            DataFormat.current().settle(folders.data()).forEach(journal::say);
            ImageStore images = undo.keep(ImageStore.open(folders.data()));
            KeeperLauncher launcher = undo.keep(new KeeperLauncher());
            WatchServiceFollower follower = undo.keep(new WatchServiceFollower());
            HostCgroups cgroups = new HostCgroups(folders.cgroupParent());
            HostPlans plans = new HostPlans(cgroups, folders.run());
            StoredImages stored = new StoredImages(images);
            VolumeStore volumes = new VolumeStore(folders.data(), folders.run().resolve("root"),
                    InstantSource.system(), new SecureRandom(), journal);
            Containers containers = undo.keep(new Containers(new Surroundings(
                    new ContainerFiles(folders.data(), folders.run()), launcher, plans, stored,
                    network, cgroups, plans, cgroups.machine(), follower,
                    settings.userNamespaces(), InstantSource.system(), new SecureRandom(),
                    Delays.REAL, journal, volumes)));
            ContainerViews views =
                    new ContainerViews(containers, folders.run().resolve("root"));
            RegistryClient registry = new RegistryClient(settings.registries());
            ImagePulls pulls = new ImagePulls(images, registry);
            NodeService service = new NodeService(journal, containers,
                    new ContainerCalls(containers, pulls, stored),
                    new ImageCalls(images, registry, pulls, containers),
                    new FileCalls(views), new CommitCall(views, images, containers, cgroups),
                    new VolumeCalls(volumes, containers),
                    new DaemonFacts(settings.version(), folders, containers, images, cgroups,
                            List.of()));
            NodeServer server = undo.keep(NodeServer.open(folders.socket(), service));
            undo.nothing();
            return new Node(dataLock, runLock, images, launcher, follower, server, cgroups,
                    containers);
        } finally {
            undo.close();
        }
    }

    private static void upkeep(Containers containers) {
        IdleHeap heap = new IdleHeap();
        Runtime machine = Runtime.getRuntime();
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(UPKEEP_SECONDS);
                containers.rotateLogs();
                long committed = machine.totalMemory();
                if (heap.isDue(committed, committed - machine.freeMemory())) {
                    System.gc();
                    heap.collected(machine.totalMemory());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the daemon is closed. */
    public void awaitEnd() throws InterruptedException {
        server.awaitEnd();
    }

    /** Stops serving; containers go on and their next daemon takes them up. */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        server.close();
        upkeep.interrupt();
        containers.close();
        follower.close();
        launcher.close();
        images.close();
        cgroups.removeParentIfEmpty();
        runLock.close();
        dataLock.close();
    }
}
