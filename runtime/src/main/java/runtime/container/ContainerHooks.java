package runtime.container;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import linux.syscall.SeparateThread;
import runtime.cgroup.CgroupPlace;
import runtime.launch.Exit;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.Launched;
import runtime.launch.Launcher;
import runtime.launch.NetworkDevices;
import runtime.oci.ContainerStatus;
import runtime.oci.HookPoints;
import runtime.oci.InnerHook;
import runtime.oci.OciException;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.Root;
import runtime.spec.SpecWriter;

/**
 * What the specs of devices want done for one run of a container besides the launch: hooks, and network
 * devices moved in. Hooks find a bundle, as the OCI has them expect one, in the run folder; its
 * {@code root.path} is where the container's mount namespace has its root until that is changed.
 */
final class ContainerHooks implements AutoCloseable {
    /** For a hook that does not say: a container is locked while its hooks run. */
    static final int STANDARD_TIMEOUT_SECONDS = 60;
    /** What a hook inside prints is told to nobody, and shall fill no disk. */
    private static final Path NOWHERE = Path.of("/dev/null");
    /** {@code asm-generic/resource.h} */
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long UNLIMITED = -1;
    private static final String BUNDLE = "bundle";
    private static final String CONFIG = "config.json";

    private final Surroundings around;
    private final ContainerRecord record;
    private final ContainerSpec spec;
    private final ContainerFolders folders;
    /** Of network devices that are moved in, by their names on the host. */
    private final Map<String, List<String>> addresses;
    private Optional<NetworkDevices> devices = Optional.empty();

    /** @param spec with the namespaces to join resolved */
    ContainerHooks(Surroundings around, ContainerRecord record, ContainerSpec spec) {
        this(around, record, spec, Map.of());
    }

    /** The same, where network devices that are moved in get addresses with prefix length. */
    ContainerHooks(Surroundings around, ContainerRecord record, ContainerSpec spec, Map<String, List<String>> addresses) {
        this.addresses = Map.copyOf(addresses);
        this.around = around;
        this.record = record;
        this.spec = spec.withHooks(limited(spec.hooks()));
        this.folders = around.files().folders(record.id());
    }

    /** No hook without an end. */
    private static Hooks limited(Hooks hooks) {
        return new Hooks(limited(hooks.prestart()), limited(hooks.createRuntime()),
                limited(hooks.createContainer()), limited(hooks.startContainer()),
                limited(hooks.poststart()), limited(hooks.poststop()));
    }

    private static List<Hooks.Hook> limited(List<Hooks.Hook> hooks) {
        return hooks.stream().map(hook -> new Hooks.Hook(hook.path(), hook.args(), hook.env(),
                OptionalInt.of(hook.timeoutSeconds().orElse(STANDARD_TIMEOUT_SECONDS)))).toList();
    }

    /** What a launch does while the container waits for it. */
    Optional<LaunchRequest.Meanwhile> meanwhile() {
        return spec.waitsForHooks() ? Optional.of(this::prepare) : Optional.empty();
    }

    /** By the daemon: in a user namespace of its own nobody may raise a limit. */
    private static void letPin(int pid) throws IOException {
        try {
            Processes.limit(pid, RLIMIT_MEMLOCK, UNLIMITED, UNLIMITED);
        } catch (SystemCallException refused) {
            throw new IOException("a program that drives a device pins memory, and its limit cannot be raised: " + refused.getMessage()
                    + "; start the agent with CAP_SYS_RESOURCE, or say --ulimit memlock=BYTES within the agent's own limit", refused);
        }
    }

    /** Whether the container must be created before it is started. */
    boolean runsInside() {
        return !spec.hooks().startContainer().isEmpty();
    }

    private void prepare(int pid) throws IOException {
        onThread(() -> {
            makeBundle();
            if (spec.pins()) {
                letPin(pid);
            }
            if (!spec.linux().netDevices().isEmpty()) {
                NetworkDevices moved = NetworkDevices.moveIn(spec.linux().netDevices(), pid);
                devices = Optional.of(moved);
                giveAddresses(moved);
            }
            int pidfd = Processes.open(pid);
            try {
                points(pid).beforeCreation(pidfd);
            } catch (OciException failed) {
                throw new IOException(failed.getMessage(), failed);
            } finally {
                Descriptors.close(pidfd);
            }
        });
    }

    private void giveAddresses(NetworkDevices moved) throws IOException {
        for (Map.Entry<String, List<String>> device : addresses.entrySet()) {
            for (String each : device.getValue()) {
                String[] parts = each.split("/", 2);
                try {
                    moved.give(device.getKey(), InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
                } catch (IllegalArgumentException malformed) {
                    throw new IOException(each + " is no address with prefix length for the network device " + device.getKey() + ": "
                            + malformed.getMessage(), malformed);
                }
            }
        }
    }

    /** Hooks of the container's user namespace are its root, who alone may read the environment. */
    private void makeBundle() throws IOException {
        Path bundle = folders.run().resolve(BUNDLE);
        if (Files.isDirectory(bundle)) {
            return;
        }
        Files.createDirectory(bundle, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        Path config = bundle.resolve(CONFIG);
        Files.createFile(config, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(config, SpecWriter.write(new ContainerSpec(spec.ociVersion(), spec.process(),
                new Root(folders.rootInside().toString(), spec.root().readonly()), spec.hostname(),
                spec.domainname(), spec.mounts(), spec.hooks(), spec.annotations(), spec.linux())));
        if (!spec.linux().uidMappings().isEmpty()) {
            ContainerCreation.own(config, spec.linux().uidMappings().getFirst().hostId());
            ContainerCreation.own(bundle, spec.linux().uidMappings().getFirst().hostId());
        }
    }

    private HookPoints points(int pid) throws IOException {
        makeBundle();
        return new HookPoints(told(pid), spec);
    }

    private runtime.oci.ContainerRecord told(int pid) {
        return new runtime.oci.ContainerRecord(spec.ociVersion(), record.id(), pid, 0,
                folders.run().resolve(BUNDLE).toString(), folders.rootInside().toString(),
                around.clock().instant().toString(), 0, spec.annotations(),
                new CgroupPlace(Map.of(), Optional.empty(), Set.of()));
    }

    /**
     * Runs the hooks that the container itself brings, confined as its program will be.
     *
     * @throws LaunchException if one fails: the program is not to run
     */
    void beforeProgram(Launched created) throws LaunchException, ContainerException, IOException {
        for (Hooks.Hook hook : spec.hooks().startContainer()) {
            byte[] state = points(created.pid()).state(ContainerStatus.CREATED);
            Path run = Files.createDirectories(folders.exec("hook"));
            try (Launched inner = around.launcher().launch(new LaunchRequest(around.plans().exec(
                    new PlanMaker.Exec(spec.withProcess(InnerHook.process(hook, spec.process())),
                            created.pid(), run, NOWHERE, true)), run), Launcher.BeforeStart.NOTHING)) {
                write(inner, state);
                awaitEnd(hook, inner);
            } finally {
                FolderRemoval.remove(run);
            }
        }
    }

    /** A hook need not read what it is told. */
    private static void write(Launched hook, byte[] state) {
        try {
            hook.writeInput(ByteBuffer.wrap(state));
            hook.closeInput();
        } catch (IOException closed) {
            return;
        }
    }

    private static void awaitEnd(Hooks.Hook hook, Launched process)
            throws LaunchException, IOException {
        String name = "startContainer: hook " + hook.path();
        try {
            Exit exit = process.exit().get(hook.timeoutSeconds().orElseThrow(), TimeUnit.SECONDS);
            if (exit.code() != 0) {
                throw new LaunchException(name + " ended with exit status " + exit.code(), -1, 0, 125);
            }
        } catch (TimeoutException late) {
            process.signal(Signal.SIGKILL.number());
            throw new LaunchException(name + " took longer than "
                    + hook.timeoutSeconds().orElseThrow() + " s and was killed", -1, 0, 125);
        } catch (ExecutionException lost) {
            throw new LaunchException(name + ": " + lost.getCause().getMessage(), -1, 0, 125);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LaunchException(name + " was interrupted", -1, 0, 125);
        }
    }

    /** The program runs: what a hook does not manage is told and changes nothing. */
    void afterStart(int pid) {
        if (!spec.hooks().poststart().isEmpty()) {
            attempt(() -> points(pid).afterStart(this::tell));
        }
    }

    /** The run is over, or never began. */
    void afterStop() {
        if (!spec.hooks().poststop().isEmpty()) {
            attempt(() -> points(0).afterStop(this::tell));
        }
    }

    /** The container does not run after all: devices come back. */
    void undo() {
        devices.ifPresent(moved -> attempt(moved::giveBack));
    }

    private void tell(String warning) {
        around.journal().say("container " + record.shortId() + ": " + warning);
    }

    private interface Work {
        void run() throws IOException;
    }

    private void attempt(Work work) {
        try {
            onThread(work);
        } catch (IOException failed) {
            tell(failed.getMessage());
        }
    }

    /** A wait for a hook would keep one of the few threads busy that carry virtual ones. */
    private static void onThread(Work work) throws IOException {
        try {
            SeparateThread.call("hooks", () -> {
                work.run();
                return null;
            });
        } catch (CompletionException failed) {
            // Also an Error: the start that waited has failed, and is noted and undone as any other.
            throw new IOException("its hooks could not be run: " + failed.getCause(), failed);
        }
    }

    /** Devices stay where they are. */
    @Override
    public void close() {
        devices.ifPresent(NetworkDevices::close);
    }
}
