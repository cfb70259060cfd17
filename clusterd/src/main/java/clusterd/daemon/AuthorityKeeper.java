package clusterd.daemon;

import clusterd.credential.CredentialException;
import clusterd.credential.UnlockKey;
import clusterd.manager.StateMachine;
import clusterd.security.AuthorityFolder;
import clusterd.security.SealException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import runtime.container.Journal;

/** Keeps this manager's keys on its disk as the cluster wants them kept: locked or not, by which key. */
final class AuthorityKeeper implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;

    private final AuthorityFolder folder;
    private final StateMachine machine;
    private final Journal journal;
    private final AtomicReference<AuthorityFolder.Opened> opened;
    private final CountDownLatch closed = new CountDownLatch(1);
    private String said = "";

    AuthorityKeeper(AuthorityFolder folder, AuthorityFolder.Opened opened, StateMachine machine, Journal journal) {
        this.folder = folder;
        this.machine = machine;
        this.journal = journal;
        this.opened = new AtomicReference<>(opened);
        Thread.ofVirtual().name("authority").start(this::run);
    }

    AuthorityFolder.Opened opened() {
        return opened.get();
    }

    private void run() {
        try {
            do {
                String problem = "";
                try {
                    apply();
                } catch (IOException e) {
                    problem = e.getMessage();
                }
                if (!problem.isEmpty() && !problem.equals(said)) {
                    journal.say("this manager's keys cannot be kept as the cluster wants it: " + problem);
                }
                said = problem;
            } while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the disk say what the state says. */
    synchronized void apply() throws IOException {
        if (machine.state().vault(KeptLock.SLOT.key()).isEmpty()) {
            return;
        }
        KeptLock wanted = KeptLock.SLOT.of(machine.state());
        AuthorityFolder.Opened now = opened.get();
        UnlockKey key = key(wanted, now);
        boolean sameKey = key.text().equals(now.unlockKey().text());
        if (sameKey && wanted.locked() == folder.isLocked()) {
            return;
        }
        AuthorityFolder.Opened next = sameKey && !wanted.locked() ? now : folder.lock(now, key);
        if (!wanted.locked()) {
            folder.keepUnlocked(next);
        }
        opened.set(next);
        journal.say(wanted.locked() ? "this manager's keys are locked: after its next start it waits for `jctl cluster"
                + " unlock`" : "this manager's keys are not locked");
    }

    private static UnlockKey key(KeptLock wanted, AuthorityFolder.Opened now) throws IOException {
        if (wanted.sealedKey().length == 0) {
            return now.unlockKey();
        }
        try {
            return UnlockKey.parse(new String(now.seal().open(wanted.sealedKey(), KeptLock.CONTEXT),
                    StandardCharsets.US_ASCII));
        } catch (SealException | CredentialException broken) {
            throw new IOException("the unlock key in the vault cannot be read: " + broken.getMessage(), broken);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
