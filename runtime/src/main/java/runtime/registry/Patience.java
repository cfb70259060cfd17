package runtime.registry;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How long to wait for a registry, and how often to try again.
 *
 * @param connect for a connection to be made
 * @param stall without a single byte, in either direction
 * @param attempts of one request, at least 1; a download that goes forward starts counting anew
 * @param firstDelay before the second attempt; doubled each time
 * @param longestDelay between attempts, also the longest {@code Retry-After} that is obeyed
 * @param sleeper waits between attempts
 * @param clock tells how far off a {@code Retry-After} date is
 */
public record Patience(Duration connect, Duration stall, int attempts, Duration firstDelay,
        Duration longestDelay, Sleeper sleeper, InstantSource clock) {

    /** Waits for a while; a test's need not. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration duration) throws InterruptedException;
    }

    public Patience {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1: " + attempts);
        }
    }

    /** For people at a terminal and for daemons alike. */
    public static Patience standard() {
        return new Patience(Duration.ofSeconds(15), Duration.ofSeconds(30), 6,
                Duration.ofMillis(500), Duration.ofSeconds(60), Thread::sleep,
                InstantSource.system());
    }

    /** The wait after {@code failures} failed attempts (1 or more), without jitter. */
    Duration delayAfter(int failures) {
        int doublings = Math.min(failures - 1, 20);
        Duration delay = firstDelay.multipliedBy(1L << doublings);
        return delay.compareTo(longestDelay) > 0 ? longestDelay : delay;
    }
}
