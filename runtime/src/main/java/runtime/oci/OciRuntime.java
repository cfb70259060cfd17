package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import runtime.cgroupfs.CgroupFiles;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupStatistics;
import runtime.launch.CreatedProcess;
import runtime.launch.HandedLauncher;
import runtime.launch.HandedProcess;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.NetworkDevices;
import runtime.launch.Streams;
import runtime.spec.ContainerSpec;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.systemd.ScopeName;

/**
 * The operations of an OCI runtime (OCI runtime-spec runtime.md). Each call stands alone: what one knows of
 * another is in the state folder. To be used by the main thread.
 */
public final class OciRuntime {
    private static final long FOR_EVER_MILLIS = Integer.MAX_VALUE;
    private static final CgroupPlace NO_CGROUP =
            new CgroupPlace(Map.of(), Optional.empty(), Set.of());

    private final SystemdScopes scopes = new SystemdScopes(System.getenv());
    private final Path root;
    private final Consumer<String> warnings;
    private final Streams streams;

    /**
     * @param root     folder with a folder for each container
     * @param warnings told what went wrong without harm
     */
    public OciRuntime(Path root, Consumer<String> warnings) {
        this(root, warnings, Streams.OWN);
    }

    /**
     * @param root     folder with a folder for each container
     * @param warnings told what went wrong without harm
     * @param streams  what processes have as standard streams
     */
    public OciRuntime(Path root, Consumer<String> warnings, Streams streams) {
        this.streams = streams;
        this.root = root;
        this.warnings = warnings;
    }

    /** A container and how far it is. */
    public record Seen(ContainerRecord record, ContainerStatus status) {}

    /** Makes a container that waits for {@link #start}. */
    public ContainerRecord create(CreateOptions options) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, options.id());
        if (options.systemd()) {
            return createScope(options, folder);
        }
        return create(options, folder,
                withListening(Bundle.read(options.bundle(), options.id()), options), Optional.empty());
    }

    private ContainerRecord createScope(CreateOptions options, StateFolder folder)
            throws OciException, IOException {
        List<Optional<String>> path = new ArrayList<>();
        ContainerSpec spec = withListening(
                Bundle.readForSystemd(options.bundle(), options.id(), path::add), options);
        return create(options, folder, spec,
                Optional.of(SystemdScopes.name(path.getFirst(), options.id())));
    }

    private ContainerRecord create(CreateOptions options, StateFolder folder, ContainerSpec given,
            Optional<ScopeName> scope) throws OciException, IOException {
        ContainerSpec spec = given;
        Console.check(spec.process(), options.consoleSocket());
        folder.make();
        HostCgroupFiles cgroups = null;
        ContainerRecord record = null;
        boolean done = false;
        try (HandedLauncher launcher = new HandedLauncher(streams, options.preserved())) {
            cgroups = new HostCgroupFiles();
            if (scope.isPresent()) {
                String cgroupsPath = scopes.start(
                        scope.get(), options.id(), spec.annotations(), launcher.keeperPid());
                // Not before: one of the name may be somebody else's. If we die now, so does the keeper,
                // and systemd ends the scope.
                record = begun(options, spec, NO_CGROUP, scope);
                spec = spec.withLinux(spec.linux().withCgroupsPath(Optional.of(cgroupsPath)));
            }
            CgroupPlan cgroup = cgroups.prepare(
                    spec.linux().cgroupsPath().orElseThrow(), spec.linux().resources());
            record = begun(options, spec, cgroup.place(), scope);
            folder.write(runtime.spec.SpecWriter.write(spec));
            folder.write(record);
            record = launch(options, spec, folder, record, cgroups, cgroup, launcher);
            if (scope.isPresent()) {
                SystemdScopes.keeperEnded(cgroup.place());
            }
            done = true;
            return record;
        } finally {
            if (!done) {
                undo(folder, spec, cgroups, record);
            }
        }
    }

    private static ContainerRecord begun(CreateOptions options, ContainerSpec spec, CgroupPlace place,
            Optional<ScopeName> scope) throws IOException {
        return new ContainerRecord(spec.ociVersion(), options.id(), 0, 0,
                options.bundle().toString(), spec.root().path(), Instant.now().toString(),
                ownUserId(), spec.annotations(), place, scope.map(ScopeName::unit));
    }

    private ContainerRecord launch(CreateOptions options, ContainerSpec spec, StateFolder folder,
            ContainerRecord begun, HostCgroupFiles cgroups, CgroupPlan cgroup,
            HandedLauncher launcher) throws OciException, IOException {
        try (PopulatedMounts populated = new PopulatedMounts();
                HandedProcess process = launcher.begin(new LaunchRequest(HostPlanning.container(
                        populated.apply(spec, folder.path()), cgroups, cgroup, folder.path(),
                        streams), folder.path()))) {
            if (spec.linux().netDevices().isEmpty()) {
                return created(options, spec, folder, begun, process);
            }
            process.awaitHooks();
            return withDevices(options, spec, folder, begun, process);
        } catch (LaunchException failed) {
            throw new OciException(failed.getMessage(), failed);
        }
    }

    private ContainerRecord withDevices(CreateOptions options, ContainerSpec spec,
            StateFolder folder, ContainerRecord begun, HandedProcess process)
            throws OciException, IOException, LaunchException {
        NetworkDevices devices;
        try {
            devices = NetworkDevices.moveIn(spec.linux().netDevices(), process.pid());
        } catch (IOException refused) {
            throw new OciException("linux.netDevices: " + refused.getMessage(), refused);
        }
        boolean done = false;
        try {
            ContainerRecord record = created(options, spec, folder, begun, process);
            done = true;
            return record;
        } finally {
            if (!done) {
                giveBack(devices);
            }
            devices.close();
        }
    }

    private void giveBack(NetworkDevices devices) {
        try {
            devices.giveBack();
        } catch (IOException lost) {
            warnings.accept("linux.netDevices: " + lost.getMessage());
        }
    }

    private ContainerRecord created(CreateOptions options, ContainerSpec spec, StateFolder folder,
            ContainerRecord begun, HandedProcess process)
            throws OciException, IOException, LaunchException {
        if (spec.waitsForHooks()) {
            process.awaitHooks();
            runEarlyHooks(identified(begun, process.pid()), spec);
            process.hooksDone();
        }
        process.awaitCreated();
        ContainerRecord record = identified(begun, process.pid());
        Console.send(process, options.consoleSocket());
        folder.write(process.remainingSteps());
        folder.write(record);
        if (options.pidFile().isPresent()) {
            StateFolder.replace(options.pidFile().get().toAbsolutePath(),
                    Integer.toString(record.pid()));
        }
        process.handOver();
        return record;
    }

    private static void runEarlyHooks(ContainerRecord record, ContainerSpec spec)
            throws OciException, IOException {
        int pidfd = Processes.open(record.pid());
        try {
            new HookPoints(record, spec).beforeCreation(pidfd);
        } finally {
            Descriptors.close(pidfd);
        }
    }

    private static ContainerRecord identified(ContainerRecord record, int pid)
            throws OciException, IOException {
        long ticks = FirstProcess.startTicks(pid).orElseThrow(() ->
                new OciException("the container's first process was killed while it was created"));
        return record.withProcess(pid, ticks);
    }

    /** Everything the creation made is taken back; what cannot be is told. */
    private void undo(StateFolder folder, ContainerSpec spec, HostCgroupFiles cgroups,
            ContainerRecord record) {
        try {
            if (record != null) {
                cgroups.remove(record.cgroup());
                stopScope(record);
                new HookPoints(record, spec).afterStop(warnings);
            }
            folder.remove();
        } catch (IOException left) {
            warnings.accept("left behind by the failed creation: " + left.getMessage());
        }
    }

    /** A scope that stays does no harm to who is gone. */
    private void stopScope(ContainerRecord record) {
        if (record.unit().isPresent()) {
            try {
                scopes.stop(record.unit().get(), record.cgroup());
            } catch (OciException | IOException left) {
                warnings.accept(record.unit().get() + ": " + left.getMessage());
            }
        }
    }

    private static ContainerSpec withListening(ContainerSpec spec, CreateOptions options) {
        if (options.listening() == 0) {
            return spec;
        }
        Process process = spec.process();
        List<String> environment = new ArrayList<>(process.env());
        environment.add("LISTEN_FDS=" + options.listening());
        environment.add("LISTEN_PID=1");
        return spec.withProcess(new Process(process.terminal(), process.consoleSize(), process.user(),
                process.args(), environment, process.cwd(), process.capabilities(),
                process.rlimits(), process.noNewPrivileges(), process.apparmorProfile(),
                process.selinuxLabel(), process.oomScoreAdj(), process.scheduler(),
                process.ioPriority()));
    }

    static long ownUserId() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return Long.parseLong(line.split("\\s+")[1]);
            }
        }
        throw new IOException("/proc/self/status has no line Uid");
    }

    /** Lets a created container run its program. */
    public void start(String id) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, id);
        ContainerRecord record = folder.record();
        ContainerStatus status = status(folder, record);
        if (status != ContainerStatus.CREATED) {
            throw new OciException("cannot start container " + id + ": it is " + status.word()
                    + ", and only a created one can be started");
        }
        ContainerSpec spec = folder.spec();
        if (!spec.hooks().startContainer().isEmpty()) {
            startHooks(folder, record, spec);
        }
        try {
            if (SeccompListener.isWanted(spec)) {
                listen(folder, record, spec);
            }
            CreatedProcess.in(folder.path()).start(
                    spec.process().args().getFirst(), folder.steps());
        } catch (LaunchException failed) {
            throw new OciException(failed.getMessage(), failed);
        }
        if (!spec.hooks().poststart().isEmpty()) {
            new HookPoints(record, spec).afterStart(warnings);
        }
    }

    private void startHooks(StateFolder folder, ContainerRecord record, ContainerSpec spec)
            throws OciException, IOException {
        boolean done = false;
        try {
            Processes.adoptOrphans();
            byte[] state = new HookPoints(record, spec).state(ContainerStatus.CREATED);
            for (runtime.spec.Hooks.Hook hook : spec.hooks().startContainer()) {
                InnerHook.run(hook, state, folder, record, spec, streams);
            }
            done = true;
        } finally {
            if (!done) {
                signalFirst(record, Signal.SIGKILL.number());
            }
        }
    }

    private static void listen(StateFolder folder, ContainerRecord record, ContainerSpec spec)
            throws OciException, IOException {
        CreatedProcess created = CreatedProcess.in(folder.path());
        Optional<FirstProcess> first = FirstProcess.of(record);
        if (first.isEmpty()) {
            return;
        }
        try (FirstProcess process = first.get()) {
            OptionalInt listener = created.takeListener(process.pidfd());
            if (listener.isPresent()) {
                boolean sent = false;
                try {
                    new SeccompListener(spec, record).send(
                            listener.getAsInt(), record.pid(), ContainerStatus.CREATING);
                    sent = true;
                } finally {
                    if (!sent) {
                        process.signal(Signal.SIGKILL.number());
                    }
                }
                created.listenerTaken();
            }
        }
    }

    /** Sends the listener of a further process, which is ended with its keeper if nobody takes it. */
    static void listen(ContainerSpec spec, ContainerRecord record, HandedProcess process, int pidfd,
            ContainerStatus status) throws OciException, IOException {
        if (!SeccompListener.isWanted(spec)) {
            return;
        }
        OptionalInt listener = process.takeListener(pidfd);
        if (listener.isPresent()) {
            boolean sent = false;
            try {
                new SeccompListener(spec, record).send(listener.getAsInt(), process.pid(), status);
                sent = true;
            } finally {
                if (!sent) {
                    Processes.signal(pidfd, Signal.SIGKILL.number());
                }
            }
            process.listenerTaken();
        }
    }

    private static boolean signalFirst(ContainerRecord record, int signal) throws IOException {
        Optional<FirstProcess> first = FirstProcess.of(record);
        if (first.isEmpty()) {
            return false;
        }
        try (FirstProcess process = first.get()) {
            return process.signal(signal);
        }
    }

    /**
     * Waits for the end of a container that this process has created, having made itself the parent of
     * orphans before.
     *
     * @return its exit code, or 128 + the signal that ended it
     */
    public int await(ContainerRecord record) throws IOException {
        int pidfd = Processes.open(record.pid());
        try {
            return Processes.awaitExit(pidfd, FOR_EVER_MILLIS).orElse(255);
        } finally {
            Descriptors.close(pidfd);
        }
    }

    /** A container as it is now. */
    public Seen state(String id) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, id);
        ContainerRecord record = folder.record();
        return new Seen(record, status(folder, record));
    }

    private static ContainerStatus status(StateFolder folder, ContainerRecord record)
            throws IOException {
        if (record.pid() == 0) {
            return ContainerStatus.CREATING;
        }
        Optional<FirstProcess> first = FirstProcess.of(record);
        if (first.isEmpty()) {
            return ContainerStatus.STOPPED;
        }
        first.get().close();
        if (CgroupFiles.isFrozen(record.cgroup())) {
            return ContainerStatus.PAUSED;
        }
        return CreatedProcess.in(folder.path()).isStarted()
                ? ContainerStatus.RUNNING : ContainerStatus.CREATED;
    }

    /** All containers; those that cannot be read are told. */
    public List<Seen> list() throws IOException {
        List<Seen> all = new ArrayList<>();
        for (String id : StateFolder.ids(root)) {
            try {
                all.add(state(id));
            } catch (OciException | IOException unreadable) {
                warnings.accept(id + ": " + unreadable.getMessage());
            }
        }
        return all;
    }

    /**
     * Sends a signal to the first process, or to all.
     *
     * @throws OciException if it has ended
     */
    public void kill(String id, int signal, boolean all) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, id);
        ContainerRecord record = folder.record();
        boolean sent = signalFirst(record, signal);
        boolean sharesPids = folder.spec().linux().namespace(NamespaceType.PID).isEmpty();
        if (all || signal == Signal.SIGKILL.number() && sharesPids) {
            new HostCgroupFiles().signalAll(record.cgroup(), signal);
        } else if (!sent) {
            throw new OciException("cannot kill container " + id + ": it is not running");
        }
    }

    /**
     * Removes a container and what it left.
     *
     * @param force whether one that runs is killed, and one that is not there is no error
     */
    public void delete(String id, boolean force) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, id);
        if (!folder.exists()) {
            if (force) {
                return;
            }
            throw new OciException("container " + id + " does not exist");
        }
        ContainerRecord record;
        try {
            record = folder.record();
        } catch (OciException unreadable) {
            if (!force) {
                throw unreadable;
            }
            folder.remove();
            return;
        }
        ContainerStatus status = status(folder, record);
        if (status != ContainerStatus.STOPPED && !force) {
            throw new OciException("cannot delete container " + id + ": it is " + status.word()
                    + "; kill it first, or give --force");
        }
        end(record, status);
        new HostCgroupFiles().remove(record.cgroup());
        stopScope(record);
        ContainerSpec spec = folder.spec();
        if (!spec.hooks().poststop().isEmpty()) {
            new HookPoints(record, spec).afterStop(warnings);
        }
        folder.remove();
    }

    private static void end(ContainerRecord record, ContainerStatus status)
            throws OciException, IOException {
        Optional<FirstProcess> first = FirstProcess.of(record);
        if (first.isEmpty()) {
            return;
        }
        try (FirstProcess process = first.get()) {
            process.signal(Signal.SIGKILL.number());
            if (status == ContainerStatus.PAUSED) {
                HostCgroupFiles.freeze(record.cgroup(), false);
            }
            Processes.awaitExit(process.pidfd(), 10_000);
        }
    }

    /**
     * Runs a further process.
     *
     * @return its exit code, or 0 if nobody waits
     */
    public int exec(ExecRequest request) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, request.id());
        ContainerRecord record = folder.record();
        ContainerStatus status = status(folder, record);
        if (status != ContainerStatus.RUNNING && status != ContainerStatus.CREATED) {
            throw new OciException("cannot exec in container " + request.id() + ": it is "
                    + status.word());
        }
        ContainerSpec spec = folder.spec();
        Process asked = request.process().apply(spec.process());
        Process process = asked.withCapabilities(asked.capabilities().orElse(
                spec.process().capabilities().orElse(Process.Capabilities.none())));
        Console.check(process, request.consoleSocket());
        if (!request.detach()) {
            Processes.adoptOrphans();
        }
        Path run = folder.makeExecFolder();
        try (HandedLauncher launcher = new HandedLauncher(streams, request.preserved());
                HandedProcess handed = launcher.begin(new LaunchRequest(HostPlanning.process(spec,
                        process, record, run, streams), run))) {
            handed.awaitCreated();
            Console.send(handed, request.consoleSocket());
            int pidfd = Processes.open(handed.pid());
            try {
                handed.mayStart();
                listen(spec, record, handed, pidfd, ContainerStatus.RUNNING);
                handed.awaitRunning();
                if (request.pidFile().isPresent()) {
                    StateFolder.replace(request.pidFile().get().toAbsolutePath(),
                            Integer.toString(handed.pid()));
                }
                handed.handOver();
                StateFolder.removeTree(run);
                return request.detach() ? 0
                        : Processes.awaitExit(pidfd, FOR_EVER_MILLIS).orElse(255);
            } finally {
                Descriptors.close(pidfd);
            }
        } catch (LaunchException failed) {
            throw new OciException(failed.getMessage(), failed);
        } finally {
            StateFolder.removeTree(run);
        }
    }

    /** Stops every process where it is, or lets them go on. */
    public void pause(String id, boolean stop) throws OciException, IOException {
        Seen seen = state(id);
        ContainerStatus from = stop ? ContainerStatus.RUNNING : ContainerStatus.PAUSED;
        boolean possible = seen.status() == from || stop && seen.status() == ContainerStatus.CREATED;
        if (!possible) {
            throw new OciException("cannot " + (stop ? "pause" : "resume") + " container " + id
                    + ": it is " + seen.status().word());
        }
        HostCgroupFiles.freeze(seen.record().cgroup(), stop);
    }

    /** The processes of a container, as the host numbers them. */
    public List<Integer> processes(String id) throws OciException, IOException {
        return HostCgroupFiles.processes(state(id).record().cgroup());
    }

    /** What a container used so far. */
    public CgroupStatistics statistics(String id) throws OciException, IOException {
        return HostCgroupFiles.statistics(state(id).record().cgroup());
    }

    /** Changes limits. */
    public void update(String id, Resources wanted) throws OciException, IOException {
        StateFolder folder = StateFolder.of(root, id);
        ContainerRecord record = folder.record();
        if (status(folder, record) == ContainerStatus.STOPPED) {
            throw new OciException("cannot update container " + id + ": it has stopped");
        }
        new HostCgroupFiles().update(record.cgroup(), folder.spec().linux().resources(), wanted);
    }

    /** A further process that reads the container's own {@link Process} as its base. */
    public static Process processOf(String json) throws OciException {
        return Bundle.process(json);
    }
}
