package linux.syscall;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import linux.abi.CloneFlag;
import linux.abi.SystemCall;

/**
 * Something done on a platform thread made for it, which ends after that. {@code setns(2)} moves one
 * thread, which is not to go back to a pool then; and a wait there keeps none of the few threads busy that
 * carry virtual ones.
 */
public final class SeparateThread {
    private SeparateThread() {}

    /** What is done. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does it and waits, also when interrupted.
     *
     * @param name of the thread
     * @throws IOException         what the work throws
     * @throws CompletionException with anything else it throws as its cause
     */
    public static <T> T call(String name, Work<T> work) throws IOException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                result.complete(work.run());
            } catch (Throwable failed) { // also an Error: somebody waits
                result.completeExceptionally(failed);
            }
        });
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /**
     * The same in a network namespace ({@code setns(2)}); a socket opened there stays there.
     *
     * @param namespace descriptor of its file, such as {@code /proc/1/ns/net}
     * @throws SystemCallException if it cannot be entered
     */
    public static <T> T inNetwork(int namespace, Work<T> work) throws IOException {
        return call("network-namespace", () -> {
            Kernel.check(SystemCall.SETNS, "network namespace, CLONE_NEWNET", namespace,
                    CloneFlag.CLONE_NEWNET.value());
            return work.run();
        });
    }
}
