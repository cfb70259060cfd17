package runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import runtime.cgroup.LimitOptions;
import runtime.image.ImageDefaults;
import runtime.launch.FakeLauncher;
import runtime.launch.KeeperProgram;
import runtime.network.Endpoint;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.plan.LaunchPlan;
import runtime.spec.Seccomp;
import runtime.trace.Tracer;

/** A host without a kernel, on which daemons can be started one after the other. */
final class FakeHost implements PlanMaker, ContainerImages, ContainerNetwork, ContainerCgroups {
    final FakeLauncher.World world = new FakeLauncher.World();
    final Set<String> wired = ConcurrentHashMap.newKeySet();
    final Set<String> networks = Collections.synchronizedSet(new TreeSet<>(Set.of("bridge")));
    final List<String> connected = Collections.synchronizedList(new ArrayList<>());
    final Set<String> oomKilled = ConcurrentHashMap.newKeySet();
    final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<PlanMaker.Start> starts = Collections.synchronizedList(new ArrayList<>());
    final List<PlanMaker.Exec> execs = Collections.synchronizedList(new ArrayList<>());
    /** By which filters were made. */
    final List<Set<linux.abi.Capability>> granted = Collections.synchronizedList(new ArrayList<>());
    final FakeDevices devices = new FakeDevices();
    final FakeVolumes volumes = new FakeVolumes();
    volatile boolean networkFails;
    /** Why nothing can be written; null if it can. */
    volatile String full;
    /** What the thread of hooks throws; null if it does not. */
    volatile Error hooksFail;
    private volatile List<String> shell = List.of("exit", "0");
    /** Cgroups that are frozen, and the limits last set in each. */
    final Set<String> frozen = ConcurrentHashMap.newKeySet();
    final java.util.Map<String, runtime.spec.Resources> limits = new ConcurrentHashMap<>();
    /** What is waited for; a wait ends when a pass is given. */
    final java.util.concurrent.BlockingQueue<java.time.Duration> waits =
            new java.util.concurrent.LinkedBlockingQueue<>();
    /** How far the time of day is from the truth. */
    volatile java.time.Duration ahead = java.time.Duration.ZERO;
    final java.util.concurrent.Semaphore passes = new java.util.concurrent.Semaphore(0);
    /** Nothing is traced unless a test says otherwise. */
    Tracer tracer = Tracer.OFF;
    private final Path folder;
    private final Path layer;
    private FakeLauncher launcher;

    FakeHost(Path folder) throws IOException {
        this.folder = folder;
        this.layer = Files.createDirectories(folder.resolve("layer/etc")).getParent();
        Files.writeString(layer.resolve("etc/passwd"),
                "root:x:0:0::/root:/bin/sh\nweb:x:33:44:web:/srv:/bin/sh\n");
        Files.writeString(layer.resolve("etc/group"), "root:x:0:\nweb:x:44:\nlog:x:7:web,root\n");
    }

    /** A daemon that takes over what is there from the one before it, which is gone. */
    Containers daemon() throws IOException {
        if (launcher != null) {
            launcher.close();
        }
        launcher = new FakeLauncher(world);
        return new Containers(new Surroundings(
                new ContainerFiles(folder.resolve("data"), folder.resolve("run")),
                launcher, this, this, this, this,
                this::filter,
                new LimitOptions.Machine(4, true, true, true), new WatchServiceFollower(), false,
                this::now, new Random(5),
                time -> {
                    waits.add(time);
                    passes.acquire();
                },
                journal::add, volumes, new ContainerEvents((type, action, id, attributes) ->
                        events.add(attributes.get("name") + " " + action)),
                new CdiFolders(List.of(folder.resolve("cdi"))), LogSettings.STANDARD,
                () -> java.util.Optional.ofNullable(full), tracer, new NodeLease(), devices));
    }

    private Seccomp filter(String profile, Set<linux.abi.Capability> allowed) {
        granted.add(Set.copyOf(allowed));
        return new Seccomp(Seccomp.Action.ALLOW, OptionalInt.empty(), List.of(), List.of(), java.util.Optional.empty(),
                java.util.Optional.empty(), List.of());
    }

    private Instant now() {
        Error failure = hooksFail;
        if (failure != null && Thread.currentThread().getName().equals("hooks")) {
            throw failure;
        }
        return InstantSource.system().instant().plus(ahead);
    }

    /** What the shell in a container does from now on, in the words of {@link FakeLauncher}. */
    void shell(String... args) {
        shell = List.of(args);
    }

    /** Everything in the data and run folder but locks: what a leak would add to. */
    Set<String> files() throws IOException {
        Set<String> files = new TreeSet<>();
        for (Path root : List.of(folder.resolve("data"), folder.resolve("run"))) {
            try (var walk = Files.walk(root)) {
                walk.forEach(file -> files.add(folder.relativize(file).toString()));
            }
        }
        return files;
    }

    @Override
    public LaunchPlan start(PlanMaker.Start start) {
        throw new IllegalStateException("nobody looks at plans");
    }

    @Override
    public KeeperProgram program(PlanMaker.Start start) {
        starts.add(start);
        world.program(start.folders().run(), start.spec().process().args(),
                start.spec().process().terminal(), start.folders().logFile());
        return null;
    }

    @Override
    public KeeperProgram exec(PlanMaker.Exec exec) {
        execs.add(exec);
        List<String> args = exec.spec().process().args();
        world.program(exec.runFolder(), args.getFirst().equals("/bin/sh") ? shell : args,
                exec.spec().process().terminal(), exec.logFile());
        return null;
    }

    @Override
    public Image open(String name) throws ContainerException {
        if (name.equals("absent")) {
            throw new ContainerException(ContainerException.Reason.IMAGE_NOT_FOUND,
                    "no such image: absent");
        }
        return new Image("sha256:" + "a".repeat(64), ImageDefaults.NONE, List.of(layer));
    }

    @Override
    public boolean attaches(ContainerOptions.Network options) {
        return options.mode().isEmpty() || options.mode().equals("bridge")
                || wiresCreated(options);
    }

    @Override
    public boolean wiresCreated(ContainerOptions.Network options) {
        return options.mode().startsWith("cni:");
    }

    @Override
    public Attachment wire(PlaceRequest request, int pid) throws IOException {
        events.add("wire " + world.alive());
        return reserve(request);
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        return List.of();
    }

    @Override
    public List<NetworkView> networks() {
        return networks.stream().map(FakeHost::view).toList();
    }

    @Override
    public NetworkView network(String name) throws ContainerException {
        if (!networks.contains(name)) {
            throw new ContainerException(ContainerException.Reason.NETWORK_NOT_FOUND,
                    "network " + name + " not found");
        }
        return view(name);
    }

    /** A network's id is its name here. */
    private static NetworkView view(String name) {
        return new NetworkView(name, name, "bridge", name.equals("bridge")
                ? java.util.Optional.empty() : java.util.Optional.of(java.time.Instant.EPOCH),
                false, List.of(), java.util.Map.of(), java.util.Map.of(), List.of());
    }

    @Override
    public NetworkView createNetwork(NetworkSpec spec) {
        networks.add(spec.name());
        return view(spec.name());
    }

    @Override
    public void removeNetwork(String name) {
        networks.remove(name);
    }

    @Override
    public void connect(PlaceRequest request, int pid) {
        connected.add("connect " + request.options().mode());
    }

    @Override
    public void disconnect(String containerId, String network, int pid) {
        connected.add("disconnect " + network);
    }

    @Override
    public Attachment example(String containerId, ContainerOptions.Network options) {
        throw new IllegalStateException("no network to show");
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws IOException {
        if (networkFails) {
            throw new IOException("no address left");
        }
        wired.add(request.containerId());
        return new Attachment(request.containerId(), List.of("10.88.0.2/16"), "10.88.0.1", List.of(),
                List.of(), List.of(), List.of());
    }

    @Override
    public void release(String containerId) {
        wired.remove(containerId);
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) {
        wired.retainAll(aliveIds);
        return List.of();
    }

    @Override
    public String path(String containerId, String parent) {
        return "/jctl/" + containerId;
    }

    @Override
    public boolean oomKilled(String path) {
        return oomKilled.contains(path);
    }

    @Override
    public void remove(String path) {
        frozen.remove(path);
    }

    @Override
    public void freeze(String path) {
        frozen.add(path);
    }

    @Override
    public void thaw(String path) {
        frozen.remove(path);
    }

    @Override
    public boolean isFrozen(String path) {
        return frozen.contains(path);
    }

    @Override
    public void update(String path, runtime.spec.Resources current, runtime.spec.Resources wanted)
            throws ContainerException {
        if (wanted.hugepageLimits().isEmpty()) {
            limits.put(path, wanted);
        } else {
            throw new ContainerException(ContainerException.Reason.HOST_LACKS_FEATURE,
                    "this host has no huge pages");
        }
    }
}
