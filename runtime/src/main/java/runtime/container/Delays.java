package runtime.container;

import java.time.Duration;

/** Durations, as a seam for tests; none of them knows the time of day, which may jump. */
public interface Delays {
    /** By the machine's clock. */
    Delays REAL = Thread::sleep;

    /** Returns when that time has passed. */
    void await(Duration time) throws InterruptedException;

    /** Nanoseconds since some fixed moment: only differences mean anything. */
    default long nanos() {
        return System.nanoTime();
    }
}
