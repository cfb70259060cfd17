package clusterd.raft;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits with a deadline that only a failure comes near. */
final class Await {
    private static final int SECONDS = 60;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    private Await() {}

    static <T> T done(CompletableFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    static String text(CompletableFuture<byte[]> future) throws Exception {
        return new String(done(future), StandardCharsets.UTF_8);
    }

    /** What a future fails with. */
    static LogException failure(CompletableFuture<?> future) throws Exception {
        try {
            Object value = future.get(SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("it did not fail, but gave " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogException failure) {
                return failure;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs", e);
        }
    }

    static void until(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in " + SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
