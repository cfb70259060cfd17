package clusterd.executor;

import java.time.InstantSource;

/**
 * How long to wait before trying again.
 *
 * @param clock          for reports
 * @param firstMillis    after a first failure; doubled after each further one
 * @param longestMillis  at most
 * @param removalMillis  for the daemon to finish a removal that killed a container, so that it can be told from
 *                       a kill
 */
public record Pace(InstantSource clock, long firstMillis, long longestMillis, long removalMillis) {
    /** The usual one. */
    public static final Pace REAL = new Pace(InstantSource.system(), 1_000, 60_000, 500);

    /** Before the next try, after so many failures. */
    long restMillis(int failures) {
        return Math.min(longestMillis, firstMillis << Math.min(failures - 1, 20));
    }
}
