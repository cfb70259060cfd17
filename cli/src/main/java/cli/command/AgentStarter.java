package cli.command;

import cli.transport.Connection;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Starts a node daemon in the background when a command finds none. */
final class AgentStarter {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int PAUSE_MILLIS = 20;
    private static final int LOG_LINES = 15;

    private final Console console;
    private final DaemonAddress address;

    AgentStarter(Console console, DaemonAddress address) {
        this.console = console;
        this.address = address;
    }

    /**
     * Starts one and connects as soon as it answers.
     *
     * @param refusal why there was no connection
     * @throws IOException if that is not ours to do, or the daemon ends or stays silent
     */
    Connection start(IOException refusal) throws IOException {
        boolean root = Login.userId() == 0;
        if (address.chosen() || refusal instanceof AccessDeniedException || !root && home().isEmpty()) {
            throw new IOException(absent(address, refusal), refusal);
        }
        Path folder = address.socket().getParent();
        makeRunFolder(folder, root);
        Path log = folder.resolve("agent.log");
        console.say("jctl: no daemon is running: starting one (log: " + log + ")");
        ProcessBuilder builder = new ProcessBuilder(command(folder));
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.directory(new File("/"));
        // What a service manager tells the caller is not for the agent.
        builder.environment().keySet().removeAll(
                List.of("NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"));
        return await(builder.start(), log);
    }

    /** What to say when nobody answers at an address. */
    static String absent(DaemonAddress address, IOException refusal) {
        String socket = address.socket().toString();
        if (isDenied(refusal)) {
            return "permission denied for the daemon's socket " + socket
                    + ": run jctl as root (sudo jctl …), or join the socket's group (`ls -l` shows it)";
        }
        String start = address.chosen()
                ? "jctl agent --run-dir " + address.socket().getParent() + " --data-dir FOLDER"
                : "jctl agent";
        return "no daemon answers at unix://" + socket + " (" + refusal.getMessage()
                + "): start one with `" + start + "`";
    }

    private static boolean isDenied(IOException refusal) {
        return refusal instanceof AccessDeniedException || refusal.getMessage() != null
                && refusal.getMessage().contains("Permission denied");
    }

    /** Where the launcher is that gives an ordinary user's agent its namespaces; empty if not known. */
    private static String home() {
        String home = System.getProperty("jctl.home", "");
        return !home.isEmpty() && Files.isExecutable(Path.of(home, "jctl")) ? home : "";
    }

    /** An ordinary user's is his alone from the first moment; one that is there was looked at before. */
    private static void makeRunFolder(Path folder, boolean root) throws IOException {
        if (root) {
            Files.createDirectories(folder);
        } else if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** The words of `jctl agent` in a session of its own: Ctrl-C in our terminal must not reach it. */
    private static List<String> command(Path folder) {
        List<String> words = new ArrayList<>();
        words.add("setsid");
        words.addAll(launcher());
        words.add("agent");
        words.add("--run-dir");
        words.add(folder.toString());
        return words;
    }

    /** The words that start this very jctl, before a command's own. */
    static List<String> launcher() {
        List<String> words = new ArrayList<>();
        String home = home();
        if (!home.isEmpty()) {
            words.add(home + "/jctl");
        } else {
            words.add(System.getProperty("java.home") + "/bin/java");
            words.add("-XX:+UseSerialGC");
            words.add("-Xmx96m");
            words.add("--enable-native-access=ALL-UNNAMED");
            words.add("--sun-misc-unsafe-memory-access=allow");
            words.add("-cp");
            words.add(System.getProperty("java.class.path"));
            words.add("cli.command.Jctl");
        }
        return words;
    }

    private Connection await(Process agent, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (System.nanoTime() - end < 0) {
            try {
                return Connection.open(address.socket());
            } catch (IOException e) {
                // Not yet.
                if (!agent.isAlive()) {
                    throw new IOException("the daemon ended with code " + agent.exitValue()
                            + " before it answered" + tail(log), e);
                }
            }
            pause();
        }
        throw new IOException("the daemon (process " + agent.pid() + ") does not answer after "
                + PATIENCE_MILLIS / 1000 + " seconds" + tail(log));
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the daemon", e);
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
        List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
        return "; " + log + " ends with:\n" + String.join("\n", last);
    }
}
