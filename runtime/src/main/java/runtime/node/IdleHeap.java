package runtime.node;

/**
 * Decides when the heap is worth a full collection: the collector gives memory back to the host only then,
 * and never begins one while nothing is allocated. A daemon that has worked would keep for months what its
 * busiest second took.
 */
final class IdleHeap {
    private static final int QUIET_TICKS = 5;
    private static final long QUIET_BYTES = 256 << 10;
    private static final long WORTHWHILE_BYTES = 4 << 20;

    private long settledBytes;
    private long usedBytes;
    private int quietTicks;

    /**
     * To be called about every second.
     *
     * @param committed bytes the heap has of the host
     * @param used      bytes in it that are taken
     * @return whether to collect now: nearly nothing was allocated for some seconds, and the heap has
     *     grown since it was last collected
     */
    boolean isDue(long committed, long used) {
        boolean quiet = used >= usedBytes && used - usedBytes < QUIET_BYTES;
        usedBytes = used;
        quietTicks = quiet ? quietTicks + 1 : 0;
        if (quietTicks < QUIET_TICKS || committed < settledBytes + WORTHWHILE_BYTES) {
            return false;
        }
        quietTicks = 0;
        return true;
    }

    /** The heap was collected, and has that many bytes of the host from now on. */
    void collected(long committed) {
        settledBytes = committed;
    }
}
