import cli.transport.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node daemon of the test's own, in folders of its own: started, killed, measured. */
final class Agent {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    final Path data;
    final Path run;
    private final Path jctl;
    private final Path log;
    private Process process;

    /**
     * @param jctl   the command
     * @param folder holds the folders data and run, and the file agent.log
     */
    Agent(Path jctl, Path folder) {
        this.jctl = jctl;
        this.data = folder.resolve("data");
        this.run = folder.resolve("run");
        this.log = folder.resolve("agent.log");
    }

    /** Starts it without waiting for anything. */
    void spawn() throws IOException {
        process = command("--data-dir", data.toString(), "--run-dir", run.toString());
    }

    private Process command(String... options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(jctl.toString(), "agent");
        builder.command().addAll(List.of(options));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return builder.start();
    }

    /** A connection to it, as soon as it listens. */
    Client connect() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return new Client(Connection.open(run.resolve("jctl.sock")));
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IOException("the agent ended with code " + process.exitValue()
                            + ": " + lastLine(), notYet);
                }
                if (System.nanoTime() > end) {
                    throw new IOException("the agent does not answer: " + lastLine(), notYet);
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    /** Whether it lives, and the last it wrote: for a message. */
    String condition() throws IOException, InterruptedException {
        boolean ended = process.waitFor(5, TimeUnit.SECONDS);
        return (ended ? "ended with code " + process.exitValue() : "lives") + ", last line: "
                + lastLine();
    }

    private String lastLine() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "it wrote nothing" : lines.getLast();
    }

    /** kill -9, at whatever it is doing. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns its exit code. */
    int end() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Takes its bridge off the host. */
    void removeNetwork() throws IOException, InterruptedException {
        int code = command("--data-dir", data.toString(), "--run-dir", run.toString(),
                "--remove-network").waitFor();
        if (code != 0) {
            throw new IOException("--remove-network exited with " + code + ": " + lastLine());
        }
    }

    long pid() {
        return process.pid();
    }

    /** Kilobytes, or a count: a number of {@code /proc/PID/status}. */
    long status(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + field + " in the status of process " + pid());
    }

    long descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return entries.count();
        }
    }

    /**
     * What the Java heap holds after a collection, in kilobytes: living objects. (What the heap has in use
     * is up to a twentieth more: dead ones that the collector does not find worth moving others for.)
     */
    long heapKilobytes() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process histogram = new ProcessBuilder(jcmd.toString(), "" + pid(), "GC.class_histogram")
                .redirectErrorStream(true).start();
        String text = new String(histogram.getInputStream().readAllBytes());
        histogram.waitFor();
        long bytes = 0;
        for (String line : text.split("\n")) {
            String[] words = line.trim().split(" +");
            if (words.length >= 4 && words[0].matches("\\d+:") && !words[3].contains("Filler")) {
                bytes += Long.parseLong(words[2]);
            }
        }
        if (bytes == 0) {
            throw new IOException("jcmd says nothing of the heap: " + text);
        }
        return bytes / 1024;
    }
}
