package runtime.registry;

import java.time.Duration;
import java.util.Optional;

/** A failure that may pass: the same thing can be tried again after a while. */
final class Setback extends Exception {
    private static final long serialVersionUID = 1L;

    private final RegistryException failure;
    private final transient Optional<Duration> retryAfter;

    /**
     * @param failure what to tell people if trying again does not help
     * @param retryAfter the wait the server asks for
     */
    Setback(RegistryException failure, Optional<Duration> retryAfter) {
        super(failure);
        this.failure = failure;
        this.retryAfter = retryAfter;
    }

    RegistryException failure() {
        return failure;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
