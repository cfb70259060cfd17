package runtime.files;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Does something on a thread made for it, which then ends: a mount namespace, a working folder and an
 * identity are the thread's own and must not outlast it in a pool.
 */
final class OwnThread {
    private OwnThread() {}

    /** What is done. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Runs it and waits; what it throws is thrown here. */
    static <T> T run(String name, Work<T> work) throws IOException {
        Outcome<T> outcome = new Outcome<>();
        Thread thread = Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                outcome.value = work.run();
            } catch (IOException | RuntimeException | Error failure) {
                outcome.failure = failure;
            }
        });
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            // The work stops at its next wait; what it holds it must give back first.
            thread.interrupt();
            joined(thread);
            Thread.currentThread().interrupt();
            if (outcome.failure == null) {
                return outcome.value;
            }
        }
        switch (outcome.failure) {
            case null -> {
                return outcome.value;
            }
            case IOException failure -> throw failure;
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            default -> throw new InterruptedIOException(name);
        }
    }

    private static void joined(Thread thread) {
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                thread.interrupt();
            }
        }
    }

    private static final class Outcome<T> {
        private T value;
        private Throwable failure;
    }
}
