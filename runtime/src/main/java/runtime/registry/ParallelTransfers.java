package runtime.registry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Runs transfers a few at a time; the first failure stops the others. */
final class ParallelTransfers {

    /** One transfer. */
    @FunctionalInterface
    interface Transfer {
        void run() throws RegistryException, IOException, InterruptedException;
    }

    private ParallelTransfers() { }

    /**
     * Returns when all are done; after a failure or an interrupt only once all threads have ended,
     * so that nothing writes behind the caller's back.
     */
    static void run(List<Transfer> transfers, int limit)
            throws RegistryException, IOException, InterruptedException {
        ConcurrentLinkedQueue<Transfer> waiting = new ConcurrentLinkedQueue<>(transfers);
        int count = Math.min(limit, transfers.size());
        BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(Math.max(1, count));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofVirtual().name("transfer-" + i)
                    .start(() -> outcomes.add(work(waiting))));
        }
        try {
            for (int i = 0; i < count; i++) {
                rethrow(outcomes.take());
            }
        } finally {
            waiting.clear();
            stop(threads);
        }
    }

    private record Outcome(Throwable failure) { }

    private static Outcome work(ConcurrentLinkedQueue<Transfer> waiting) {
        try {
            for (Transfer next; (next = waiting.poll()) != null; ) {
                next.run();
            }
            return new Outcome(null);
        } catch (RegistryException | IOException | InterruptedException | RuntimeException
                | Error e) {
            return new Outcome(e);
        }
    }

    private static void rethrow(Outcome outcome)
            throws RegistryException, IOException, InterruptedException {
        switch (outcome.failure()) {
            case null -> { }
            case RegistryException e -> throw e;
            case IOException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static void stop(List<Thread> threads) {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
