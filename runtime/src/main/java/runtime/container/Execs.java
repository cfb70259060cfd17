package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;
import static runtime.container.ContainerException.Reason.NOT_RUNNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import linux.abi.Capability;
import runtime.container.ContainerRecord.RunExit;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.Launched;
import runtime.launch.Launcher;
import runtime.spec.ContainerSpec;
import runtime.spec.Process;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;
import runtime.trace.Phase;
import runtime.trace.Trail;

/** Further processes in running containers: each has a keeper, a run folder and a log of its own. */
final class Execs {
    private final Surroundings around;
    private final AtomicLong numbers = new AtomicLong();

    Execs(Surroundings around) {
        this.around = around;
    }

    /**
     * Starts a process in a container; returns once its program runs.
     *
     * @throws ContainerException if the container does not run, or the start failed
     */
    Session start(Container container, ExecOptions options, TerminalSize size)
            throws ContainerException, IOException {
        try (Phase phase = Trail.phase("container.exec")) {
            SpanFacts.note(phase.span(), container.record());
            Session session = startUntraced(container, options, size);
            phase.done();
            return session;
        }
    }

    private Session startUntraced(Container container, ExecOptions options, TerminalSize size)
            throws ContainerException, IOException {
        if (options.args().isEmpty()) {
            throw new ContainerException(INVALID_OPTION, "exec needs a command");
        }
        Launched target = container.launched();
        ContainerRecord record = container.record();
        if (target == null || !record.state().isAlive()) {
            throw new ContainerException(NOT_RUNNING, "container " + record.name()
                    + " is not running");
        }
        if (record.state() == ContainerState.PAUSED) {
            throw new ContainerException(NOT_RUNNING, "container " + record.name()
                    + " is paused; unpause it first");
        }
        ContainerFolders folders = around.files().folders(record.id());
        String execId = "exec-" + around.clock().millis() + "-" + numbers.incrementAndGet();
        Path runFolder = Files.createDirectories(folders.exec(execId));
        Path logFolder = Files.createDirectories(folders.data().resolve("execs").resolve(execId));
        LogFiles log = new LogFiles(logFolder, LogFiles.STANDARD_MAX_BYTES,
                LogFiles.STANDARD_MAX_FILES);
        boolean done = false;
        try {
            Path made = Files.exists(folders.runSpec()) ? folders.runSpec() : folders.spec();
            ContainerSpec spec = SpecParser.parse(Files.readString(made));
            String words = String.join(" ", options.args());
            around.events().tell(record, "exec_create: " + words, "execID", execId);
            Launched launched = around.launcher().launch(new LaunchRequest(
                    around.plans().exec(new PlanMaker.Exec(
                            size.of(spec.withProcess(
                                    process(record, folders, spec.process(), options))),
                            target.pid(), runFolder, log.current(), options.interactive())),
                    runFolder), Launcher.BeforeStart.NOTHING);
            done = true;
            around.events().tell(record, "exec_start: " + words, "execID", execId);
            ExecSession session = new ExecSession(launched, log, options, runFolder);
            session.ended().thenAccept(exit -> around.events().tell(container.record(), "exec_die",
                    "execID", execId, "exitCode", Integer.toString(exit.code())));
            return session;
        } catch (SpecException damaged) {
            throw new IOException(folders.spec() + " is damaged: " + damaged.getMessage(), damaged);
        } catch (LaunchException failure) {
            throw ContainerRuns.translated(record, failure);
        } finally {
            if (!done) {
                FolderRemoval.remove(runFolder);
                FolderRemoval.remove(logFolder);
            }
        }
    }

    private static Process process(ContainerRecord record, ContainerFolders folders, Process own,
            ExecOptions options) throws ContainerException, IOException {
        Process.User user = own.user();
        if (!options.user().isEmpty()) {
            List<Path> stack = new java.util.ArrayList<>(List.of(folders.upper()));
            record.lowerFolders().forEach(folder -> stack.add(Path.of(folder)));
            user = UserLookup.in(new LayerFiles(stack)).resolve(options.user(), List.of()).user();
        }
        String folder = options.workingFolder().isEmpty() ? own.cwd() : options.workingFolder();
        if (!folder.startsWith("/")) {
            throw new ContainerException(INVALID_OPTION,
                    "the working folder '" + folder + "' must be an absolute path");
        }
        Set<Capability> granted = options.privileged() ? EnumSet.allOf(Capability.class)
                : own.capabilities().map(Process.Capabilities::bounding).orElse(Set.of());
        List<String> environment = CommandLine.overlaid(own.env(), options.terminal()
                ? prepend("TERM=xterm", options.env()) : options.env());
        return new Process(options.terminal(), Optional.empty(), user, options.args(), environment,
                folder, Optional.of(Privileges.sets(granted, user.uid())), own.rlimits(),
                own.noNewPrivileges(), own.apparmorProfile(), own.selinuxLabel(),
                OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    private static List<String> prepend(String first, List<String> rest) {
        List<String> all = new java.util.ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    /** A session with a further process; its folders go when process and session have ended. */
    private final class ExecSession implements Session {
        private final Launched launched;
        private final LogFiles log;
        private final ExecOptions options;
        private final Path runFolder;
        private final CompletableFuture<RunExit> ended;
        private final AtomicInteger users = new AtomicInteger(2);
        private final AtomicBoolean closed = new AtomicBoolean();

        private ExecSession(Launched launched, LogFiles log, ExecOptions options, Path runFolder) {
            this.launched = launched;
            this.log = log;
            this.options = options;
            this.runFolder = runFolder;
            this.ended = launched.exit().handle((exit, lost) -> exit == null
                    ? ContainerRuns.lostExit(around.clock().instant(), lost)
                    : new RunExit(exit.code(), exit.signal().orElse(0), false, exit.finishedAt(),
                            "", exit.outputLost()));
            ended.thenRun(() -> Thread.startVirtualThread(this::leave));
        }

        private void leave() {
            if (users.decrementAndGet() > 0) {
                return;
            }
            launched.close();
            try {
                FolderRemoval.remove(runFolder);
                FolderRemoval.remove(log.folder());
            } catch (IOException failure) {
                around.journal().say(runFolder + " is left behind: " + failure);
            }
        }

        @Override
        public int pid() {
            return launched.pid();
        }

        @Override
        public boolean terminal() {
            return options.terminal();
        }

        @Override
        public boolean interactive() {
            return options.interactive();
        }

        @Override
        public void writeInput(ByteBuffer bytes) throws IOException {
            launched.writeInput(bytes);
        }

        @Override
        public void closeInput() throws IOException {
            launched.closeInput();
        }

        @Override
        public void resize(int rows, int columns) throws IOException {
            launched.resize(rows, columns);
        }

        @Override
        public void signal(int number) throws IOException {
            launched.signal(number);
        }

        @Override
        public CompletableFuture<RunExit> ended() {
            return ended;
        }

        @Override
        public void follow(LogStream.Sink sink) throws IOException, InterruptedException {
            new LogStream(log, around.follower()).follow(LogPosition.START, ended, sink);
            LogStream.tellOfLoss(ended, sink);
        }

        @Override
        public CompletableFuture<Void> settled() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                leave();
            }
        }
    }
}
