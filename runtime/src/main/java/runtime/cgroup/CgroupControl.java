package runtime.cgroup;

import java.util.List;
import java.util.Optional;
import linux.proc.KeyedText;
import linux.proc.ProcFormatException;
import runtime.cgroup.CgroupStep.WriteFile;

/** Acts on a running container as a whole: freeze, thaw, kill; counts OOM kills. */
public final class CgroupControl {
    private CgroupControl() {}

    /**
     * Stops every process where it is; {@link #isFrozen} says when all have stopped.
     *
     * @return empty if the host has neither the v2 hierarchy nor v1's freezer
     */
    public static Optional<WriteFile> freeze(CgroupPlace place) {
        return freezer(place, "1", "FROZEN", "stops every process");
    }

    /** Lets frozen processes go on; empty as for {@link #freeze}. */
    public static Optional<WriteFile> thaw(CgroupPlace place) {
        return freezer(place, "0", "THAWED", "lets every process go on");
    }

    private static Optional<WriteFile> freezer(
            CgroupPlace place, String unified, String legacy, String reason) {
        return place.unifiedFile("cgroup.freeze")
                .map(path -> new WriteFile(path, unified, false, reason))
                .or(() -> place.legacyFile("freezer", "freezer.state")
                        .map(path -> new WriteFile(path, legacy, false, reason)));
    }

    /** The file that shows whether freezing is done; v2's can be polled for changes. */
    public static Optional<String> frozenFile(CgroupPlace place) {
        return place.unifiedFile("cgroup.events")
                .or(() -> place.legacyFile("freezer", "freezer.state"));
    }

    /** Whether the text of {@link #frozenFile} says that all have stopped. */
    public static boolean isFrozen(String text) {
        return text.strip().equals("FROZEN")
                || KeyedText.flat(text).getOrDefault("frozen", 0L) == 1;
    }

    /**
     * Kills every process in one write (Linux 5.14).
     *
     * @return empty if the host has no v2 hierarchy or too old a kernel; then send SIGKILL to each
     *     of {@link #processes} until none is left, frozen meanwhile so that none is missed
     */
    public static Optional<WriteFile> kill(CgroupLayout layout, CgroupPlace place) {
        return layout.mayHave("cgroup.kill")
                ? place.unifiedFile("cgroup.kill")
                        .map(path -> new WriteFile(path, "1", false, "kills every process"))
                : Optional.empty();
    }

    /** A file that lists every process of the container. */
    public static Optional<String> processesFile(CgroupPlace place) {
        return place.folders().stream().findFirst().map(folder -> folder + "/cgroup.procs");
    }

    /**
     * The pids in the text of {@link #processesFile}, as this PID namespace numbers them.
     *
     * @throws ProcFormatException if a line is not a number
     */
    public static List<Integer> processes(String text) {
        return text.lines().filter(line -> !line.isBlank()).map(line ->
                (int) KeyedText.number(line)
                        .orElseThrow(() -> new ProcFormatException("cgroup.procs", line))).toList();
    }

    /** The file that counts OOM kills (v1 since Linux 4.13); v2's can be watched with inotify. */
    public static Optional<String> oomFile(CgroupPlace place) {
        return place.unifiedFile("memory", "memory.events")
                .or(() -> place.legacyFile("memory", "memory.oom_control"));
    }

    /** How many processes the OOM killer took, from the text of {@link #oomFile}. */
    public static long oomKills(String text) {
        return KeyedText.flat(text).getOrDefault("oom_kill", 0L);
    }
}
