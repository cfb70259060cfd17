package runtime.container;

import java.time.Duration;

/** Waits, as a seam for tests. */
public interface Delays {
    /** By the machine's clock. */
    Delays REAL = Thread::sleep;

    /** Returns when that time has passed. */
    void await(Duration time) throws InterruptedException;
}
