package cli.command;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import linux.abi.FileFlags;
import runtime.container.Journal;

/**
 * The sleeping process that holds an ordinary user's namespaces while no agent runs, and the slirp4netns that
 * connects them (tools/rootless starts both). They are needed as long as a container lives there, and ended by
 * the last agent that leaves none.
 *
 * @param pid       of the sleeping process
 * @param forwarder the process of slirp4netns, which ends when the holder does
 * @param runFolder where they keep their files; whoever changes them has a lock on it ({@code flock(2)})
 */
record NamespaceHolder(long pid, long forwarder, Path runFolder) {
    private static final String PID = "jctl.holder";
    private static final String FORWARDER = "jctl.forwarder";
    private static final String RUN = "jctl.run";
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 20;
    /** What the launcher leaves in the run folder; the first one is what it looks at. */
    private static final List<String> FILES =
            List.of("holder", "slirp.sock", "slirp.log", "holder.log", "resolv.conf");

    /**
     * The one the launcher names in the JVM's properties, which are right also if the agent's words are wrong;
     * empty if it made none.
     */
    static Optional<NamespaceHolder> ofLauncher() {
        return Optional.ofNullable(Long.getLong(PID)).map(pid ->
                new NamespaceHolder(pid, Long.getLong(FORWARDER, 0), Path.of(System.getProperty(RUN))));
    }

    /** Where slirp4netns takes requests. */
    Path forwarderSocket() {
        return runFolder.resolve("slirp.sock");
    }

    /**
     * Ends it if nobody else is in its user namespace; processes that end now are waited for, and an agent that
     * starts now waits until this is done.
     *
     * @return whether it is ended
     */
    boolean endIfUnused(Journal journal) throws IOException {
        int lock = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(runFolder.toString()), FileFlags.O_RDONLY, 0);
        try {
            linux.syscall.Files.flock(lock, FileFlags.LOCK_EX);
            if (namespace(pid).isEmpty()) {
                return true;
            }
            if (!await(this::isUnused)) {
                journal.say("processes go on in the namespaces that process " + pid + " holds");
                return false;
            }
            end(pid);
            // It hears of the holder's end by a pipe.
            if (!await(() -> namespace(forwarder).isEmpty())) {
                journal.say("slirp4netns (process " + forwarder + ") did not end by itself and is killed");
                end(forwarder);
            }
            for (String file : FILES) {
                Files.deleteIfExists(runFolder.resolve(file));
            }
            return true;
        } finally {
            linux.syscall.Files.close(lock);
        }
    }

    private static void end(long process) {
        ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static boolean await(Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        boolean told = false;
        try {
            while (!condition.holds()) {
                if (System.nanoTime() - end > 0) {
                    return false;
                }
                try {
                    Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException again) {
                    told = true; // the agent is ending: this is the last it does
                }
            }
            return true;
        } finally {
            if (told) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isUnused() throws IOException {
        String held = namespace(pid);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long other = Long.parseLong(process.getFileName().toString());
                // slirp4netns enters the user namespace to make a sandbox for itself.
                if (other != pid && other != forwarder && other != ProcessHandle.current().pid()
                        && namespace(other).equals(held)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The user namespace of a process; empty if it ended, or is none of ours. */
    private static String namespace(long process) {
        try {
            Path namespaces = Path.of("/proc", Long.toString(process), "ns");
            // One that ended and that nobody has waited for still has a user namespace, but no network's.
            Files.readSymbolicLink(namespaces.resolve("net"));
            return Files.readSymbolicLink(namespaces.resolve("user")).toString();
        } catch (IOException goneOrForeign) {
            return "";
        }
    }
}
