package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;
import static runtime.container.ContainerException.Reason.UNSUPPORTED;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import linux.abi.Capability;
import linux.proc.KernelVersion;
import linux.program.Encoder;
import linux.stub.KeeperFile;
import linux.stub.StubCode;
import linux.syscall.Kernel;
import linux.syscall.OwnUserNamespace;
import runtime.cgroup.CgroupPlan;
import runtime.launch.KeeperLauncher;
import runtime.launch.KeeperProgram;
import runtime.launch.KeeperPrograms;
import runtime.plan.ExecInput;
import runtime.plan.InitProgram;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanException;
import runtime.plan.PlanInput;
import runtime.plan.Planner;
import runtime.plan.Step;
import runtime.plan.SystemCallFilter;
import runtime.seccomp.SeccompCompiler;
import runtime.seccomp.SeccompException;
import runtime.seccomp.SeccompProfile;
import runtime.seccomp.SeccompProfileParser;
import runtime.seccomp.StandardProfile;
import runtime.spec.ContainerSpec;
import runtime.spec.IdMapping;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Seccomp;

/** Plans for this host: looks up the facts the planner wants. Safe for use by several threads. */
public final class HostPlans implements PlanMaker, SystemCallFilters {
    private static final int MAX_CACHED_FILTERS = 16;
    private static final int MAX_CACHED_PATHS = 256;
    private final HostCgroups cgroups;
    private final Path mountPoint;
    private final Path layerMountPoints;
    private final KernelVersion kernel;
    private final Map<Seccomp, SystemCallFilter> compiled = new ConcurrentHashMap<>();
    private final Map<String, Kind> kernelPaths = new ConcurrentHashMap<>();
    private final Map<Wanted, Seccomp> resolved = new ConcurrentHashMap<>();
    private final KeeperPrograms programs = new KeeperPrograms();
    /** Comparing two filters rule by rule takes longer than any other part of a plan. */
    private volatile Compiled last = new Compiled(null, new SystemCallFilter(new byte[0], Set.of()));
    private int layerFolders;

    /**
     * Makes the folders all keepers mount on, each in its own namespace.
     *
     * @param runFolder R
     */
    public HostPlans(HostCgroups cgroups, Path runFolder) throws IOException {
        this(cgroups, Files.createDirectories(runFolder.resolve("root")),
                Files.createDirectories(runFolder.resolve("layers")), 0);
    }

    /** The same for one who only looks at plans. */
    static HostPlans makingNothing(HostCgroups cgroups, Path runFolder) throws IOException {
        return new HostPlans(cgroups, runFolder.resolve("root"), runFolder.resolve("layers"),
                Integer.MAX_VALUE);
    }

    private HostPlans(HostCgroups cgroups, Path mountPoint, Path layerMountPoints, int layerFolders)
            throws IOException {
        this.cgroups = cgroups;
        this.mountPoint = mountPoint;
        this.layerMountPoints = layerMountPoints;
        this.layerFolders = layerFolders;
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        this.kernel = KernelVersion.parse(release).orElseThrow(
                () -> new IOException("not a kernel release: " + release));
    }

    @Override
    public LaunchPlan start(Start start) throws ContainerException, IOException {
        try {
            return Planner.container(input(start));
        } catch (PlanException refused) {
            throw new ContainerException(UNSUPPORTED, refused.getMessage(), 125, refused);
        }
    }

    @Override
    public KeeperProgram program(Start start) throws ContainerException, IOException {
        if (start.origin().isEmpty()) {
            return KeeperProgram.of(start(start));
        }
        KeeperPrograms.Shape shape = shape(start, start.origin().get());
        Optional<KeeperProgram> known = programs.find(shape, idRange(start.spec()), () -> start(start));
        if (known.isPresent()) {
            return known.get();
        }
        KeeperProgram program = KeeperProgram.of(start(start));
        programs.learn(shape, program);
        return program;
    }

    /** All a plan is made of but what {@link #ownValues} lists. */
    private record StartKind(
            PlanMaker.Origin origin,
            List<Path> lowerFolders,
            Optional<Process.ConsoleSize> consoleSize,
            PlanInput.HostFacts facts,
            Optional<Long> leaseMillis) {}

    private KeeperPrograms.Shape shape(Start start, PlanMaker.Origin origin) throws IOException {
        ContainerSpec spec = start.spec();
        return new KeeperPrograms.Shape(new StartKind(origin, start.lowerFolders(),
                spec.process().consoleSize(), facts(spec, start.folders(), false),
                start.lease().map(PlanInput.Lease::lengthMillis)),
                ownValues(start));
    }

    private static List<byte[]> ownValues(Start start) {
        List<byte[]> values = new ArrayList<>();
        String id = start.folders().data().getFileName().toString();
        values.add(id.getBytes(StandardCharsets.US_ASCII));
        values.add(id.substring(0, 12).getBytes(StandardCharsets.US_ASCII));
        LaunchPlan.IdRange range = idRange(start.spec());
        if (range.isPresent()) {
            values.add(Long.toString(range.hostId()).getBytes(StandardCharsets.US_ASCII));
            values.add(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(range.hostId()).array());
        }
        start.lease().ifPresent(lease -> values.add(lease.endBytes()));
        start.network().ifPresent(attachment -> {
            attachment.hostSide().forEach(request -> values.add(request.message()));
            attachment.containerSide().forEach(request -> values.add(request.message()));
        });
        return values;
    }

    private static LaunchPlan.IdRange idRange(ContainerSpec spec) {
        if (spec.linux().uidMappings().isEmpty()) {
            return LaunchPlan.IdRange.NONE;
        }
        IdMapping first = spec.linux().uidMappings().getFirst();
        return new LaunchPlan.IdRange(first.hostId(), first.size());
    }

    private PlanInput input(Start start) throws ContainerException, IOException {
        ContainerSpec spec = start.spec();
        if (!spec.linux().uidMappings().isEmpty()) {
            makeLayerFolders(start.lowerFolders().size());
        }
        CgroupPlan plan = cgroups.plan(spec.linux().cgroupsPath().orElseThrow(),
                spec.linux().resources());
        PlanInput.Network network = start.network().isEmpty()
                ? new PlanInput.Network.LoopbackOnly()
                : new PlanInput.Network.Attached(start.network().get().hostSide(),
                        start.network().get().containerSide());
        return new PlanInput(spec, root(start),
                new PlanInput.Folders(mountPoint.toString(), layerMountPoints.toString(),
                        KeeperLauncher.statusFile(start.folders().run()).toString(),
                        start.folders().logFile().toString()),
                HostCgroups.setup(plan), network, filter(spec), start.openInput(),
                facts(spec, start.folders(), true), Optional.empty(),
                start.init() ? Optional.of(init(spec.process()))
                        : Optional.empty(), start.lease());
    }

    private static PlanInput.Init init(Process process) {
        List<Step> steps = InitProgram.of(process);
        return new PlanInput.Init(steps, KeeperFile.of(Kernel.ARCHITECTURE,
                new Encoder(Kernel.ARCHITECTURE, StubCode.PROGRAM_ADDRESS, 0, Encoder.Trace.NONE)
                        .encode(InitProgram.instructions(steps), InitProgram.FAILURE)));
    }

    private static PlanInput.RootSource root(Start start) {
        List<Path> lowers = start.lowerFolders();
        Path common = lowers.getFirst().getParent();
        for (Path lower : lowers) {
            while (!lower.startsWith(common)) {
                common = common.getParent();
            }
        }
        Path layers = common;
        return new PlanInput.RootSource.Overlay(layers.toString(),
                lowers.stream().map(lower -> layers.relativize(lower).toString()).toList(),
                start.folders().upper().toString(), start.folders().work().toString());
    }

    private synchronized void makeLayerFolders(int count) throws IOException {
        for (; layerFolders < count; layerFolders++) {
            Files.createDirectories(layerMountPoints.resolve(Integer.toString(layerFolders)));
        }
    }

    /** @param own whether the files that were generated for the container are listed, too */
    private PlanInput.HostFacts facts(ContainerSpec spec, ContainerFolders folders, boolean own)
            throws IOException {
        Set<String> generated = Set.of(folders.hosts().toString(), folders.hostname().toString(),
                folders.resolvConf().toString());
        Set<String> files = new HashSet<>();
        for (Mount mount : spec.mounts()) {
            String source = mount.source().orElse("");
            if (mount.isBind() && (generated.contains(source)
                    ? own : !Files.isDirectory(Path.of(source)))) {
                files.add(source);
            }
        }
        Set<String> hiddenFiles = new HashSet<>();
        Set<String> hiddenFolders = new HashSet<>();
        for (String path : spec.linux().maskedPaths()) {
            switch (kind(path)) {
                case FOLDER -> hiddenFolders.add(path);
                case FILE -> hiddenFiles.add(path);
                case ABSENT -> { }
            }
        }
        Set<String> readonly = new HashSet<>();
        for (String path : spec.linux().readonlyPaths()) {
            if (kind(path) != Kind.ABSENT) {
                readonly.add(path);
            }
        }
        return new PlanInput.HostFacts(
                cgroups.mounts(), files, hiddenFiles, hiddenFolders, readonly, features(spec));
    }

    /** What only some containers ask for is looked up only for those. */
    private PlanInput.Features features(ContainerSpec spec) throws IOException {
        boolean labelled = spec.process().selinuxLabel().isPresent()
                || spec.linux().mountLabel().isPresent();
        return new PlanInput.Features(
                spec.process().apparmorProfile().isPresent() && hasAppArmor(),
                labelled && Files.exists(Path.of("/sys/fs/selinux/enforce")),
                kernel.isAtLeast(6, 2)
                        && spec.linux().namespace(NamespaceType.TIME).isPresent()
                        && Files.exists(Path.of("/proc/self/timens_offsets")),
                OwnUserNamespace.isInitial(),
                OwnUserNamespace.isInitial() ? Map.of() : DeviceSearch.files(spec.linux().devices()));
    }

    private static boolean hasAppArmor() {
        try {
            return Files.readString(Path.of("/sys/module/apparmor/parameters/enabled"))
                    .startsWith("Y");
        } catch (IOException absent) {
            return false;
        }
    }

    private enum Kind { ABSENT, FILE, FOLDER }

    /** What is at a path of /proc or /sys. A path that is there stays; one that is not may come. */
    private Kind kind(String path) {
        Kind known = kernelPaths.get(path);
        if (known != null) {
            return known;
        }
        Path file = Path.of(path);
        Kind kind = !Files.exists(file) ? Kind.ABSENT
                : Files.isDirectory(file) ? Kind.FOLDER : Kind.FILE;
        if (kind != Kind.ABSENT && kernelPaths.size() < MAX_CACHED_PATHS
                && (path.startsWith("/proc/") || path.startsWith("/sys/"))) {
            kernelPaths.put(path, kind);
        }
        return kind;
    }

    @Override
    public KeeperProgram exec(Exec exec) throws ContainerException, IOException {
        ContainerSpec spec = exec.spec();
        CgroupPlan plan = cgroups.plan(spec.linux().cgroupsPath().orElseThrow(),
                spec.linux().resources());
        try {
            return KeeperProgram.of(Planner.process(new ExecInput(spec.process(), exec.pid(),
                    spec.linux().namespaces().stream().map(Namespace::type).toList(),
                    HostCgroups.joinFiles(plan),
                    KeeperLauncher.statusFile(exec.runFolder()).toString(),
                    exec.logFile().toString(), filter(spec), spec.linux().personality(),
                    exec.openInput())));
        } catch (PlanException refused) {
            throw new ContainerException(UNSUPPORTED, refused.getMessage(), 125, refused);
        }
    }

    private Optional<SystemCallFilter> filter(ContainerSpec spec) throws ContainerException {
        if (spec.linux().seccomp().isEmpty()) {
            return Optional.empty();
        }
        Seccomp seccomp = spec.linux().seccomp().get();
        Compiled latest = last;
        if (latest.seccomp != seccomp) {
            latest = new Compiled(seccomp, cached(compiled, seccomp, HostPlans::compile));
            last = latest;
        }
        return Optional.of(latest.program);
    }

    /** A filter and its instructions. */
    private record Compiled(Seccomp seccomp, SystemCallFilter program) {}

    /** What a filter is made for. */
    private record Wanted(String profileJson, Set<Capability> granted) {}

    private interface Maker<K, V> {
        V make(K key) throws ContainerException;
    }

    private static <K, V> V cached(Map<K, V> cache, K key, Maker<K, V> maker)
            throws ContainerException {
        V known = cache.get(key);
        if (known == null) {
            known = maker.make(key);
            if (cache.size() >= MAX_CACHED_FILTERS) {
                cache.clear();
            }
            cache.put(key, known);
        }
        return known;
    }

    private static SystemCallFilter compile(Seccomp seccomp) throws ContainerException {
        try {
            return SystemCallFilter.of(seccomp,
                    SeccompCompiler.compile(seccomp, Kernel.ARCHITECTURE).toBytes());
        } catch (SeccompException | PlanException wrong) {
            throw new ContainerException(INVALID_OPTION, wrong.getMessage(), 125, wrong);
        }
    }

    @Override
    public Seccomp filter(String profileJson, Set<Capability> granted) throws ContainerException {
        return cached(resolved, new Wanted(profileJson, Set.copyOf(granted)), this::resolve);
    }

    private Seccomp resolve(Wanted wanted) throws ContainerException {
        try {
            SeccompProfile profile = wanted.profileJson.isEmpty()
                    ? StandardProfile.profile() : SeccompProfileParser.parse(wanted.profileJson);
            return profile.resolve(Kernel.ARCHITECTURE, wanted.granted, kernel);
        } catch (SeccompException wrong) {
            throw new ContainerException(INVALID_OPTION, wrong.getMessage(), 125, wrong);
        }
    }
}
