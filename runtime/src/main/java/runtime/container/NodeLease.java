package runtime.container;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import linux.syscall.Timers;
import runtime.launch.Launched;
import runtime.plan.PlanInput;

/**
 * Until when this node may run containers that may run on one node only. Whoever hears of managers moves its end;
 * each such container's keeper has a timer for it, and ends the container although nobody else may be left to.
 * Safe for use by several threads.
 */
public final class NodeLease {
    private final LongSupplier bootNanos;
    private final Map<Launched, String> held = new ConcurrentHashMap<>();
    private volatile PlanInput.Lease now;

    /** One that has not begun. */
    public NodeLease() {
        this(Timers::bootNanos);
    }

    NodeLease(LongSupplier bootNanos) {
        this.bootNanos = bootNanos;
    }

    /** The time its end is said in: nanoseconds since the host began, those in which it was suspended among them. */
    public static long clockNanos() {
        return Timers.bootNanos();
    }

    /**
     * Moves its end, in the timers of all that runs under it, too.
     *
     * @param endsAtBootNanos by {@link #clockNanos}
     * @param lengthMillis    for how long no manager was heard when it ends
     * @param journal         told of a timer that could not be moved: its container ends earlier
     */
    public void until(long endsAtBootNanos, long lengthMillis, Journal journal) {
        now = new PlanInput.Lease(endsAtBootNanos, lengthMillis);
        held.forEach((launched, name) -> move(launched, name, endsAtBootNanos, journal));
    }

    private static void move(Launched launched, String name, long endsAtBootNanos, Journal journal) {
        try {
            launched.leaseUntil(endsAtBootNanos);
        } catch (IOException refused) {
            journal.say("container " + name + " ends when its node's lease would have ended before the last"
                    + " beat: its timer cannot be moved: " + refused.getMessage());
        }
    }

    /**
     * What one that starts now is given.
     *
     * @throws ContainerException START_FAILED if there is no lease, or it is over
     */
    PlanInput.Lease forStart(ContainerRecord record) throws ContainerException {
        PlanInput.Lease lease = now;
        if (lease == null || lease.endsAtBootNanos() <= bootNanos.getAsLong()) {
            throw new ContainerException(ContainerException.Reason.START_FAILED, "container " + record.name()
                    + " may run on one node only, and this one's lease " + (lease == null ? "has not begun"
                            : "is over") + ": it is started once a manager is heard and gives it to this node");
        }
        return lease;
    }

    /** Has its timer moved from now on, until it has ended. */
    void hold(ContainerRecord record, Launched launched, Journal journal) {
        held.put(launched, record.shortId());
        launched.exit().whenComplete((exit, lost) -> held.remove(launched));
        PlanInput.Lease lease = now;
        if (lease != null) {
            move(launched, record.shortId(), lease.endsAtBootNanos(), journal);
        }
    }

    /** Why a container ended whose keeper's timer ended it. */
    static String words(long lengthMillis) {
        return ContainerRecord.RunExit.LEASE_OVER + ": no manager was heard for "
                + java.math.BigDecimal.valueOf(lengthMillis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
