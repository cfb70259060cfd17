package clusterd.daemon;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import clusterd.session.ToNode;
import clusterd.security.TlsContexts;

/** A witness has no session: it asks the leader now and then whom to trust, and is seen with its certificate. */
final class WitnessTrust implements AutoCloseable {
    private static final long PAUSE_SECONDS = 5;

    private final TlsContexts tls;
    private final Supplier<List<String>> managers;
    private final Consumer<ToNode.Trust> trust;
    private final Consumer<List<String>> know;
    private final CountDownLatch closed = new CountDownLatch(1);

    WitnessTrust(TlsContexts tls, Supplier<List<String>> managers, Consumer<ToNode.Trust> trust,
            Consumer<List<String>> know) {
        this.tls = tls;
        this.managers = managers;
        this.trust = trust;
        this.know = know;
        Thread.ofVirtual().name("witness-trust").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
                try {
                    MemberAnswer.Roots roots = new GroupEntry(tls, managers.get()).roots();
                    roots.trust().ifPresent(trust);
                    if (!roots.managers().isEmpty() && !roots.managers().equals(managers.get())) {
                        know.accept(roots.managers());
                    }
                } catch (IOException unreachable) {
                    continue; // that managers are gone is told by the log
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
