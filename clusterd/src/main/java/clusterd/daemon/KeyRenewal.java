package clusterd.daemon;

import clusterd.manager.ClusterAccess;
import clusterd.state.Command;
import clusterd.state.KeyAge;
import clusterd.state.Result;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;

/** While this manager leads: lets nodes make new keys for encrypted networks when those they have are old. */
final class KeyRenewal implements AutoCloseable {
    private static final long LOOK_SECONDS = 60;

    private final ClusterAccess access;
    private final InstantSource clock;
    private final Journal journal;
    private final CountDownLatch closed = new CountDownLatch(1);

    KeyRenewal(ClusterAccess access, InstantSource clock, Journal journal) {
        this.access = access;
        this.clock = clock;
        this.journal = journal;
        Thread.ofVirtual().name("key-renewal").start(this::run);
    }

    private void run() {
        String said = "";
        try {
            while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                try {
                    renew();
                    said = "";
                } catch (IOException | RuntimeException waits) {
                    if (!said.equals(waits.toString())) {
                        said = waits.toString();
                        journal.say("new keys for encrypted networks wait: " + said);
                    }
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() throws IOException, InterruptedException {
        List<Command> due = KeyAge.due(access.glance(), clock.millis());
        if (!due.isEmpty()) {
            for (Result each : access.change(due)) {
                if (each instanceof Result.Refused refused) {
                    throw new IOException(refused.message()); // and tried again: it was changed meanwhile
                }
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
