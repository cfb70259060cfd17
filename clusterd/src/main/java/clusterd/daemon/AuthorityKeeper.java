package clusterd.daemon;

import clusterd.credential.CredentialException;
import clusterd.credential.RotationStep;
import clusterd.credential.UnlockKey;
import clusterd.manager.StateMachine;
import clusterd.security.Authority;
import clusterd.security.AuthorityFolder;
import clusterd.security.Certificates;
import clusterd.security.SealException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
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
    /** The text that {@link #opened} has the authority of; guarded by this. */
    private String applied = "";

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

    /**
     * The authority as the state has it by now, which the disk may not have yet.
     *
     * @throws SealException if it cannot be had: nothing may be issued by another
     */
    Authority authority() throws SealException {
        try {
            applyRoots();
        } catch (IOException broken) {
            throw new SealException("the cluster's authority cannot be kept at this manager: " + broken.getMessage(),
                    broken);
        }
        return opened.get().authority();
    }

    /** What such a text says; nothing is kept. */
    Authority read(String text) throws SealException {
        return folder.read(text, opened.get());
    }

    /** How long certificates hold that are issued now. */
    Duration lifetime(Duration usual) {
        try {
            long millis = KeptAuthority.SLOT.of(machine.state()).lifetimeMillis();
            return millis == 0 ? usual : Duration.ofMillis(millis);
        } catch (IOException broken) {
            throw new UncheckedIOException("the authority cannot be read from the vault", broken);
        }
    }

    private synchronized void applyRoots() throws IOException {
        Optional<String> wanted = KeptAuthority.SLOT.of(machine.state()).known();
        if (wanted.isEmpty() || wanted.get().equals(applied)) {
            return;
        }
        AuthorityFolder.Opened now = opened.get();
        try {
            Authority next = folder.read(wanted.get(), now);
            if (!next.roots().equals(now.authority().roots())) {
                AuthorityFolder.Opened changed = new AuthorityFolder.Opened(next, now.seal(), now.unlockKey());
                folder.save(changed);
                opened.set(changed);
                journal.say(next.phase() == RotationStep.Phase.BOTH ? "certificates are issued by the new root "
                        + Certificates.digest(next.root()).brief() + " from now on; the old one is trusted for a time"
                        : "root " + Certificates.digest(next.root()).brief() + " is the only one that is trusted");
            }
            applied = wanted.get();
        } catch (SealException broken) {
            throw new IOException("the authority in the vault cannot be opened: " + broken.getMessage(), broken);
        }
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
        applyRoots();
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
