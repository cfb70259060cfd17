package runtime.container;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a running container is, by its latest probes.
 *
 * @param status        in a word
 * @param failingStreak failures in a row that count
 * @param log           the latest probes, oldest first
 */
public record Health(Status status, int failingStreak, List<Probe> log) {
    private static final int MAX_PROBES = 5;

    /** Before the first probe. */
    public static final Health STARTING = new Health(Status.STARTING, 0, List.of());

    /** Docker's words. */
    public enum Status {
        /** No probe has succeeded yet, and not too many have failed. */
        STARTING,
        /** The latest probe that counts succeeded. */
        HEALTHY,
        /** Too many failed in a row. */
        UNHEALTHY;

        /** {@code starting} … */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One probe.
     *
     * @param startedAt when it began
     * @param endedAt   when its result was known
     * @param exitCode  0 for success, 1 for failure, -1 for one that took too long or could not be made
     * @param output    what it printed, or what went wrong; cut
     */
    public record Probe(Instant startedAt, Instant endedAt, int exitCode, String output) {}

    public Health {
        log = List.copyOf(log);
    }

    /**
     * After another probe.
     *
     * @param starting whether the start period is not over, so that a failure does not count
     * @param retries  failures in a row that make it unhealthy
     */
    Health after(Probe probe, boolean starting, int retries) {
        List<Probe> probes = new ArrayList<>(log);
        probes.add(probe);
        if (probes.size() > MAX_PROBES) {
            probes.removeFirst();
        }
        if (probe.exitCode == 0) {
            return new Health(Status.HEALTHY, 0, probes);
        }
        if (starting && status == Status.STARTING) {
            return new Health(Status.STARTING, 0, probes);
        }
        int streak = failingStreak + 1;
        return new Health(streak >= retries ? Status.UNHEALTHY : status, streak, probes);
    }
}
