package runtime.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import linux.abi.OpenFlag;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import linux.syscall.WaitSet;
import runtime.plan.StatusPage;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** The launcher that makes a keeper for each process. */
public final class KeeperLauncher implements Launcher {
    private static final String STATUS = "status";
    private static final int REMOVE_ATTEMPTS = 50;

    private final UserNamespaces userNamespaces = new UserNamespaces();
    private final Map<Integer, KeptProcess> watched = new ConcurrentHashMap<>();
    private final WaitSet keepers;
    private final KeeperSpawner spawner;
    private final SpareKeepers spares;
    private volatile boolean closed;

    /** A launcher that watches its keepers on a thread of its own. */
    public KeeperLauncher() throws IOException {
        keepers = new WaitSet();
        spawner = new KeeperSpawner(ignoredSignals());
        spares = new SpareKeepers(spawner);
        Thread.ofPlatform().name("keepers").daemon().start(this::watch);
    }

    /** The status page's place in a run folder. */
    public static Path statusFile(Path runFolder) {
        return runFolder.resolve(STATUS);
    }

    @Override
    public Launched create(LaunchRequest request) throws LaunchException {
        KeptProcess process = begin(request);
        boolean done = false;
        try (Phase phase = Trail.phase("launch.create")) {
            attend(process, request);
            process.awaitCreated();
            phase.done();
            done = true;
            return process;
        } finally {
            if (!done) {
                process.killKeeper(); // it may wait for hooks that failed in a way nobody thought of
                undo(process, request.program());
            }
            spares.replace();
        }
    }

    @Override
    public Launched launch(LaunchRequest request, BeforeStart beforeStart)
            throws LaunchException, IOException {
        KeptProcess process = begin(request);
        boolean done = false;
        try {
            beforeStart.run();
            process.mayStart();
            attend(process, request);
            awaitRunning(process);
            done = true;
            return process;
        } finally {
            if (!done) {
                process.killKeeper();
                undo(process, request.program());
            }
            spares.replace();
        }
    }

    private static void awaitRunning(KeptProcess process) throws LaunchException {
        try (Phase phase = Trail.phase("launch.start")) {
            phase.span().set("jctl.keeper.pid", process.keeperPid());
            process.awaitCreated();
            process.awaitRunning();
            phase.done();
        }
    }

    private static void attend(KeptProcess process, LaunchRequest request) throws LaunchException {
        if (request.meanwhile().isPresent()) {
            process.attend(request.meanwhile().get());
        }
    }

    private KeptProcess begin(LaunchRequest request) throws LaunchException {
        try (Phase phase = Trail.phase("keeper.spawn")) {
            KeptProcess process = beginUntraced(request);
            phase.done();
            return process;
        }
    }

    private KeptProcess beginUntraced(LaunchRequest request) throws LaunchException {
        KeptProcess process;
        try {
            process = spawned(request);
        } catch (IOException failed) {
            spares.replace();
            throw new LaunchException("the keeper could not be spawned: " + failed.getMessage(), -1, 0, 125);
        }
        try {
            watch(process);
        } catch (LaunchException failed) {
            process.killKeeper();
            process.keeperEnded();
            process.close();
            throw failed;
        }
        return process;
    }

    private KeptProcess spawned(LaunchRequest request) throws IOException {
        KeeperProgram program = request.program();
        Path file = statusFile(request.runFolder());
        StatusView page = StatusView.make(file);
        String userNamespace = program.idMapping().isPresent()
                ? userNamespaces.path(program.idMapping()) : "";
        SpareKeeper spare = spares.take();
        spare.begin(program.encoded(), userNamespace);
        return new KeptProcess(page, spare.pid(), spare.pidfd(), Optional.of(program));
    }

    /** What the plan made outside of the container's own namespaces is removed again. */
    private static void undo(KeptProcess process, KeeperProgram program) {
        process.awaitKeeperEnd();
        process.close();
        List<String> directories;
        try {
            directories = program.plan().cgroupDirectories();
        } catch (IOException changed) {
            // Whoever asked for the launch removes the container's cgroups by name.
            return;
        }
        for (String directory : directories) {
            removeCgroup(Path.of(directory));
        }
    }

    /** A cgroup stays busy for the moment it takes the kernel to bury its last process. */
    private static void removeCgroup(Path directory) {
        for (int attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
            try {
                Files.deleteIfExists(directory);
                return;
            } catch (IOException busy) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Override
    public Optional<Launched> adopt(Path runFolder) {
        Path file = statusFile(runFolder);
        try {
            if (!Files.exists(file) || Files.size(file) != StatusPage.SIZE_BYTES) {
                return Optional.empty();
            }
            StatusView page = StatusView.map(file);
            OptionalInt holder = holder(file);
            if (holder.isEmpty()) {
                return finished(page);
            }
            int pidfd = Processes.open(holder.getAsInt());
            if (!holder(file).equals(holder)) {
                Descriptors.close(pidfd);
                return finished(page);
            }
            KeptProcess process = new KeptProcess(page, holder.getAsInt(), pidfd, Optional.empty());
            watch(process);
            return Optional.of(process);
        } catch (IOException | LaunchException unreadable) {
            return Optional.empty();
        }
    }

    private static OptionalInt holder(Path file) throws IOException {
        int descriptor = Descriptors.open(file, OpenFlag.O_RDWR);
        try {
            return Descriptors.lockHolder(descriptor);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /** A process that was killed while it waited for its start has ended, and never ran. */
    private static Optional<Launched> finished(StatusView page) {
        return page.phase() == StatusPage.EXITED
                && page.integer(StatusPage.COMMAND) == StatusPage.COMMAND_START
                ? Optional.of(new EndedProcess(page)) : Optional.empty();
    }

    private void watch(KeptProcess process) throws LaunchException {
        watched.put(process.keeperPidfd(), process);
        try {
            keepers.add(process.keeperPidfd());
        } catch (SystemCallException failed) {
            watched.remove(process.keeperPidfd());
            throw new LaunchException("the keeper cannot be watched: " + failed.getMessage(), -1,
                    failed.errno(), 125);
        }
    }

    static long ignoredSignals() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16);
            }
        }
        throw new IOException("/proc/self/status has no line SigIgn");
    }

    private void watch() {
        while (!closed) {
            try {
                for (int pidfd : keepers.await()) {
                    KeptProcess process = watched.remove(pidfd);
                    if (process != null) {
                        Thread.ofVirtual().start(process::keeperEnded);
                    }
                }
            } catch (SystemCallException failed) {
                throw new IllegalStateException("keepers cannot be watched any more", failed);
            }
        }
        keepers.close();
        watched.values().forEach(KeptProcess::noLongerWatched);
    }

    @Override
    public void close() {
        closed = true;
        keepers.wakeUp();
        spares.close();
        spawner.close();
        userNamespaces.close();
    }
}
