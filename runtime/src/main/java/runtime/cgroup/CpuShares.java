package runtime.cgroup;

/** Processor shares of cgroup v1 (2 to 262144, usually 1024) as weights of v2 (1 to 10000, 100). */
public final class CpuShares {
    /** The kernel's smallest share. */
    public static final long LEAST = 2;
    /** The kernel's largest share. */
    public static final long MOST = 262_144;

    private CpuShares() {}

    /**
     * The weight for a share: a curve through (2, 1), (1024, 100) and (262144, 10000), which runc
     * and crun use since 2025. Their older straight line gave 39 for 1024, so containers lost
     * against everything that runs with v2's own 100.
     */
    public static long toWeight(long shares) {
        double log = Math.log(Math.clamp(shares, LEAST, MOST)) / Math.log(2);
        double exponent = (log * log + 125 * log) / 612 - 7.0 / 34;
        // a hair less before rounding up: 2^10 must give 100, not 101
        return Math.clamp((long) Math.ceil(Math.pow(10, exponent) - 1e-6), 1, 10_000);
    }
}
