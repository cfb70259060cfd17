package runtime.container;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Everything known of a container but its OCI spec; kept in {@code state.json}.
 *
 * @param id           64 hexadecimal digits
 * @param name         unique among the containers of a data folder
 * @param imageId      {@code sha256:…} of the image's config
 * @param lowerFolders the image's unpacked layers, topmost first
 * @param command      program and arguments
 * @param labels       the image's and the user's
 * @param stopSignal   the signal {@code stop} sends first
 * @param userRange    first host id of its user namespace's 65,536; absent without one
 * @param options      what the user asked
 * @param createdAt    when it was made
 * @param state        where it is in its life
 * @param run          its present or last run; absent if it was never started
 * @param startError   why its last start failed; empty if it did not
 * @param startExitCode what the command line exits with for that: 125 to 127, 0 if it did not fail
 * @param stopRequested whether someone asked for the end of its present or last run
 * @param restarts     how many times it was started by itself since someone started it
 * @param health       how its health is looked after; absent without a check
 */
public record ContainerRecord(
        String id,
        String name,
        String imageId,
        List<String> lowerFolders,
        List<String> command,
        Map<String, String> labels,
        int stopSignal,
        OptionalLong userRange,
        ContainerOptions options,
        Instant createdAt,
        ContainerState state,
        Optional<Run> run,
        String startError,
        int startExitCode,
        boolean stopRequested,
        int restarts,
        Optional<HealthCheck> health) {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    public ContainerRecord {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not a container id: " + id);
        }
        if (!isName(name)) {
            throw new IllegalArgumentException("not a container name: " + name);
        }
        if (stopSignal < 1 || stopSignal > 64) {
            throw new IllegalArgumentException("not a signal: " + stopSignal);
        }
        if (state.isAlive() && run.isEmpty()) {
            throw new IllegalArgumentException(state.word() + " without a run");
        }
        lowerFolders = List.copyOf(lowerFolders);
        command = List.copyOf(command);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Whether a text may be a container's name: docker's rule, and at most 128 characters. */
    public static boolean isName(String text) {
        return text.length() <= 128 && NAME.matcher(text).matches();
    }

    /** The first 12 digits of the id, as people see it. */
    public String shortId() {
        return id.substring(0, 12);
    }

    /**
     * One run of its first process.
     *
     * @param pid       as the host numbers it
     * @param startedAt when its program ran
     * @param addresses the container's own, without prefix length
     * @param exit      how it ended
     */
    public record Run(int pid, Instant startedAt, List<String> addresses, Optional<RunExit> exit) {
        public Run {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * The end of a run.
     *
     * @param code       exit code, or 128 + signal; 255 if it could not be learned
     * @param signal     the signal that ended it; 0 for none
     * @param oomKilled  whether the kernel killed for lack of memory in its cgroup
     * @param finishedAt when
     * @param reason     a sentence if there is more to say; else empty
     * @param outputLost whether some output could not be written to its log: the disk was full
     */
    public record RunExit(int code, int signal, boolean oomKilled, Instant finishedAt,
            String reason, boolean outputLost) {
        private static final int UNKNOWN_CODE = 255;
        private static final String UNKNOWN = "the exit code is unknown: ";
        static final String LEASE_OVER = "its lease ended";

        /** An end after which all output is in the log. */
        public RunExit(int code, int signal, boolean oomKilled, Instant finishedAt, String reason) {
            this(code, signal, oomKilled, finishedAt, reason, false);
        }

        /** An end nobody saw. */
        static RunExit unknown(Instant noticedAt, String why) {
            return new RunExit(UNKNOWN_CODE, 0, false, noticedAt, UNKNOWN + why);
        }

        /** Why the end of its node's lease ended it; empty if that did not. */
        public String leaseOver() {
            return reason.startsWith(LEASE_OVER) ? reason : "";
        }

        /** Whether nobody saw the end, so that the code says nothing. */
        public boolean isUnknown() {
            return code == UNKNOWN_CODE && reason.startsWith(UNKNOWN);
        }
    }

    /** One that was just made. */
    public static ContainerRecord made(String id, String name, String imageId,
            List<String> lowerFolders, List<String> command, Map<String, String> labels,
            int stopSignal, OptionalLong userRange, ContainerOptions options, Instant createdAt,
            Optional<HealthCheck> health) {
        return new ContainerRecord(id, name, imageId, lowerFolders, command, labels, stopSignal,
                userRange, options, createdAt, ContainerState.CREATED, Optional.empty(), "", 0,
                false, 0, health);
    }

    /** The same under another name. */
    public ContainerRecord named(String other) {
        return new ContainerRecord(id, other, imageId, lowerFolders, command, labels, stopSignal,
                userRange, options, createdAt, state, run, startError, startExitCode,
                stopRequested, restarts, health);
    }

    /** The same with other options. */
    public ContainerRecord withOptions(ContainerOptions other) {
        return new ContainerRecord(id, name, imageId, lowerFolders, command, labels, stopSignal,
                userRange, other, createdAt, state, run, startError, startExitCode,
                stopRequested, restarts, health);
    }

    /** Its program runs, since someone asked for it. */
    public ContainerRecord running(Run begun) {
        return with(state.become(ContainerState.RUNNING), Optional.of(begun), "", 0, false, 0);
    }

    /** Its program runs again, by itself. */
    public ContainerRecord restarted(Run begun) {
        return with(state.become(ContainerState.RUNNING), Optional.of(begun), "", 0, false,
                restarts + 1);
    }

    /** Its program ended. */
    public ContainerRecord exited(RunExit exit) {
        return ended(ContainerState.EXITED, exit);
    }

    /** Its program ended, and it will be started again. */
    public ContainerRecord restarting(RunExit exit) {
        return ended(ContainerState.RESTARTING, exit);
    }

    private ContainerRecord ended(ContainerState next, RunExit exit) {
        Run ended = run.orElseThrow();
        return with(state.become(next), Optional.of(new Run(
                ended.pid, ended.startedAt, ended.addresses, Optional.of(exit))), "", 0,
                stopRequested, restarts);
    }

    /** Someone asks for its end. */
    public ContainerRecord stopping() {
        return with(state, run, startError, startExitCode, true, restarts);
    }

    /** A start failed and left it as it was. */
    public ContainerRecord startFailed(String error, int exitCode) {
        return with(state, run, error, exitCode, stopRequested, restarts);
    }

    /** A start by itself failed; it was one more. */
    public ContainerRecord restartFailed(String error, int exitCode) {
        return with(state, run, error, exitCode, stopRequested, restarts + 1);
    }

    /** In another state, with nothing else to tell. */
    public ContainerRecord become(ContainerState next) {
        return with(state.become(next), run, startError, startExitCode, stopRequested, restarts);
    }

    private ContainerRecord with(ContainerState next, Optional<Run> newRun, String error,
            int exitCode, boolean stopped, int restarted) {
        return new ContainerRecord(id, name, imageId, lowerFolders, command, labels, stopSignal,
                userRange, options, createdAt, next, newRun, error, exitCode, stopped, restarted,
                health);
    }
}
