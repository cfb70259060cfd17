package clusterd.executor;

import java.util.OptionalLong;

/** How busy the node's processors were between two looks at {@code /proc/stat} ({@code proc_stat(5)}). */
final class ProcessorUse {
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    /** user, nice, system, idle, iowait, irq, softirq, steal: time of guests is in the first two. */
    private static final int FIELDS = 8;
    private static final long MILLIS = 1_000;

    private long busyBefore;
    private long allBefore;
    private boolean known;

    /**
     * Thousandths of a processor since the last look; empty the first time.
     *
     * @param stat       the file's text
     * @param processors the node has
     */
    OptionalLong look(String stat, int processors) {
        String[] words = stat.lines().findFirst().orElse("").split(" +");
        long all = 0;
        long idle = 0;
        for (int i = 0; i < FIELDS && i + 1 < words.length; i++) {
            long ticks = Long.parseLong(words[i + 1]);
            all += ticks;
            idle += i == IDLE || i == IO_WAIT ? ticks : 0;
        }
        long busy = all - idle;
        OptionalLong use = known && all > allBefore
                ? OptionalLong.of(Math.max(0, (busy - busyBefore) * MILLIS * processors / (all - allBefore)))
                : OptionalLong.empty();
        busyBefore = busy;
        allBefore = all;
        known = true;
        return use;
    }
}
