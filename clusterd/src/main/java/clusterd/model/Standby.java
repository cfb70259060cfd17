package clusterd.model;

/**
 * A site that takes the place of lost ones.
 *
 * @param site                which
 * @param replicas            it has while no site is lost; 0 = it begins from a standing start
 * @param failoverAfterMillis for how long a site must be lost before this one scales out
 * @param failbackAfterMillis for how long all replicas of the site that is back must run before this one scales
 *                            in; {@link #NEVER} = it stays until somebody says otherwise
 */
public record Standby(String site, int replicas, long failoverAfterMillis, long failbackAfterMillis) {
    /** Nobody but an operator fails back. */
    public static final long NEVER = -1;

    /** Unless it is said otherwise. */
    public static final long FAILOVER_AFTER_MILLIS = 3_000;

    /** Unless it is said otherwise. */
    public static final long FAILBACK_AFTER_MILLIS = 30_000;
}
