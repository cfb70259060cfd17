package runtime.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A launcher without a kernel. Its processes live in a {@link World}, which several launchers can share as
 * a daemon and its successor share a host. What a process does is said by its arguments: {@code exit N},
 * {@code sleep} (for ever), {@code stubborn} (ignores SIGTERM), {@code cat}, {@code echo WORD},
 * {@code both} (writes to both streams and exits with 0), {@code missing}, {@code unexecutable}.
 */
public final class FakeLauncher implements Launcher {
    private final World world;
    private volatile boolean closed;

    /** A launcher on a host. */
    public FakeLauncher(World world) {
        this.world = world;
    }

    /** A host: what runs on it outlives every launcher. */
    public static final class World {
        private final Map<Path, Program> programs = new ConcurrentHashMap<>();
        private final Map<Path, Process> processes = new ConcurrentHashMap<>();
        private final AtomicInteger pids = new AtomicInteger(1000);

        /** What the plan of the next launch into this run folder amounts to. */
        public void program(Path runFolder, List<String> args, boolean terminal, Path log) {
            programs.put(runFolder, new Program(args, terminal, log));
        }

        /** Processes are numbered from here: hooks look for one that there is. */
        public void numbersFrom(int pid) {
            pids.set(pid - 1);
        }

        /** Everything ends and every status page is lost, as when the host is rebooted. */
        public void reboot() {
            processes.clear();
        }

        /** How many processes have not ended. */
        public long alive() {
            return processes.values().stream().filter(each -> !each.exit.isDone()).count();
        }
    }

    private record Program(List<String> args, boolean terminal, Path log) {}

    private static final class Process {
        private final Program program;
        private final int pid;
        private final CompletableFuture<Exit> exit = new CompletableFuture<>();
        private volatile Launched.Phase phase = Launched.Phase.CREATED;
        private volatile boolean started;

        private Process(Program program, int pid) {
            this.program = program;
            this.pid = pid;
        }

        private synchronized void write(int stream, String text) {
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            Instant now = Instant.now();
            byte[] frame = ByteBuffer.allocate(24 + payload.length).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(now.getEpochSecond()).putLong(now.getNano()).putInt(payload.length)
                    .putInt(program.terminal ? 1 : stream).put(payload).array();
            try {
                Files.write(program.log, frame, StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        }

        private synchronized void end(int code, OptionalInt signal) {
            if (!exit.isDone()) {
                phase = Launched.Phase.EXITED;
                exit.complete(new Exit(code, signal, Instant.now(), 1, 2, 3, false));
            }
        }

        private void run() throws LaunchException {
            started = true;
            switch (program.args.getFirst()) {
                case "missing" -> fail(2, 127);
                case "unexecutable" -> fail(13, 126);
                default -> phase = Launched.Phase.RUNNING;
            }
            switch (program.args.getFirst()) {
                case "exit" -> end(Integer.parseInt(program.args.get(1)), OptionalInt.empty());
                case "echo" -> {
                    write(1, program.args.get(1) + "\n");
                    end(0, OptionalInt.empty());
                }
                case "both" -> {
                    write(1, "out\n");
                    write(2, "err\n");
                    end(0, OptionalInt.empty());
                }
                default -> { }
            }
        }

        private void fail(int errno, int code) throws LaunchException {
            phase = Launched.Phase.FAILED;
            exit.complete(new Exit(code, OptionalInt.empty(), Instant.now(), 0, 0, 0, false));
            throw new LaunchException("execve(\"" + program.args.getFirst() + "\") failed", 1,
                    errno, code);
        }
    }

    @Override
    public Launched launch(LaunchRequest request, BeforeStart beforeStart)
            throws LaunchException, IOException {
        Launched made = create(request);
        try {
            beforeStart.run();
        } catch (IOException refused) {
            made.signal(9);
            throw refused;
        }
        made.start();
        return made;
    }

    @Override
    public Launched create(LaunchRequest request) throws LaunchException {
        Program program = world.programs.get(request.runFolder());
        Process process = new Process(program, world.pids.incrementAndGet());
        if (request.meanwhile().isPresent()) {
            try {
                request.meanwhile().get().run(process.pid);
            } catch (IOException refused) {
                throw new LaunchException(refused.getMessage(), -1, 0, 125);
            }
        }
        world.processes.put(request.runFolder(), process);
        return new FakeLaunched(process, exit(process));
    }

    @Override
    public Optional<Launched> adopt(Path runFolder) {
        return Optional.ofNullable(world.processes.get(runFolder))
                .filter(process -> process.started || !process.exit.isDone())
                .map(process -> new FakeLaunched(process, exit(process)));
    }

    /** From now on nobody here learns of an end: the daemon is gone. */
    @Override
    public void close() {
        closed = true;
    }

    private CompletableFuture<Exit> exit(Process process) {
        CompletableFuture<Exit> seen = new CompletableFuture<>();
        process.exit.thenAccept(exit -> {
            if (!closed) {
                seen.complete(exit);
            }
        });
        return seen;
    }

    private record FakeLaunched(Process process, CompletableFuture<Exit> seen) implements Launched {
        @Override
        public int pid() {
            return process.pid;
        }

        @Override
        public int keeperPid() {
            return process.pid - 1;
        }

        @Override
        public Phase phase() {
            return process.phase;
        }

        @Override
        public void start() throws LaunchException {
            process.run();
        }

        @Override
        public CompletableFuture<Exit> exit() {
            return seen.copy();
        }

        @Override
        public boolean signal(int signal) {
            if (process.exit.isDone()) {
                return false;
            }
            boolean ignored = signal == 15 && process.program.args.getFirst().equals("stubborn");
            if (!ignored) {
                process.end(128 + signal, OptionalInt.of(signal));
            }
            return true;
        }

        @Override
        public boolean hasTerminal() {
            return process.program.terminal;
        }

        @Override
        public void resize(int rows, int columns) {}

        @Override
        public void writeInput(ByteBuffer bytes) throws IOException {
            if (process.exit.isDone()) {
                throw new IOException("the other end is closed");
            }
            process.write(1, StandardCharsets.UTF_8.decode(bytes).toString());
        }

        @Override
        public void closeInput() {
            if (process.program.args.getFirst().equals("cat")) {
                process.end(0, OptionalInt.empty());
            }
        }

        @Override
        public List<StepResult> trace() {
            return List.of(new StepResult(0, 0, 0), new StepResult(1, 3, 10));
        }

        @Override
        public void close() {}
    }
}
