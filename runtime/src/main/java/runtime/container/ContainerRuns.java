package runtime.container;

import static runtime.container.ContainerException.Reason.COMMAND_NOT_EXECUTABLE;
import static runtime.container.ContainerException.Reason.COMMAND_NOT_FOUND;
import static runtime.container.ContainerException.Reason.NOT_RUNNING;
import static runtime.container.ContainerException.Reason.START_FAILED;
import static runtime.container.ContainerException.Reason.UNSUPPORTED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import linux.abi.Signal;
import runtime.container.ContainerRecord.Run;
import runtime.container.ContainerRecord.RunExit;
import runtime.device.Demand;
import runtime.launch.Exit;
import runtime.launch.KeeperProgram;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.Launched;
import runtime.plan.PlanInput;
import runtime.spec.ContainerSpec;
import runtime.spec.NamespaceType;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;
import runtime.trace.Phase;
import runtime.trace.Span;
import runtime.trace.Trail;

/** The runs of containers: each begins with a start and ends with an exit that is always recorded. */
final class ContainerRuns {
    /** How long the removal of a container with --rm waits for slow readers of its output. */
    private static final long READERS_NANOSECONDS = TimeUnit.SECONDS.toNanos(10);

    /** Between two looks whether a full disk has room again. */
    private static final Duration ROOM_LOOK = Duration.ofSeconds(2);

    private final Surroundings around;
    private final ContainerIndex index;
    private final Errands errands;
    private final HealthMonitor health;
    private final LogForwarding forwarding;
    private final SharedProcessors processors;

    ContainerRuns(Surroundings around, ContainerIndex index, Errands errands, HealthMonitor health) {
        this.around = around;
        this.index = index;
        this.errands = errands;
        this.health = health;
        this.forwarding = new LogForwarding(around, errands);
        this.processors = new SharedProcessors(around, index);
    }

    /**
     * Starts a container that does not run; returns once its program runs.
     *
     * @throws ContainerException if a step failed: the container is as it was, with the error noted;
     *     one with --rm is removed
     */
    void start(Container container, TerminalSize size) throws ContainerException, IOException {
        container.lock().lock();
        try {
            container.awaitNoWriter();
            ContainerRecord record = container.record();
            if (record.state().isAlive()) {
                return;
            }
            if (container.isGone() || !record.state().mayBecome(ContainerState.RUNNING)) {
                throw new ContainerException(NOT_RUNNING, "container " + record.name()
                        + " is " + record.state().word() + " and cannot be started");
            }
            container.cancelRestart();
            try {
                startTraced(container, size);
            } catch (ContainerException failure) {
                noteFailure(container, failure, failure.exitCode().orElse(125));
                throw failure;
            } catch (IOException failure) {
                noteFailure(container, failure, 125);
                throw failure;
            }
        } finally {
            container.lock().unlock();
        }
    }

    private void startTraced(Container container, TerminalSize size)
            throws ContainerException, IOException {
        try (Phase phase = Trail.phase("container.start")) {
            SpanFacts.note(phase.span(), container.record());
            launch(container, size, ContainerRecord::running);
            phase.done();
        }
    }

    /** Starts one again by itself, after a while. The caller holds its lock. */
    void restartLater(Container container, Duration delay) {
        int ticket = container.planRestart(delay);
        errands.begin("restart-" + container.record().shortId(), () -> {
            around.delays().await(delay);
            restart(container, ticket);
        });
    }

    private void restart(Container container, int ticket) {
        container.lock().lock();
        try {
            restartLocked(container, ticket);
        } finally {
            container.lock().unlock();
        }
    }

    private void restartLocked(Container container, int ticket) {
        if (container.isGone() || errands.isClosed() || !container.takePlan(ticket)
                || !container.record().state().mayBecome(ContainerState.RUNNING)) {
            return;
        }
        if (around.room().lack().isPresent() || container.isWritten()) {
            waitForRoom(container);
            return;
        }
        Span span = around.tracer().work("container.restart");
        SpanFacts.note(span, container.record());
        span.set("jctl.restart.count", container.record().restarts() + 1L);
        Optional<String> failure = Trail.within(span, () -> restarted(container));
        failure.ifPresentOrElse(span::fail, span::end);
    }

    /** Why it could not be started again; empty if it was. */
    private Optional<String> restarted(Container container) {
        try {
            launch(container, TerminalSize.UNKNOWN, ContainerRecord::restarted);
            return Optional.empty();
        } catch (ContainerException failure) {
            restartFailed(container, failure, failure.exitCode().orElse(125));
            return Optional.of(String.valueOf(failure.getMessage()));
        } catch (IOException failure) {
            restartFailed(container, failure, 125);
            return Optional.of(String.valueOf(failure.getMessage()));
        }
    }

    /**
     * A full disk, or a client that copies into the container, is no fault of the container's: this is no
     * attempt that its policy counts.
     */
    private void waitForRoom(Container container) {
        int ticket = container.planRestart(container.restartDelay());
        errands.begin("room-" + container.record().shortId(), () -> {
            around.delays().await(ROOM_LOOK);
            restart(container, ticket);
        });
    }

    private void restartFailed(Container container, Exception failure, int exitCode) {
        ContainerRecord record =
                container.record().restartFailed(String.valueOf(failure.getMessage()), exitCode);
        around.journal().say("container " + record.shortId() + " cannot be restarted: "
                + failure.getMessage());
        RestartDecision decision = RestartDecision.afterRun(record.options().restartPolicy(),
                new RestartDecision.Ending(exitCode, Duration.ZERO, false, record.restarts(),
                        container.restartDelay()));
        boolean again = decision instanceof RestartDecision.Restart;
        if (again != (record.state() == ContainerState.RESTARTING)) {
            record = record.become(
                    again ? ContainerState.RESTARTING : ContainerState.EXITED);
        }
        container.record(record);
        try {
            around.files().save(record);
        } catch (IOException full) {
            around.journal().say("container " + record.shortId()
                    + ": that it could not be restarted cannot be written down: " + full);
        }
        if (decision instanceof RestartDecision.Restart restart) {
            restartLater(container, restart.delay());
        }
    }

    private void noteFailure(Container container, Exception failure, int exitCode) {
        ContainerRecord record =
                container.record().startFailed(String.valueOf(failure.getMessage()), exitCode);
        container.record(record);
        try {
            if (container.unwritten().isPresent()) {
                settle(container);
            } else if (record.options().autoRemove()) {
                remove(container);
            } else {
                around.files().save(record);
            }
        } catch (IOException again) {
            failure.addSuppressed(again);
        }
    }

    /**
     * Puts one that is on no disk yet there; what cannot be, or is removed after its run anyway, goes now:
     * after a restart it would be gone. The caller holds its lock.
     */
    void settle(Container container) throws IOException {
        if (container.record().options().autoRemove()) {
            remove(container);
            return;
        }
        try {
            ContainerCreation.write(around, container);
        } catch (IOException full) {
            remove(container);
            throw full;
        }
    }

    /** The record of a container whose program runs now. */
    private interface Begun {
        ContainerRecord of(ContainerRecord before, Run run);
    }

    private void launch(Container container, TerminalSize size, Begun begun)
            throws ContainerException, IOException {
        ContainerRecord record = container.record();
        ContainerFolders folders = around.files().folders(record.id());
        ContainerSpec spec = container.unwritten().isPresent()
                ? container.unwritten().get() : spec(folders);
        boolean wiredLater = around.network().wiresCreated(record.options().network());
        boolean attaches = around.network().attaches(record.options().network()) && !wiredLater;
        Launched launched = null;
        boolean done = false;
        ContainerSpec plain = processors.confined(record, joined(size.of(spec)));
        Optional<DevicePlugins.Equipment> equipment = equipment(record);
        ContainerSpec joined = equipment.isPresent() ? equipped(record, plain, equipment.get()) : plain;
        ContainerHooks hooks = new ContainerHooks(around, record, joined, equipment.map(DevicePlugins.Equipment::addresses).orElse(Map.of()));
        try {
            Optional<ContainerNetwork.Attachment> attachment =
                    attaches ? Optional.of(reserve(record)) : Optional.empty();
            NetworkFiles.write(record, folders, attachment
                    .map(NetworkFiles.Surroundings::of).orElse(NetworkFiles.Surroundings.NONE));
            makeRunFolder(container, folders.run());
            Optional<PlanInput.Lease> lease = record.options().leased()
                    ? Optional.of(around.lease().forStart(record)) : Optional.empty();
            KeeperProgram program = plan(new PlanMaker.Start(
                    joined, record.lowerFolders().stream().map(Path::of).toList(),
                    folders, attachment, record.options().interactive(), record.options().init(),
                    container.unwritten().isEmpty() ? Optional.empty()
                            : PlanMaker.Origin.of(record.options(), record.imageId(), plain), lease));
            LaunchRequest request =
                    new LaunchRequest(program, folders.run(), hooks.meanwhile());
            if (wiredLater || hooks.runsInside()) {
                launched = around.launcher().create(request);
                hold(record, launched);
                ContainerCreation.write(around, container);
                if (wiredLater) {
                    attachment = Optional.of(wire(record, folders, launched));
                }
                hooks.beforeProgram(launched);
                launched.start();
            } else {
                launched = around.launcher().launch(request,
                        () -> ContainerCreation.write(around, container));
                hold(record, launched);
            }
            Run run = new Run(launched.pid(), around.clock().instant(),
                    attachment.map(ContainerNetwork.Attachment::addresses).orElse(List.of())
                            .stream().map(GeneratedFiles::bare).toList(),
                    Optional.empty());
            ContainerRecord running = begun.of(record, run);
            around.files().save(running);
            container.record(running);
            watch(container, launched);
            around.events().tell(running, "start");
            done = true;
            hooks.afterStart(launched.pid());
        } catch (LaunchException failure) {
            throw translated(record, failure);
        } finally {
            if (!done) {
                hooks.undo();
                undo(record, spec, launched, hooks);
            }
            hooks.close();
        }
    }

    /** What plug-ins give for this run; it is taken back when the run is cleaned up. */
    private Optional<DevicePlugins.Equipment> equipment(ContainerRecord record) throws ContainerException, IOException {
        Optional<Demand> demand = record.options().demand();
        if (demand.isEmpty()) {
            return Optional.empty();
        }
        try (Phase phase = Trail.phase("devices.give")) {
            DevicePlugins.Equipment equipment = around.plugins().give(record.id(), demand.get());
            phase.done();
            return Optional.of(equipment);
        }
    }

    private ContainerSpec equipped(ContainerRecord record, ContainerSpec spec, DevicePlugins.Equipment equipment)
            throws ContainerException, IOException {
        boolean done = false;
        try {
            ContainerSpec equipped = CdiDevices.equipped(spec, equipment, around.devices());
            if (equipment.cpus().size() > 0) {
                processors.spread();
                equipped = SharedProcessors.on(equipped, equipment.cpus(), equipment.memoryNode().isPresent()
                        ? Optional.of(Integer.toString(equipment.memoryNode().getAsInt())) : Optional.empty());
            }
            boolean own = spec.linux().namespace(NamespaceType.NETWORK).filter(each -> each.path().isEmpty()).isPresent();
            if (!equipped.linux().netDevices().isEmpty() && !own) {
                throw new ContainerException(START_FAILED, "container " + record.name() + " gets a network device, and has no network namespace of its"
                        + " own that it could be in: choose another --network, as none", 125, null);
            }
            done = true;
            return equipped;
        } finally {
            if (!done) {
                attempt(record, "devices", () -> around.plugins().release(record.id()));
            }
        }
    }

    /** As early as there is a keeper whose timer can be moved: what follows may wait for the disk. */
    private void hold(ContainerRecord record, Launched launched) {
        if (record.options().leased()) {
            around.lease().hold(record, launched, around.journal());
        }
    }

    /** Only the specs of devices have hooks; nothing is read for other containers. */
    private void runLastHooks(ContainerRecord record) {
        if (record.options().devices().stream().allMatch(ContainerOptions.DeviceOption::isFile)) {
            return;
        }
        try {
            new ContainerHooks(around, record,
                    spec(around.files().folders(record.id()))).afterStop();
        } catch (IOException damaged) {
            around.journal().say("container " + record.shortId() + ": its poststop hooks do not run: "
                    + damaged.getMessage());
        }
    }

    private ContainerNetwork.Attachment reserve(ContainerRecord record)
            throws ContainerException, IOException {
        try (Phase phase = Trail.phase("network.reserve")) {
            ContainerNetwork.Attachment attachment =
                    around.network().reserve(ContainerNetwork.PlaceRequest.of(record));
            phase.done();
            return attachment;
        }
    }

    private KeeperProgram plan(PlanMaker.Start start) throws ContainerException, IOException {
        try (Phase phase = Trail.phase("launch.plan")) {
            KeeperProgram program = around.plans().program(start);
            phase.done();
            return program;
        }
    }

    /** Its files of the network are mounted by now; it has not looked at them yet. */
    private ContainerNetwork.Attachment wire(ContainerRecord record, ContainerFolders folders,
            Launched created) throws ContainerException, IOException {
        ContainerNetwork.Attachment attachment;
        try (Phase phase = Trail.phase("network.wire")) {
            attachment = around.network().wire(
                    ContainerNetwork.PlaceRequest.of(record), created.pid());
            phase.done();
        }
        attachment.warnings().forEach(around.journal()::say);
        NetworkFiles.write(record.withOptions(record.options().withNetwork(around.network()
                .completed(record.id(), record.options().network()))), folders,
                NetworkFiles.Surroundings.of(attachment));
        return attachment;
    }

    /** One just made has none yet, and nobody else its id. */
    private static void makeRunFolder(Container container, Path folder) throws IOException {
        if (container.unwritten().isEmpty()) {
            FolderRemoval.remove(folder);
        }
        Files.createDirectory(folder);
    }

    private static ContainerSpec spec(ContainerFolders folders) throws IOException {
        try {
            return SpecParser.parse(Files.readString(folders.spec()));
        } catch (SpecException | java.nio.charset.CharacterCodingException damaged) {
            throw new IOException(folders.spec() + " is damaged (" + damaged.getMessage()
                    + "); remove the container and create it again", damaged);
        }
    }

    private ContainerSpec joined(ContainerSpec spec) throws ContainerException {
        runtime.spec.Linux linux = spec.linux();
        List<runtime.spec.Namespace> joined = NamespaceChoice.joined(linux.namespaces(), id -> {
            Launched other = index.find(id).launched();
            if (other == null) {
                throw new ContainerException(NOT_RUNNING, "container " + id.substring(0, 12)
                        + ", whose namespaces are to be joined, does not run");
            }
            return other.pid();
        });
        return spec.withLinux(new runtime.spec.Linux(linux.uidMappings(), linux.gidMappings(),
                joined, linux.devices(), linux.cgroupsPath(), linux.resources(),
                linux.rootfsPropagation(), linux.seccomp(), linux.sysctl(), linux.maskedPaths(),
                linux.readonlyPaths(), linux.mountLabel(), linux.personality(),
                linux.timeOffsets(), linux.netDevices()));
    }

    static ContainerException translated(ContainerRecord record, LaunchException failure) {
        ContainerException.Reason reason = switch (failure.exitCode()) {
            case 127 -> COMMAND_NOT_FOUND;
            case 126 -> COMMAND_NOT_EXECUTABLE;
            default -> START_FAILED;
        };
        return new ContainerException(reason, "container " + record.name() + ": "
                + failure.getMessage(), failure.exitCode(), failure);
    }

    private void undo(ContainerRecord record, ContainerSpec spec, Launched launched,
            ContainerHooks hooks) {
        if (launched != null) {
            kill(record, launched);
        }
        cleanUp(record, spec.linux().cgroupsPath());
        hooks.afterStop(); // they read the bundle in the run folder
        removeRunFolder(record);
    }

    /** Kills and waits; what cannot be killed is reported. */
    void kill(ContainerRecord record, Launched launched) {
        try {
            if (launched.phase() != Launched.Phase.FAILED
                    && launched.signal(Signal.SIGKILL.number())) {
                launched.exit().get(10, TimeUnit.SECONDS);
            }
        } catch (IOException | java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException failure) {
            around.journal().say("container " + record.shortId() + ": process " + launched.pid()
                    + " cannot be killed: " + failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        launched.close();
    }

    /** Releases what a run took beyond its process and its run folder: devices, network, cgroup. */
    void cleanUp(ContainerRecord record, Optional<String> cgroup) {
        if (record.options().demand().isPresent()) {
            attempt(record, "devices", () -> around.plugins().release(record.id()));
        }
        if (record.options().exclusiveCpus() > 0) {
            attempt(record, "processors", processors::spread);
        }
        attempt(record, "network", () -> around.network().release(record.id()));
        attempt(record, "cgroup", () -> around.cgroups().remove(cgroup.orElseGet(() ->
                around.cgroups().path(record.id(), record.options().cgroupParent()))));
    }

    /** It holds the exit code until that is in the record. */
    void removeRunFolder(ContainerRecord record) {
        attempt(record, "run folder", () ->
                FolderRemoval.remove(around.files().folders(record.id()).run()));
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(ContainerRecord record, String what, Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException | RuntimeException failure) {
            around.journal().say("container " + record.shortId() + ": its " + what
                    + " is left behind until the daemon starts again: " + failure);
        }
    }

    /** From now on the end of this process is the end of the container's run. */
    void watch(Container container, Launched launched) {
        hold(container.record(), launched);
        container.begin(launched, around.delays().nanos());
        health.attend(container, launched);
        forwarding.attend(container);
        launched.exit().whenComplete((exit, lost) -> Thread.ofVirtual()
                .name("exit-" + container.record().shortId())
                .start(() -> ended(container, launched, exit, lost)));
    }

    private void ended(Container container, Launched launched, Exit exit, Throwable lost) {
        RunExit end;
        container.lock().lock();
        try {
            if (container.launched() != launched) {
                return;
            }
            ContainerRecord record = container.record();
            end = exit != null ? translated(record, exit) : lostExit(around.clock().instant(), lost);
            Optional<Duration> again = restartDelay(container, end);
            boolean noted = record(container, end, again.isPresent());
            around.events().died(container.record(), end);
            launched.close();
            container.end();
            cleanUp(record, Optional.empty());
            runLastHooks(record);
            if (noted) {
                removeRunFolder(record);
            }
            again.ifPresent(delay -> restartLater(container, delay));
        } finally {
            container.lock().unlock();
        }
        container.ended().complete(end);
        if (container.record().options().autoRemove()) {
            removeWhenRead(container);
        }
    }

    /** What an earlier daemon left of a log to be forwarded. */
    void forwardRest(Container container) {
        forwarding.attend(container);
    }

    private Optional<Duration> restartDelay(Container container, RunExit end) {
        ContainerRecord record = container.record();
        Duration ran = Duration.ofNanos(around.delays().nanos() - container.beganNanos());
        return RestartDecision.afterRun(record.options().restartPolicy(),
                new RestartDecision.Ending(end.code(), ran, record.stopRequested(),
                        record.restarts(), container.restartDelay()))
                instanceof RestartDecision.Restart(Duration delay)
                ? Optional.of(delay) : Optional.empty();
    }

    private RunExit translated(ContainerRecord record, Exit exit) {
        boolean oomKilled = false;
        try {
            oomKilled = around.cgroups().oomKilled(
                    around.cgroups().path(record.id(), record.options().cgroupParent()));
        } catch (IOException failure) {
            around.journal().say("container " + record.shortId()
                    + ": whether it ran out of memory cannot be learned: " + failure);
        }
        boolean leaseOver = exit.leaseMillis() > 0 && exit.signal().isPresent();
        return new RunExit(exit.code(), exit.signal().orElse(0), oomKilled && !leaseOver, exit.finishedAt(),
                leaseOver ? NodeLease.words(exit.leaseMillis()) : oomKilled ? "out of memory: the kernel killed a process in the container" : "",
                exit.outputLost());
    }

    /** The end of a run nobody saw. */
    static RunExit lostExit(Instant now, Throwable why) {
        Throwable cause = why instanceof CompletionException ? why.getCause() : why;
        return RunExit.unknown(now, cause == null
                ? "the host was rebooted or the keeper was killed" : cause.getMessage());
    }

    /**
     * Notes the end of a run in memory and, if the disk lets us, in the record: whether it did. One with
     * --rm is removed next, so nobody could read it.
     */
    private boolean record(Container container, RunExit end, boolean again) {
        ContainerRecord exited = again ? container.record().restarting(end)
                : container.record().exited(end);
        container.record(exited);
        if (exited.options().autoRemove()) {
            return false;
        }
        try {
            around.files().save(exited);
            return true;
        } catch (IOException failure) {
            around.journal().say("container " + exited.shortId()
                    + ": its exit code " + end.code() + " cannot be written down: " + failure);
            return false;
        }
    }

    private void removeWhenRead(Container container) {
        try {
            container.awaitNoSessions(READERS_NANOSECONDS);
            container.lock().lock();
            try {
                if (!container.isGone() && container.record().state() == ContainerState.EXITED) {
                    remove(container);
                }
            } finally {
                container.lock().unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            around.journal().say("container " + container.record().shortId()
                    + " cannot be removed: " + failure);
        }
    }

    /** As {@link #remove(Container, boolean)}, with its volumes that have no name. */
    void remove(Container container) throws IOException {
        remove(container, true);
    }

    /**
     * Removes a container that does not run. The caller holds its lock.
     *
     * @param volumes whether its volumes that have no name go with it
     * @throws IOException if some of its files remain: it is DEAD then and can be removed again
     */
    void remove(Container container, boolean volumes) throws IOException {
        container.record(container.record().become(ContainerState.REMOVING));
        try {
            cleanUp(container.record(), Optional.empty());
            removeRunFolder(container.record());
            around.files().remove(container.record());
        } catch (IOException failure) {
            container.record(container.record().become(ContainerState.DEAD));
            container.removed().completeExceptionally(failure);
            throw failure;
        }
        attempt(container.record(), "volumes",
                () -> around.volumes().release(container.id(), volumes));
        index.remove(container);
        // Before anybody who waits for its removal goes on.
        around.events().tell(container.record(), "destroy");
        container.markGone();
        container.ended().complete(new RunExit(container.record().startExitCode(), 0, false,
                around.clock().instant(), ""));
    }

    /** An error for what this version cannot do to a container. */
    static ContainerException unsupported(String what) {
        return new ContainerException(UNSUPPORTED, what);
    }
}
