package cli.command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import runtime.container.Journal;

/**
 * The sleeping process that holds an ordinary user's namespaces while no agent runs (tools/rootless). It is
 * needed as long as a container lives in them, and ended by the last agent that leaves none.
 */
record NamespaceHolder(long pid) {
    private static final String PROPERTY = "jctl.holder";
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 20;

    /** The one the launcher named. */
    static NamespaceHolder ofLauncher() {
        return new NamespaceHolder(Long.getLong(PROPERTY, 0));
    }

    /** Ends it if nobody else is in this user namespace; processes that end now are waited for. */
    void endIfUnused(Journal journal) throws IOException {
        Optional<ProcessHandle> holder = pid == 0 ? Optional.empty() : ProcessHandle.of(pid);
        if (holder.isEmpty()) {
            return;
        }
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (isUsed()) {
            if (System.nanoTime() - end > 0) {
                journal.say("containers go on in the namespaces that process " + pid + " holds");
                return;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException told) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        holder.get().destroyForcibly();
    }

    private boolean isUsed() throws IOException {
        String own = namespace("self");
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long other = Long.parseLong(process.getFileName().toString());
                if (other != pid && other != ProcessHandle.current().pid()
                        && namespace(Long.toString(other)).equals(own)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The user namespace of a process; empty if it ended, or is none of ours. */
    private static String namespace(String process) {
        try {
            // One that ended and that nobody has waited for still has a user namespace, but no network's.
            Files.readSymbolicLink(Path.of("/proc", process, "ns/net"));
            return Files.readSymbolicLink(Path.of("/proc", process, "ns/user")).toString();
        } catch (IOException goneOrForeign) {
            return "";
        }
    }
}
