package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import linux.abi.FileFlags;
import linux.abi.Signal;
import runtime.container.ContainerOptions.MountKind;
import runtime.container.ContainerOptions.MountOption;
import runtime.device.ResourceRequest;
import runtime.network.ExposedPorts;
import runtime.plan.LaunchPlan;
import runtime.spec.ContainerSpec;
import runtime.spec.SpecWriter;
import runtime.topology.Alignment;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** Makes containers: folder, spec and record; nothing runs yet. */
final class ContainerCreation {
    private static final int MAX_KNOWN_IMAGES = 64;
    private final Surroundings around;
    private final ContainerIndex index;
    /** The users of images, whose layers never change. */
    private final Map<String, UserLookup> accounts = new ConcurrentHashMap<>();
    private final SpecCheck check = new SpecCheck();

    ContainerCreation(Surroundings around, ContainerIndex index) {
        this.around = around;
        this.index = index;
    }

    /**
     * Makes one.
     *
     * @throws ContainerException if an option is wrong, the name taken or the image absent
     * @throws IOException        if its files cannot be written; nothing is left of them
     */
    Container create(ContainerOptions options, ContainerImages.Image image)
            throws ContainerException, IOException {
        return traced(options, image, true);
    }

    /**
     * As {@link #create}, for one that is started next: it is not on disk yet when this returns.
     * {@link ContainerRuns#start} sees to that before the program may run.
     */
    Container createToStart(ContainerOptions options, ContainerImages.Image image)
            throws ContainerException, IOException {
        return traced(options, image, false);
    }

    private Container traced(ContainerOptions options, ContainerImages.Image image,
            boolean written) throws ContainerException, IOException {
        try (Phase phase = Trail.phase("container.create")) {
            Container container = made(options, image, written);
            SpanFacts.note(phase.span(), container.record());
            phase.done();
            return container;
        }
    }

    private Container made(ContainerOptions given, ContainerImages.Image image, boolean written)
            throws ContainerException, IOException {
        ContainerOptions options = HugePages.OF_HOST.granted(given, around.machine())
                .withNetwork(given.network().withExposed(ExposedPorts.of(
                        image.defaults().exposedPorts(), given.network().exposed())))
                .withMounts(VolumeMounts.withImage(given.mounts(), image.defaults().volumes()));
        int stopSignal = options.stopSignal().isEmpty() ? 0 : signal(options.stopSignal());
        if (stopSignal == 0) {
            stopSignal = image.defaults().stopSignal().isEmpty()
                    ? Signal.SIGTERM.number() : signal(image.defaults().stopSignal());
        }
        around.network().attaches(options.network());
        checkDemand(options);
        GeneratedFiles.check(options);
        checkRestart(options.restart(), options.autoRemove());
        Optional<HealthCheck> health = HealthCheck.of(options.health(),
                image.defaults().healthCheck(), !networkOf(options).equals("none"));
        NamespaceChoice namespaces = NamespaceChoice.of(options, around.userNamespaces(),
                name -> index.find(name).id());
        String id = index.newId();
        String name = index.reserveName(options.name(), id);
        OptionalLong userRange = namespaces.user()
                ? OptionalLong.of(index.reserveUserRange()) : OptionalLong.empty();
        ContainerFolders folders = around.files().folders(id);
        boolean done = false;
        try {
            options = options.withMounts(
                    VolumeMounts.claim(id, options.mounts(), around.volumes()));
            ContainerSpec spec = CdiDevices.added(SpecBuilder.build(new SpecBuilder.Request(id,
                    options, image, folders, accounts(image), userRange,
                    around.cgroups().path(id, options.cgroupParent()), namespaces.namespaces(),
                    around.filters(), around.machine())), options.devices(), around.devices());
            check.check(spec, options, image.id());
            ContainerRecord record = ContainerRecord.made(id, name, image.id(),
                    image.lowerFolders().stream().map(Path::toString).toList(),
                    spec.process().args(), labels(image.defaults().labels(), options.labels()),
                    stopSignal, userRange, options, around.clock().instant(), health);
            prepareSources(options.mounts());
            VolumeMounts.fill(options.mounts(), image, around.volumes());
            makeFolders(folders, userRange);
            Container container = new Container(record, folders);
            container.keepUnwritten(spec);
            if (written) {
                write(around, container);
            }
            index.add(container);
            done = true;
            return container;
        } finally {
            if (!done) {
                index.release(name, userRange);
                around.volumes().release(id, true);
                FolderRemoval.remove(folders.data());
            }
        }
    }

    /** What --restart says must be a policy that goes with the rest. */
    static void checkRestart(String restart, boolean autoRemove) throws ContainerException {
        RestartPolicy policy = RestartPolicy.parse(restart).orElseThrow(() ->
                new ContainerException(INVALID_OPTION, "--restart is no, on-failure[:n], always or"
                        + " unless-stopped, not '" + restart + "'", 125, null));
        if (autoRemove && policy.kind() != RestartPolicy.Kind.NO) {
            throw new ContainerException(INVALID_OPTION,
                    "conflicting options: cannot specify both --restart and --rm", 125, null);
        }
    }

    private static void checkDemand(ContainerOptions options) throws ContainerException {
        ContainerOptions.Limits limits = options.limits();
        if (!options.numa().isEmpty() && Alignment.parse(options.numa()).isEmpty()) {
            throw new ContainerException(INVALID_OPTION, "--numa is none, preferred or required, not '" + options.numa() + "'", 125, null);
        }
        if (options.exclusiveCpus() < 0) {
            throw new ContainerException(INVALID_OPTION, "--exclusive-cpus " + options.exclusiveCpus() + ": expected a number of processors", 125, null);
        }
        boolean bounded = limits.nanoCpus() != 0 || limits.cpuQuotaMicros() > 0 || !limits.cpusetCpus().isEmpty();
        if (options.exclusiveCpus() > 0 && bounded) {
            throw new ContainerException(INVALID_OPTION, "conflicting options: who has processors alone (--exclusive-cpus) has all of their time;"
                    + " leave out --cpus, --cpu-quota and --cpuset-cpus", 125, null);
        }
        for (ResourceRequest each : options.resourceRequests()) {
            Optional<String> problem = each.problem();
            if (problem.isPresent()) {
                throw new ContainerException(INVALID_OPTION, "--resource " + problem.get(), 125, null);
            }
        }
    }

    private UserLookup accounts(ContainerImages.Image image) throws IOException {
        UserLookup known = accounts.get(image.id());
        if (known == null) {
            known = UserLookup.in(new LayerFiles(image.lowerFolders()));
            if (accounts.size() >= MAX_KNOWN_IMAGES) {
                accounts.clear();
            }
            accounts.put(image.id(), known);
        }
        return known;
    }

    /** The network asked for; {@code bridge} unless said otherwise. */
    static String networkOf(ContainerOptions options) {
        return options.network().mode().isEmpty() ? "bridge" : options.network().mode();
    }

    /** The number of a signal given by name or number. */
    static int signal(String text) throws ContainerException {
        return Signal.parse(text).orElseThrow(() -> new ContainerException(
                INVALID_OPTION, "invalid signal: " + text));
    }

    private static Map<String, String> labels(
            Map<String, String> image, Map<String, String> given) {
        Map<String, String> labels = new HashMap<>(image);
        labels.putAll(given);
        return labels;
    }

    private static void prepareSources(List<MountOption> mounts)
            throws ContainerException, IOException {
        for (MountOption mount : mounts) {
            if (mount.kind() != MountKind.BIND) {
                continue;
            }
            Path source = Path.of(mount.source());
            if (mount.createSource() && !Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(source);
            }
            if (!Files.exists(source)) {
                throw new ContainerException(INVALID_OPTION,
                        "bind source path does not exist: " + mount.source());
            }
        }
    }

    private static void makeFolders(ContainerFolders folders, OptionalLong userRange)
            throws IOException {
        Files.createDirectory(folders.data());
        Files.createFile(folders.unwrittenMark());
        for (Path folder : List.of(folders.upper(), folders.work(), folders.log())) {
            Files.createDirectory(folder);
        }
        if (userRange.isPresent()) {
            // Within the user namespace the overlay's upper and work folder belong to root.
            for (Path folder : List.of(folders.upper(), folders.work())) {
                own(folder, userRange.getAsLong());
            }
        }
    }

    /**
     * Puts a container just made on disk, if it is not there. The caller holds its lock, or alone knows
     * it. The mark goes last: without a record it says that no program has run.
     */
    static void write(Surroundings around, Container container) throws IOException {
        if (container.unwritten().isEmpty()) {
            return;
        }
        try (Phase phase = Trail.phase("container.write")) {
            around.files().saveSpec(container.record(),
                    SpecWriter.write(container.unwritten().get()).getBytes(StandardCharsets.UTF_8));
            around.files().commit(container.record());
            Files.deleteIfExists(around.files().folders(container.id()).unwrittenMark());
            container.markWritten();
            phase.done();
        }
    }

    /** Gives a file to a user and his group of the same number. */
    static void own(Path file, long id) throws IOException {
        linux.syscall.Files.fchownat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(file.toString()), (int) id, (int) id);
    }
}
