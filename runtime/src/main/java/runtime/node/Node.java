package runtime.node;

import io.grpc.Channel;
import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import runtime.container.CdiFolders;
import runtime.container.ContainerEvents;
import runtime.container.ContainerFiles;
import runtime.container.ContainerNetwork;
import runtime.container.Containers;
import runtime.container.FolderLock;
import runtime.container.HostCgroups;
import runtime.container.Delays;
import runtime.container.HostPlans;
import runtime.container.Journal;
import runtime.container.LogSettings;
import runtime.container.NodeLease;
import runtime.container.Surroundings;
import runtime.container.WatchServiceFollower;
import runtime.launch.KeeperLauncher;
import runtime.event.EventSink;
import runtime.metrics.MetricsServer;
import runtime.metrics.MetricsSink;
import runtime.metrics.MetricsSource;
import runtime.observe.CounterSource;
import runtime.observe.DiskUsage;
import runtime.observe.EventLog;
import runtime.observe.ProcessList;
import runtime.observe.Sampler;
import runtime.plugin.RegisteredPlugins;
import runtime.registry.RegistryClient;
import runtime.registry.RegistrySettings;
import runtime.store.ImageStore;
import runtime.topology.CpuList;
import runtime.trace.Tracer;
import runtime.volume.Volume;
import runtime.volume.VolumeStore;

/** A node daemon: everything behind the socket, put together. Containers outlive it. */
public final class Node implements AutoCloseable {
    private static final long UPKEEP_SECONDS = 1;
    private static final List<String> PRIVATE_FOLDERS = List.of("containers", "quarantine");

    private final FolderLock dataLock;
    private final FolderLock runLock;
    private final ImageStore images;
    private final KeeperLauncher launcher;
    private final WatchServiceFollower follower;
    private final NodeServer server;
    private final Thread upkeep;
    private final HostCgroups cgroups;
    private final Containers containers;
    private final Sampler sampler;
    private final EventLog events;
    private final EventLog clusterEvents;
    private final MetricsSource metrics;
    private final Journal journal;
    private final InsideServer inside;
    private final NodeLease lease;
    private final RegisteredPlugins plugins;
    private Optional<MetricsServer> metricsServer = Optional.empty();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** No other service. */
    public static final HandlerRegistry NOTHING_ELSE = new HandlerRegistry() {
        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
            return null;
        }
    };

    /**
     * What a daemon is told when it starts.
     *
     * @param version        of jctl
     * @param folders        D and R
     * @param registries     how registries are reached
     * @param userNamespaces whether containers get user namespaces unless told otherwise
     * @param deviceFolders  where CDI specs are, the one with the least precedence first
     * @param logging        what becomes of containers' output
     * @param entrance       how it comes by its socket
     * @param tracer         of calls and of what happens by itself; whoever made it closes it
     * @param others         answers calls on the socket that are of other services
     * @param pluginFolder   where plug-ins of devices register, as at a kubelet
     * @param reservedCpus   processors that no container has alone; empty = none has any
     */
    public record Settings(
            String version,
            NodeFolders folders,
            RegistrySettings registries,
            boolean userNamespaces,
            List<Path> deviceFolders,
            LogSettings logging,
            Entrance entrance,
            Tracer tracer,
            HandlerRegistry others,
            Path pluginFolder,
            Optional<CpuList> reservedCpus) {

        /** With the usual folders for CDI specs, the own log, a socket for root alone, and nothing traced. */
        public Settings(String version, NodeFolders folders, RegistrySettings registries,
                boolean userNamespaces) {
            this(version, folders, registries, userNamespaces, CdiFolders.STANDARD,
                    LogSettings.STANDARD, new Entrance.Own(Optional.empty()), Tracer.OFF, NOTHING_ELSE,
                    Node.pluginFolder(folders), Optional.empty());
        }
    }

    /** Where plug-ins of devices register unless the operator says otherwise. */
    public static Path pluginFolder(NodeFolders folders) {
        return folders.run().resolve("device-plugins");
    }

    private Node(FolderLock dataLock, FolderLock runLock, ImageStore images,
            KeeperLauncher launcher, WatchServiceFollower follower, NodeServer server,
            HostCgroups cgroups, Containers containers, Sampler sampler,
            EventLog events, EventLog clusterEvents, MetricsSource metrics, Journal journal, DiskGuard guard,
            InsideServer inside, NodeLease lease, RegisteredPlugins plugins) {
        this.dataLock = dataLock;
        this.runLock = runLock;
        this.images = images;
        this.launcher = launcher;
        this.follower = follower;
        this.server = server;
        this.cgroups = cgroups;
        this.containers = containers;
        this.sampler = sampler;
        this.events = events;
        this.clusterEvents = clusterEvents;
        this.metrics = metrics;
        this.journal = journal;
        this.inside = inside;
        this.lease = lease;
        this.plugins = plugins;
        this.upkeep = Thread.ofVirtual().name("upkeep").start(() -> upkeep(containers, guard));
    }

    /**
     * What containers and volumes write is for nobody else on the host: the setuid files of a container whose
     * root is the host's, the environment in its spec.
     */
    private static void makePrivate(Path data) throws IOException {
        Files.createDirectories(data);
        for (String name : PRIVATE_FOLDERS) {
            Files.setPosixFilePermissions(Files.createDirectories(data.resolve(name)),
                    PosixFilePermissions.fromString("rwx------"));
        }
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
        makePrivate(folders.data());
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
            cgroups.warning().ifPresent(journal::say);
            HostPlans plans = new HostPlans(cgroups, folders.run());
            EventLog events = new EventLog(InstantSource.system());
            EventLog clusterEvents = new EventLog(InstantSource.system(), events);
            DiskGuard guard = new DiskGuard(folders.data(), journal, events);
            CounterSource source = new CounterSource(cgroups);
            NodeLease lease = new NodeLease();
            RegisteredPlugins plugins = undo.keep(RegisteredPlugins.open(settings.pluginFolder(),
                    folders.data().resolve("devices"), settings.reservedCpus(), journal));
            AtomicReference<Containers> present = new AtomicReference<>();
            Sampler sampler = undo.keep(new Sampler(
                    () -> present.get().list(), source, journal));
            StoredImages stored = new StoredImages(images);
            VolumeStore volumes = new VolumeStore(folders.data(), folders.run().resolve("root"),
                    InstantSource.system(), new SecureRandom(), journal);
            Containers containers = undo.keep(new Containers(new Surroundings(
                    new ContainerFiles(folders.data(), folders.run()), launcher, plans, stored,
                    network, cgroups, plans, cgroups.machine(), follower,
                    settings.userNamespaces(), InstantSource.system(), new SecureRandom(),
                    Delays.REAL, journal, volumes, new ContainerEvents(told(events, sampler)),
                    new CdiFolders(settings.deviceFolders()), settings.logging(), guard::look,
                    settings.tracer(), lease, plugins)));
            present.set(containers);
            ContainerViews views =
                    new ContainerViews(containers, folders.run().resolve("root"));
            RegistryClient registry = new RegistryClient(settings.registries());
            ImagePulls pulls = new ImagePulls(images, registry, events);
            MetricsSource metrics = new MetricsSource(
                    settings.version(), containers, images, source, events,
                    settings.tracer());
            DiskUsage disk = new DiskUsage(containers, images,
                    () -> volumeUses(volumes));
            ImageCalls imageCalls = new ImageCalls(images, registry, pulls, containers);
            VolumeCalls volumeCalls = new VolumeCalls(volumes, containers, events);
            NodeService service = new NodeService(journal, guard, containers,
                    new ContainerCalls(containers, pulls, stored, disk), imageCalls,
                    new NetworkCalls(containers.networks(), events), new FileCalls(views),
                    new CommitCall(views, images, containers, cgroups),
                    volumeCalls,
                    new DaemonFacts(settings.version(), folders, containers, images, cgroups,
                            guard, settings.deviceFolders()),
                    new ObservationCalls(containers, sampler, new ProcessList(source), events,
                            clusterEvents, StatsTranslation.ofHost()),
                    new DiskCalls(containers, disk, imageCalls, volumeCalls), new ResourceCalls(plugins));
            NodeServer server = undo.keep(NodeServer.open(
                    folders.socket(), settings.entrance(), service, settings.others(),
                    settings.tracer()));
            undo.nothing();
            return new Node(dataLock, runLock, images, launcher, follower, server, cgroups,
                    containers, sampler, events, clusterEvents, metrics, journal, guard,
                    new InsideServer(service, settings.tracer()), lease, plugins);
        } finally {
            undo.close();
        }
    }

    /** The log hears of all that happens to containers; the sampler of their ends, before their network goes. */
    private static EventSink told(EventLog events, Sampler sampler) {
        return (type, action, id, attributes) -> {
            events.tell(type, action, id, attributes);
            if (action.equals("die")) {
                sampler.ended(id);
            }
        };
    }

    private static List<DiskUsage.VolumeUse> volumeUses(VolumeStore volumes) throws IOException {
        List<DiskUsage.VolumeUse> uses = new java.util.ArrayList<>();
        for (Volume volume : volumes.list()) {
            uses.add(new DiskUsage.VolumeUse(volume,
                    volumes.holders(volume.name()).size(), DiskUsage.sizeOf(volume.files())));
        }
        return uses;
    }

    private static void upkeep(Containers containers, DiskGuard guard) {
        IdleHeap heap = new IdleHeap();
        Runtime machine = Runtime.getRuntime();
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(UPKEEP_SECONDS);
                containers.rotateLogs();
                guard.look();
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

    /**
     * Serves Prometheus, too, until the daemon is closed.
     *
     * @param address {@code HOST:PORT}
     * @return where it listens
     * @throws IOException if it is no address, or taken
     */
    public InetSocketAddress serveMetrics(String address) throws IOException {
        return serveMetrics(address, sink -> { });
    }

    /** The same with the values of another part of this process. */
    public InetSocketAddress serveMetrics(String address, Consumer<MetricsSink> more) throws IOException {
        metrics.add(more);
        MetricsServer opened = MetricsServer.open(address, metrics, journal);
        metricsServer = Optional.of(opened);
        return opened.address();
    }

    /** Where a cluster tells what happens in it; {@code jctl events} shows it beside what happens here. */
    public EventSink clusterEvents() {
        return clusterEvents;
    }

    /** Until when containers may run that may run on one node only; whoever hears of managers moves its end. */
    public NodeLease lease() {
        return lease;
    }

    /**
     * The same API as on the socket, for other parts of this process; made when first asked for.
     *
     * @return usable until the daemon is closed, then every call fails with UNAVAILABLE
     * @throws IOException if the daemon is closed
     */
    public Channel inside() throws IOException {
        return inside.channel();
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
        metricsServer.ifPresent(MetricsServer::close);
        sampler.close();
        events.close();
        clusterEvents.close();
        inside.close();
        server.close();
        upkeep.interrupt();
        containers.close();
        plugins.close();
        follower.close();
        launcher.close();
        images.close();
        cgroups.removeParentIfEmpty();
        runLock.close();
        dataLock.close();
    }
}
