package runtime.registry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Counts the failed attempts of one operation and waits between them. For one thread. */
final class Attempts {
    // A server that gives a few bytes and breaks off, again and again, must end some time.
    private static final int ROUNDS_WITH_PROGRESS = 20;
    // Many nodes that pull at the same moment should not come back at the same moment.
    private static final double JITTER_SHARE = 0.25;

    /** One try of something that may suffer a setback. */
    @FunctionalInterface
    interface Operation<T> {
        T run() throws Setback, RegistryException, InterruptedException;
    }

    private final Patience patience;
    private int failures;
    private int allFailures;

    Attempts(Patience patience) {
        this.patience = patience;
    }

    /** Runs {@code operation} until it succeeds, fails for good, or patience ends. */
    static <T> T run(Patience patience, Operation<T> operation)
            throws RegistryException, InterruptedException {
        Attempts attempts = new Attempts(patience);
        while (true) {
            try {
                return operation.run();
            } catch (Setback setback) {
                attempts.pauseAfter(setback);
            }
        }
    }

    /** The last attempt got something done: the next failure counts as the first again. */
    void progressed() {
        failures = 0;
    }

    /** Waits before the next attempt, or gives up with the setback's failure. */
    void pauseAfter(Setback setback) throws RegistryException, InterruptedException {
        failures++;
        allFailures++;
        RegistryException failure = setback.failure();
        if (patience.attempts() == 1) {
            throw failure;
        }
        if (failures >= patience.attempts()
                || allFailures >= patience.attempts() * ROUNDS_WITH_PROGRESS) {
            throw new RegistryException(failure.reason(), failure.getMessage()
                    + " (tried " + allFailures + " times)", failure);
        }
        Duration delay = patience.delayAfter(failures);
        if (setback.retryAfter().isPresent()) {
            Duration asked = setback.retryAfter().get();
            if (asked.compareTo(patience.longestDelay()) > 0) {
                throw new RegistryException(failure.reason(), failure.getMessage()
                        + " (it asks to wait " + asked.toSeconds() + " s)", failure);
            }
            delay = delay.compareTo(asked) > 0 ? delay : asked;
        }
        double jitter = 1 + JITTER_SHARE * ThreadLocalRandom.current().nextDouble();
        patience.sleeper().sleep(Duration.ofNanos((long) (delay.toNanos() * jitter)));
    }
}
