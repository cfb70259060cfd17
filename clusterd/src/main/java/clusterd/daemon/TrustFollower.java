package clusterd.daemon;

import clusterd.credential.Revoked;
import clusterd.credential.RootDigest;
import clusterd.security.Certificates;
import clusterd.security.CurrentIdentity;
import clusterd.security.NodeIdentity;
import clusterd.security.PrivateFile;
import clusterd.session.ToNode;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import runtime.container.Journal;

/**
 * Does at this node what managers say of whom to trust: refuses who was shut out, has the certificate renewed
 * when the root is exchanged, and drops the old root when that is over. What was said last is kept for the next
 * start: a node that is cut off must not believe a removed manager.
 */
final class TrustFollower implements AutoCloseable {
    private static final RecordCodec<ToNode.Trust> CODEC = RecordCodec.of(ToNode.Trust.class);

    /** What it makes the rest of the node do. */
    interface Acts {
        /** Has the certificate renewed now. */
        void renew();

        /** Ends connections with those that are trusted no more. */
        void endRefused();

        /** Goes on with its session over a new connection: the certificate is by another root. */
        void redial();

        /** The same with the log's connections to the other managers: a root was dropped. */
        void reconnect();
    }

    private final CurrentIdentity identity;
    private final Path identityFile;
    private final Path file;
    private final RandomGenerator random;
    private final Journal journal;
    private final Acts acts;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("trust").factory());
    private final Runnable unwatch;
    private volatile Revoked revoked = Revoked.NOBODY;
    private volatile Merged merged = new Merged(Revoked.NOBODY, Revoked.NOBODY, Revoked.NOBODY);
    private volatile Optional<ToNode.Trust> last = Optional.empty();
    private volatile Optional<RootDigest> issuer;

    private record Merged(Revoked one, Revoked other, Revoked both) {
    }

    /**
     * Goes on with what was said before.
     *
     * @param identityFile where the identity is kept
     * @param file         where what was said is kept
     * @throws IOException if that is broken
     */
    TrustFollower(CurrentIdentity identity, Path identityFile, Path file, RandomGenerator random, Journal journal,
            Acts acts) throws IOException {
        this.identity = identity;
        this.identityFile = identityFile;
        this.file = file;
        this.random = random;
        this.journal = journal;
        this.acts = acts;
        this.issuer = identity.get().issuer();
        if (Files.exists(file)) {
            try {
                remember(CODEC.decode(PrivateFile.read(file)));
            } catch (MalformedRecordException broken) {
                throw new IOException(file + " does not say whom to trust: " + broken.getMessage()
                        + "; move it away: the next manager says it again", broken);
            }
        }
        this.unwatch = identity.onChange(() -> run(this::afterRenewal));
    }

    private void remember(ToNode.Trust trust) {
        revoked = new KeptRevoked(trust.shutOut()).revoked();
        last = Optional.of(trust);
    }

    /** Who is shut out, as managers last said, and as this node knows itself. */
    Revoked revoked(Revoked own) {
        Merged known = merged;
        Revoked told = revoked;
        if (known.one() != told || known.other() != own) {
            known = new Merged(told, own, told.and(own));
            merged = known;
        }
        return known.both();
    }

    /** A manager says whom to trust; returns at once. */
    void hear(ToNode.Trust trust) {
        run(() -> {
            boolean sameShutOut = last.filter(each -> each.shutOut().equals(trust.shutOut())).isPresent();
            if (!last.equals(Optional.of(trust))) {
                try {
                    PrivateFile.write(file, CODEC.encode(trust));
                } catch (IOException full) {
                    journal.say("whom to trust is not kept for the next start: " + full.getMessage());
                }
            }
            remember(trust);
            if (!sameShutOut) {
                acts.endRefused();
            }
            follow(trust);
        });
    }

    private void follow(ToNode.Trust trust) {
        NodeIdentity now = identity.get();
        Set<String> trusted = hex(now.roots());
        boolean isCurrent = now.issuer().map(RootDigest::hex).filter(trust.root()::equals).isPresent();
        if (!isCurrent || !trusted.containsAll(trust.roots())) {
            long waitMillis = trust.spreadMillis() <= 0 ? 0 : random.nextLong(trust.spreadMillis());
            Thread.ofVirtual().name("renew-soon").start(() -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(waitMillis);
                    acts.renew();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
        } else if (!Set.copyOf(trust.roots()).containsAll(trusted)) {
            drop(trust);
        }
    }

    private void drop(ToNode.Trust trust) {
        synchronized (identity) {
            NodeIdentity now = identity.get();
            List<X509Certificate> left = now.roots().stream()
                    .filter(root -> trust.roots().contains(Certificates.digest(root).hex())).toList();
            try {
                NodeIdentity next = now.trusting(left);
                next.save(identityFile);
                identity.replace(next);
            } catch (CertificateException | IOException failed) {
                journal.say("the root that was exchanged is still trusted here: " + failed.getMessage());
                return;
            }
        }
        // Before those of the old root are ended: a log that finds its connections dead waits for its timeouts.
        acts.reconnect();
        acts.endRefused();
        journal.say("the cluster's root is " + new RootDigest(trust.root()).brief()
                + "; the one before is trusted no more");
    }

    /** Calls under way go on under the certificate of their beginning: over a new connection the new one is seen. */
    private void afterRenewal() {
        Optional<RootDigest> now = identity.get().issuer();
        if (!now.equals(issuer)) {
            issuer = now;
            acts.redial();
        }
        last.ifPresent(trust -> {
            if (now.map(RootDigest::hex).filter(trust.root()::equals).isPresent()) {
                follow(trust);
            }
        });
    }

    private static Set<String> hex(List<X509Certificate> roots) {
        return Certificates.digests(roots).stream().map(RootDigest::hex).collect(Collectors.toSet());
    }

    private void run(Runnable what) {
        try {
            worker.execute(what);
        } catch (RejectedExecutionException ended) {
            journal.say("whom to trust stays as it is for now: the agent ends");
        }
    }

    @Override
    public void close() {
        unwatch.run();
        worker.shutdown();
    }
}
