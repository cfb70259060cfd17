package linux.proc;

import java.time.Instant;
import java.time.ZoneId;

/**
 * The machine that processes are seen on, at one moment.
 *
 * @param now           time of day
 * @param zone          times are shown in
 * @param uptimeSeconds since booting ({@code /proc/uptime})
 * @param memoryBytes   of the machine
 * @param accounts      whose names stand for user and group ids
 */
public record ProcessClock(Instant now, ZoneId zone, double uptimeSeconds, long memoryBytes,
        Accounts accounts) {
    private static final double TICKS_PER_SECOND = 100;

    /** For how long a process has run; never negative. */
    long elapsedSeconds(ProcessStat stat) {
        return Math.max(0, (long) (uptimeSeconds - stat.startTicks() / TICKS_PER_SECOND));
    }

    /** When it was started. */
    Instant startOf(ProcessStat stat) {
        return now.minusSeconds(elapsedSeconds(stat));
    }

    /** The processor time it has used. */
    static long processorSeconds(ProcessStat stat) {
        return (long) ((stat.userTicks() + stat.systemTicks()) / TICKS_PER_SECOND);
    }

    /** The share of one processor it has used since it was started, in percent. */
    double processorPercent(ProcessStat stat) {
        double elapsed = uptimeSeconds - stat.startTicks() / TICKS_PER_SECOND;
        double used = (stat.userTicks() + stat.systemTicks()) / TICKS_PER_SECOND;
        return elapsed <= 0 ? 0 : used * 100 / elapsed;
    }

    /** The name of a user; the number if it has none. */
    String user(long id) {
        for (Accounts.User user : accounts.users()) {
            if (user.uid() == id) {
                return user.name();
            }
        }
        return Long.toString(id);
    }

    /** The name of a group; the number if it has none. */
    String group(long id) {
        for (Accounts.Group group : accounts.groups()) {
            if (group.gid() == id) {
                return group.name();
            }
        }
        return Long.toString(id);
    }
}
