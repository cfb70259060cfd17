package linux.abi;

/** Policies of {@code sched_setattr(2)}, {@code linux/sched.h}. */
public enum SchedulerPolicy implements Flag {
    SCHED_OTHER(0),
    SCHED_FIFO(1),
    SCHED_RR(2),
    SCHED_BATCH(3),
    SCHED_IDLE(5),
    SCHED_DEADLINE(6);

    private final long value;

    SchedulerPolicy(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
