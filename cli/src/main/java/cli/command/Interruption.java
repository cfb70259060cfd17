package cli.command;

import cli.stack.Readiness;
import cli.transport.CallException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Waiting that Ctrl-C, or SIGTERM, ends; a second one ends the process as usual. */
final class Interruption implements AutoCloseable {
    private static final String[] SIGNALS = {"INT", "TERM"};
    private static final long PAUSE_MILLIS = 200;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final SignalHandler[] usual = new SignalHandler[SIGNALS.length];

    Interruption() {
        for (int i = 0; i < SIGNALS.length; i++) {
            usual[i] = Signal.handle(new Signal(SIGNALS[i]), this::stop);
        }
    }

    private void stop(Signal signal) {
        stopped.countDown();
        close();
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Looks once. */
    interface Look {
        Readiness look() throws CallException, IOException;
    }

    /** Looks now and then until it is done, will not be, or is waited for no longer. */
    Readiness await(Look look) throws CallException, IOException {
        Readiness seen = look.look();
        while (!seen.done() && seen.failure().isEmpty() && !pause()) {
            seen = look.look();
        }
        return seen;
    }

    /** A moment; true if it was interrupted, then or before. */
    boolean pause() throws IOException {
        try {
            return stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a service");
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.length; i++) {
            Signal.handle(new Signal(SIGNALS[i]), usual[i]);
        }
    }
}
