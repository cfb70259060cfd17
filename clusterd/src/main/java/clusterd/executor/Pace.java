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
 * @param drainMillis    between when a task is to end and when it is told so, if it takes connections: by then no node
 *                       sends it new ones
 */
public record Pace(InstantSource clock, long firstMillis, long longestMillis, long removalMillis, long drainMillis) {
    /** The usual one. */
    public static final Pace REAL = new Pace(InstantSource.system(), 1_000, 60_000, 500, 3_000);

    /** Before the next try, after so many failures. */
    long restMillis(int failures) {
        return Math.min(longestMillis, firstMillis << Math.min(failures - 1, 20));
    }
}
