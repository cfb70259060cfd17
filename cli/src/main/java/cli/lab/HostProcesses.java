package cli.lab;

import cli.lab.plan.LabDescription;
import cli.lab.plan.VirtualHost;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;

/**
 * The processes of one virtual host. They are found by their command lines and namespaces, never by numbers
 * written down, so that nothing has to be right on disk for them to be found.
 *
 * @param folder of the host, which its first process has as its last word
 */
record HostProcesses(Path folder) {
    /** What the first process runs: it sleeps, and a shell that waits reaps whatever it is given. */
    private static final String INIT = "sleep infinity & wait";
    private static final List<String> NAMESPACES = List.of("--net", "--uts", "--mount", "--ipc", "--pid");
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final int PAUSE_MILLIS = 5;
    private static final List<String> SERVICE_MANAGER =
            List.of("NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES");

    static HostProcesses of(LabDescription lab, VirtualHost host) {
        return new HostProcesses(lab.folder(host));
    }

    /** The numbers of hosts of which processes run, whether a description tells of them or not. */
    static List<Integer> numbers(Path labFolder) throws IOException {
        return LabProcess.all().stream().filter(process -> process.words().contains(INIT))
                .map(process -> Path.of(process.words().getLast()))
                .filter(folder -> labFolder.equals(folder.getParent()))
                .flatMap(folder -> VirtualHost.number(folder.getFileName().toString()).stream()).toList();
    }

    /** The first process, if the host is on. */
    Optional<LabProcess> init() throws IOException {
        return ours().stream().filter(process -> process.depth() > 1 && process.innerPid() == 1
                && process.words().getFirst().equals("sh")).findFirst();
    }

    /** The first process, of a host that must be on. */
    LabProcess presentInit() throws IOException {
        return init().orElseThrow(() -> new IOException("the host " + folder + " is off: turn it on with"
                + " `jctl lab cluster power-on`"));
    }

    /** The first process and the one that started it and waits. */
    private List<LabProcess> ours() throws IOException {
        return LabProcess.all().stream().filter(process -> process.words().contains(INIT)
                && process.words().getLast().equals(folder.toString())).toList();
    }

    /** Everything that runs in the host. */
    List<LabProcess> inside() throws IOException {
        Optional<LabProcess> init = init();
        return init.isEmpty() ? List.of() : LabProcess.all().stream()
                .filter(process -> process.pidNamespace().equals(init.get().pidNamespace())).toList();
    }

    /** The agent; empty if none runs. */
    Optional<LabProcess> agent() throws IOException {
        String run = folder.resolve("run").toString();
        return inside().stream().filter(process -> process.words().contains("agent")
                && process.words().contains("--run-dir") && process.words().contains(run)
                && !process.words().contains("-c")).findFirst();
    }

    /** Starts the first process; it is there, with all of its namespaces, once this returns. */
    void startInit() throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid", "unshare"));
        words.addAll(NAMESPACES);
        // Without a mount namespace's slaves, what this machine unmounts would stay mounted there.
        words.addAll(List.of("--fork", "--mount-proc", "--propagation", "slave", "sh", "-c", INIT,
                folder.toString()));
        Path log = folder.resolve("init.log");
        Process started = builder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (init().isEmpty()) {
            if (!started.isAlive()) {
                throw new IOException("the first process of the host " + folder + " ended: "
                        + Files.readString(log).strip());
            }
            pause(end, "the first process of the host " + folder + " does not begin");
        }
    }

    /**
     * Starts a program in the host that goes on after this process, its output in a file.
     *
     * @return its number on this machine
     */
    int startInside(List<String> command, Path log) throws IOException {
        LabProcess init = presentInit();
        List<String> words = entering(init);
        words.addAll(List.of("sh", "-c",
                "log=$1; shift; setsid \"$@\" < /dev/null >> \"$log\" 2>&1 & echo $!", "sh", log.toString()));
        words.addAll(command);
        Process started = builder(words).redirectErrorStream(true).start();
        String answer = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!answer.matches("[0-9]{1,9}")) {
            throw new IOException("no program can be started in the host " + folder + ": " + answer);
        }
        int inner = Integer.parseInt(answer);
        return inside().stream().filter(process -> process.innerPid() == inner).findFirst()
                .orElseThrow(() -> new IOException("the program " + command.getFirst() + " ended at once; "
                        + tail(log))).pid();
    }

    /** The words of a program that is to run in the host, in place of this process's child. */
    List<String> entering(LabProcess init) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--target", Integer.toString(init.pid())));
        words.addAll(NAMESPACES);
        return words;
    }

    private static ProcessBuilder builder(List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.redirectInput(new File("/dev/null"));
        builder.directory(new File("/"));
        // What a service manager tells the caller is not for agents.
        builder.environment().keySet().removeAll(SERVICE_MANAGER);
        return builder;
    }

    /** What a file ends with, for a message. */
    static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return log + " ends with:\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 15),
                    lines.size()));
        } catch (IOException unreadable) {
            return log + " cannot be read (" + unreadable.getMessage() + ")";
        }
    }

    /** Sends a signal to a process, if it is there. */
    static void signal(LabProcess process, Signal signal) throws IOException {
        withDescriptor(process, descriptor -> Processes.signal(descriptor, signal.number()));
    }

    /** Sends a signal and waits until the process has ended. */
    static void end(LabProcess process, Signal signal) throws IOException {
        withDescriptor(process, descriptor -> {
            Processes.signal(descriptor, signal.number());
            if (Descriptors.awaitReadable(PATIENCE_NANOS / 1_000_000, descriptor).isEmpty()) {
                throw new IOException("process " + process.pid() + " (" + process.words().getFirst()
                        + ") does not end after " + signal);
            }
        });
    }

    /** Kills the host: its first process, and with that every other. */
    void killAll() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (List<LabProcess> left = ours(); !left.isEmpty(); left = ours()) {
            // The first process first: who waits for it ends by itself, and reaps it.
            for (LabProcess process : left.stream().sorted((one, other) ->
                    Integer.compare(other.depth(), one.depth())).toList()) {
                end(process, Signal.SIGKILL);
            }
            pause(end, "processes of the host " + folder + " do not end");
        }
    }

    @FunctionalInterface
    private interface Use {
        void with(int descriptor) throws IOException;
    }

    private static void withDescriptor(LabProcess process, Use use) throws IOException {
        int descriptor;
        try {
            descriptor = Processes.open(process.pid());
        } catch (SystemCallException refused) {
            if (refused.is(Errno.ESRCH)) {
                return;
            }
            throw refused;
        }
        try {
            // Whoever has the number now may be another.
            if (LabProcess.of(process.pid()).filter(now -> now.pidNamespace().equals(process.pidNamespace())
                    && now.words().equals(process.words())).isPresent()) {
                use.with(descriptor);
            }
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /** A moment's wait for something that tells nobody when it happens. */
    static void pause(long endNanos, String late) throws IOException {
        if (System.nanoTime() - endNanos > 0) {
            throw new IOException(late);
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + late, e);
        }
    }
}
