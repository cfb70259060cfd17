package runtime.container;

import static runtime.container.ContainerException.Reason.NOT_FOUND;
import static runtime.container.ContainerException.Reason.NOT_RUNNING;
import static runtime.container.ContainerException.Reason.RUNNING;
import static runtime.container.ContainerException.Reason.UNSUPPORTED;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import linux.abi.Signal;
import runtime.container.ContainerRecord.RunExit;
import runtime.device.CdiRegistry;
import runtime.launch.Launched;
import runtime.network.Endpoint;
import runtime.plan.LaunchPlan;

/**
 * The containers of one daemon. A container is named by id, unambiguous prefix of it, or name. Operations
 * on one container follow one another; on different ones they run side by side. All may block.
 */
public final class Containers implements AutoCloseable {
    private static final long KILL_SECONDS = 10;

    private final Surroundings around;
    private final ContainerIndex index;
    private final ContainerCreation creation;
    private final Explainer explainer;
    private final ContainerRuns runs;
    private final ContainerControl control;
    private final Execs execs;
    private final Errands errands = new Errands();
    private final ContainerNetworks networks;

    /** Reads what is on disk, takes up what runs and repairs what a crash left. */
    public Containers(Surroundings around) throws IOException {
        this.around = around;
        this.index = new ContainerIndex(around.random(),
                around.files().folders("").data().hashCode() << 6);
        this.creation = new ContainerCreation(around, index);
        ContainerFolders all = around.files().folders("");
        this.explainer = new Explainer(around.images(), around.network(), around.plans(),
                around.filters(), around.cgroups(), around.machine(), around.userNamespaces(),
                all.data(), all.run(), around.devices());
        this.execs = new Execs(around);
        this.runs = new ContainerRuns(around, index, errands,
                new HealthMonitor(around, execs, errands));
        this.control = new ContainerControl(around, index);
        this.networks = new ContainerNetworks(around, index);
        new StartupRepair(around, index, runs).repair();
    }

    /** Makes a container that does not run yet. */
    public ContainerRecord create(ContainerOptions options) throws ContainerException, IOException {
        return created(creation.create(options, around.images().open(options.image())));
    }

    /** As {@link #create(ContainerOptions)}, of an image its caller has opened. */
    public ContainerRecord create(ContainerOptions options, ContainerImages.Image image)
            throws ContainerException, IOException {
        return created(creation.create(options, image));
    }

    /** Makes a container that is started next: it is surely on disk only once it has been. */
    public ContainerRecord createToStart(ContainerOptions options, ContainerImages.Image image)
            throws ContainerException, IOException {
        return created(creation.createToStart(options, image));
    }

    private ContainerRecord created(Container container) {
        around.events().tell(container.record(), "create");
        return container.record();
    }

    /**
     * For one made by {@link #createToStart} whose start did not come to pass: it is on disk, or gone,
     * from now on. Nothing happens if it is on disk.
     */
    public void settle(String id) throws IOException {
        Container container;
        try {
            container = index.find(id);
        } catch (ContainerException gone) {
            return;
        }
        container.lock().lock();
        try {
            if (container.unwritten().isPresent() && !container.isGone()) {
                runs.settle(container);
            }
        } finally {
            container.lock().unlock();
        }
    }

    /** The plan of the start a container of these options would have; nothing is made. */
    public LaunchPlan planOf(ContainerOptions options) throws ContainerException, IOException {
        return explainer.plan(options);
    }

    /** Starts it; returns once its program runs. Nothing happens if it runs already. */
    public ContainerRecord start(String name) throws ContainerException, IOException {
        return start(name, TerminalSize.UNKNOWN);
    }

    /** As {@link #start(String)}; its terminal, if it has one, is of that size from the first. */
    public ContainerRecord start(String name, TerminalSize size)
            throws ContainerException, IOException {
        Container container = index.find(name);
        runs.start(container, size);
        return container.record();
    }

    /**
     * Sends the stop signal, waits, then kills; returns once it has ended. Nothing happens if it had.
     *
     * @param timeoutSeconds between signal and SIGKILL, -1 for ever; empty for the container's own
     * @param signal         in place of the container's; empty for that
     */
    public void stop(String name, OptionalInt timeoutSeconds, String signal)
            throws ContainerException, IOException, InterruptedException {
        Container container = index.find(name);
        ContainerRecord record = container.record();
        int number = signal.isEmpty() ? record.stopSignal() : ContainerCreation.signal(signal);
        int seconds = timeoutSeconds.orElse(record.options().stopTimeoutSeconds()
                .orElse(ContainerOptions.STANDARD_STOP_TIMEOUT_SECONDS));
        CompletableFuture<RunExit> ended = container.ended();
        control.stopping(container);
        Launched launched = container.launched();
        if (launched == null) {
            return;
        }
        if (seconds != 0 && signal(container, launched, number) && awaitEnd(ended, seconds)) {
            around.events().tell(container.record(), "stop");
            return;
        }
        signal(container, launched, Signal.SIGKILL.number());
        if (!awaitEnd(ended, KILL_SECONDS)) {
            throw new IOException("container " + record.name() + ": process " + launched.pid()
                    + " did not die of SIGKILL in " + KILL_SECONDS
                    + " s; it waits for a device or a file server");
        }
        around.events().tell(container.record(), "stop");
    }

    /** A process that stands still gets it when it goes on, so it goes on. */
    private boolean signal(Container container, Launched launched, int number) throws IOException {
        boolean sent = sendSignal(container, launched, number);
        control.thawIfPaused(container);
        return sent;
    }

    private boolean sendSignal(Container container, Launched launched, int number)
            throws IOException {
        boolean sent = launched.signal(number);
        if (sent) {
            around.events().tell(container.record(), "kill", "signal", Integer.toString(number));
        }
        return sent;
    }

    /**
     * Stops it, if it runs, and starts it again.
     *
     * @param timeoutSeconds as for {@link #stop}
     * @param signal         as for {@link #stop}
     */
    public ContainerRecord restart(String name, OptionalInt timeoutSeconds, String signal)
            throws ContainerException, IOException, InterruptedException {
        Container container = index.find(name);
        stop(container.id(), timeoutSeconds, signal);
        ContainerRecord record = start(container.id());
        around.events().tell(record, "restart");
        return record;
    }

    /** Stops its processes where they are. */
    public void pause(String name) throws ContainerException, IOException {
        control.pause(index.find(name));
    }

    /** Lets paused processes go on. */
    public void unpause(String name) throws ContainerException, IOException {
        control.unpause(index.find(name));
    }

    /** Gives it another name. */
    public void rename(String name, String wanted) throws ContainerException, IOException {
        control.rename(index.find(name), wanted);
    }

    /** Changes limits and restart policy, also while it runs; zero, empty and absent ones stay. */
    public ContainerRecord update(String name, ContainerOptions.Limits limits, String restart)
            throws ContainerException, IOException {
        Container container = index.find(name);
        control.update(container, limits, restart);
        return container.record();
    }

    /** How it is by its health check; empty if it has none, or does not run. */
    public Optional<Health> health(String id) {
        try {
            Container container = index.find(id);
            return container.launched() == null || container.record().health().isEmpty()
                    ? Optional.empty() : Optional.of(container.health());
        } catch (ContainerException gone) {
            return Optional.empty();
        }
    }

    private static boolean awaitEnd(CompletableFuture<RunExit> ended, long seconds)
            throws InterruptedException {
        try {
            if (seconds < 0) {
                ended.get();
            } else {
                ended.get(seconds, TimeUnit.SECONDS);
            }
            return true;
        } catch (TimeoutException running) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sends a signal, SIGKILL if none is named; once that has killed it, its end is recorded. */
    public void kill(String name, String signal)
            throws ContainerException, IOException, InterruptedException {
        Container container = index.find(name);
        int number = signal.isEmpty() ? Signal.SIGKILL.number() : ContainerCreation.signal(signal);
        CompletableFuture<RunExit> ended = container.ended();
        Launched launched = container.launched();
        boolean ends = number == Signal.SIGKILL.number()
                || number == container.record().stopSignal();
        if (launched != null && ends) {
            control.stopping(container);
        }
        if (launched == null || !(ends ? signal(container, launched, number)
                : sendSignal(container, launched, number))) {
            throw new ContainerException(NOT_RUNNING, "cannot kill container "
                    + container.record().name() + ": it is not running");
        }
        if (number == Signal.SIGKILL.number()) {
            awaitEnd(ended, KILL_SECONDS);
        }
    }

    /** As {@link #remove(String, boolean, boolean)}; its volumes stay. */
    public void remove(String name, boolean force)
            throws ContainerException, IOException, InterruptedException {
        remove(name, force, false);
    }

    /**
     * Removes it with all its files.
     *
     * @param force   whether one that runs is killed first; else that is an error
     * @param volumes whether its volumes that have no name go with it
     */
    public void remove(String name, boolean force, boolean volumes)
            throws ContainerException, IOException, InterruptedException {
        Container container = index.find(name);
        Launched launched = container.launched();
        if (launched != null) {
            if (!force) {
                throw new ContainerException(RUNNING, "container " + container.record().name()
                        + " is " + container.record().state().word()
                        + "; stop it first, or remove it with --force");
            }
            CompletableFuture<RunExit> ended = container.ended();
            control.stopping(container);
            signal(container, launched, Signal.SIGKILL.number());
            awaitEnd(ended, KILL_SECONDS);
        }
        container.lock().lock();
        try {
            container.awaitNoWriter();
            if (container.isGone()) {
                return;
            }
            if (container.record().state().isAlive()) {
                throw new ContainerException(RUNNING, "container " + container.record().name()
                        + " still runs and was not removed");
            }
            if (container.record().state() == ContainerState.RESTARTING && !force) {
                throw new ContainerException(RUNNING, "container " + container.record().name()
                        + " is restarting; stop it first, or remove it with --force");
            }
            container.cancelRestart();
            runs.remove(container, volumes || container.record().options().autoRemove());
        } finally {
            container.lock().unlock();
        }
    }

    /** Nothing is started or looked after by itself any more; what runs goes on. */
    @Override
    public void close() {
        errands.close();
    }

    /** What is known of one. */
    public ContainerRecord get(String name) throws ContainerException {
        return index.find(name).record();
    }

    /** What is known of all, newest first. */
    public List<ContainerRecord> list() {
        return index.all().stream().map(Container::record)
                .sorted(Comparator.comparing(ContainerRecord::createdAt).reversed()).toList();
    }

    /** Completes when it does not run: at once if it does not. */
    public CompletableFuture<RunExit> ended(String name) throws ContainerException {
        Container container = index.find(name);
        ContainerRecord record = container.record();
        // One that ran has an end to wait for, also while that is being cleared up.
        if (record.run().isEmpty() && !container.ended().isDone()) {
            return CompletableFuture.completedFuture(new RunExit(
                    record.startExitCode(), 0, false, record.createdAt(), record.startError()));
        }
        return container.ended();
    }

    /** A session with its first process, also before it is started: output from now on. */
    public Session attach(String name) throws ContainerException, IOException {
        Container container = index.find(name);
        LogFiles log = container.log();
        return new ContainerSession(container, new LogStream(log, around.follower()), log.end());
    }

    /** Starts a further process in it. */
    public Session exec(String name, ExecOptions options, TerminalSize size)
            throws ContainerException, IOException {
        return execs.start(index.find(name), options, size);
    }

    /** Gives what it wrote to a receiver. */
    public void logs(String name, LogQuery query, LogStream.Sink sink)
            throws ContainerException, IOException, InterruptedException {
        logs(name, query, false, sink);
    }

    /**
     * Gives what it wrote to a receiver.
     *
     * @param awaitStart of one that was never started and shall be followed, whether to wait for its start; else there
     *                   is nothing to follow
     */
    public void logs(String name, LogQuery query, boolean awaitStart, LogStream.Sink sink)
            throws ContainerException, IOException, InterruptedException {
        Container container = index.find(name);
        if (!container.record().options().logChoice().isReadable()) {
            throw new ContainerException(UNSUPPORTED, "container " + container.record().name()
                    + " keeps no log: it was made with --log-driver none; make it again with"
                    + " another log driver to have one");
        }
        if (awaitStart && query.follow()) {
            begun(container);
            if (container.isGone()) {
                return;
            }
        }
        CompletableFuture<?> ended = container.launched() == null
                ? CompletableFuture.completedFuture(null) : container.ended();
        new LogStream(container.log(), around.follower()).query(query, ended, sink);
        LogStream.tellOfLoss(container.ended(), sink);
    }

    private static void begun(Container container) throws InterruptedException {
        try {
            container.begun().get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What {@code --log-opt labels}, {@code env} and {@code tag} tell of a container's lines. */
    public Map<String, String> logDetails(String name) throws ContainerException {
        ContainerRecord record = index.find(name).record();
        return record.options().logChoice().details(LogSubjects.of(record));
    }

    /** Rotates the logs that have grown; to be called every second or so. */
    public void rotateLogs() {
        for (Container container : index.all()) {
            if (container.launched() != null) {
                try {
                    container.log().rotateIfLarge();
                } catch (IOException failure) {
                    around.journal().say("the log of container " + container.record().shortId()
                            + " cannot be rotated: " + failure);
                }
            }
        }
    }

    /** The ids of images ({@code sha256:…}) that containers use. */
    public Set<String> imagesInUse() {
        return index.all().stream().map(each -> each.record().imageId())
                .collect(Collectors.toSet());
    }

    /** Networks, and which containers are in them. */
    public ContainerNetworks networks() {
        return networks;
    }

    /** The places of a running container in networks. */
    public List<Endpoint> endpoints(String id) {
        return around.network().endpoints(id);
    }

    /**
     * Does something with a container's files. One that does not run is kept from being started or
     * removed meanwhile; one that runs goes on.
     */
    public <T> T withFiles(String name, FilesUse<T> use) throws Exception {
        Container container = index.find(name);
        ContainerFolders folders = around.files().folders(container.id());
        Launched launched = container.launched();
        if (launched == null) {
            container.lock().lock();
            try {
                launched = settled(container, name);
                if (launched == null) {
                    return use.with(container.record(), folders, Optional.empty());
                }
            } finally {
                container.lock().unlock();
            }
        }
        return use.with(container.record(), folders, Optional.of(launched));
    }

    /**
     * Reads a container's files, for as long as it takes: nothing is kept from being done to it meanwhile.
     */
    public <T> T readFiles(String name, FilesUse<T> use) throws Exception {
        Container container = index.find(name);
        return use.with(container.record(), around.files().folders(container.id()),
                Optional.ofNullable(container.launched()));
    }

    /**
     * Writes a container's files. One that does not run is neither started nor removed meanwhile: who wants
     * to waits a little, then is told.
     */
    public <T> T writeFiles(String name, FilesUse<T> use) throws Exception {
        Container container = index.find(name);
        ContainerFolders folders = around.files().folders(container.id());
        Launched launched = container.launched();
        if (launched == null) {
            container.lock().lock();
            try {
                launched = settled(container, name);
                if (launched == null) {
                    container.writing(true);
                }
            } finally {
                container.lock().unlock();
            }
        }
        if (launched != null) {
            return use.with(container.record(), folders, Optional.of(launched));
        }
        try {
            return use.with(container.record(), folders, Optional.empty());
        } finally {
            container.lock().lock();
            try {
                container.writing(false);
            } finally {
                container.lock().unlock();
            }
        }
    }

    /**
     * The first process of a container to whose files nobody writes; null if none runs. The caller holds
     * its lock.
     */
    private static Launched settled(Container container, String name) throws ContainerException {
        container.awaitNoWriter();
        if (container.isGone()) {
            throw new ContainerException(NOT_FOUND, "no such container: " + name);
        }
        return container.launched();
    }

    /** Something done with a container's files. */
    @FunctionalInterface
    public interface FilesUse<T> {
        /** @param process the first one; absent if it does not run */
        T with(ContainerRecord record, ContainerFolders folders, Optional<Launched> process)
                throws Exception;
    }

    /** The CDI devices containers may have. */
    public CdiRegistry devices() throws IOException {
        return around.devices().read();
    }

    /** What becomes of output. */
    public LogSettings logging() {
        return around.logging();
    }

    /** Told of what happens to containers. */
    public ContainerEvents events() {
        return around.events();
    }

    /** Where a container's files lie. */
    public ContainerFolders folders(String id) {
        return around.files().folders(id);
    }
}
