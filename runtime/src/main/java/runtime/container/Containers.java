package runtime.container;

import static runtime.container.ContainerException.Reason.NOT_RUNNING;
import static runtime.container.ContainerException.Reason.RUNNING;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import linux.abi.Signal;
import runtime.container.ContainerRecord.RunExit;
import runtime.launch.Launched;
import runtime.plan.LaunchPlan;

/**
 * The containers of one daemon. A container is named by id, unambiguous prefix of it, or name. Operations
 * on one container follow one another; on different ones they run side by side. All may block.
 */
public final class Containers {
    private static final long KILL_SECONDS = 10;

    private final Surroundings around;
    private final ContainerIndex index;
    private final ContainerCreation creation;
    private final Explainer explainer;
    private final ContainerRuns runs;
    private final Execs execs;

    /** Reads what is on disk, takes up what runs and repairs what a crash left. */
    public Containers(Surroundings around) throws IOException {
        this.around = around;
        this.index = new ContainerIndex(around.random(),
                around.files().folders("").data().hashCode() << 6);
        this.creation = new ContainerCreation(around, index);
        ContainerFolders all = around.files().folders("");
        this.explainer = new Explainer(around.images(), around.network(), around.plans(),
                around.filters(), around.cgroups(), around.machine(), around.userNamespaces(),
                all.data(), all.run());
        this.runs = new ContainerRuns(around, index);
        this.execs = new Execs(around);
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

    private boolean signal(Container container, Launched launched, int number) throws IOException {
        boolean sent = launched.signal(number);
        if (sent) {
            around.events().tell(container.record(), "kill", "signal", Integer.toString(number));
        }
        return sent;
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
        if (launched == null || !signal(container, launched, number)) {
            throw new ContainerException(NOT_RUNNING, "cannot kill container "
                    + container.record().name() + ": it is not running");
        }
        if (number == Signal.SIGKILL.number()) {
            awaitEnd(ended, KILL_SECONDS);
        }
    }

    /**
     * Removes it with all its files.
     *
     * @param force whether one that runs is killed first; else that is an error
     */
    public void remove(String name, boolean force)
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
            signal(container, launched, Signal.SIGKILL.number());
            awaitEnd(ended, KILL_SECONDS);
        }
        container.lock().lock();
        try {
            if (container.isGone()) {
                return;
            }
            if (container.record().state().isAlive()) {
                throw new ContainerException(RUNNING, "container " + container.record().name()
                        + " still runs and was not removed");
            }
            runs.remove(container);
        } finally {
            container.lock().unlock();
        }
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
        Container container = index.find(name);
        CompletableFuture<?> ended = container.launched() == null
                ? CompletableFuture.completedFuture(null) : container.ended();
        new LogStream(container.log(), around.follower()).query(query, ended, sink);
        LogStream.tellOfLoss(container.ended(), sink);
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

    /** Told of what happens to containers. */
    public ContainerEvents events() {
        return around.events();
    }

    /** Where a container's files lie. */
    public ContainerFolders folders(String id) {
        return around.files().folders(id);
    }
}
