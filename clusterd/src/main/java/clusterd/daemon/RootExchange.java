package clusterd.daemon;

import clusterd.credential.JoinTokens;
import clusterd.credential.RootDigest;
import clusterd.credential.RotationStep;
import clusterd.dispatch.Dispatcher;
import clusterd.manager.ClusterAccess;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.SealException;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import runtime.container.Journal;

/**
 * While this manager leads: carries an exchange of the root on, from where the log says it is. Nodes are told to
 * renew, who has shown a certificate of the new root is written down, and when that is everybody, the old root
 * goes.
 */
final class RootExchange implements AutoCloseable {
    private static final long LOOK_MILLIS = 500;
    /** A node that could not renew is told again. */
    private static final long TELL_MILLIS = 5_000;
    private static final Set<String> KEYS = Set.of(KeptAuthority.SLOT.key(), KeptRevoked.SLOT.key());

    private final ClusterAccess access;
    private final AuthorityKeeper authority;
    private final Vault vault;
    private final SeenPeers peers;
    private final Dispatcher dispatcher;
    private final InstantSource clock;
    private final Journal journal;
    private final LinkedBlockingQueue<Boolean> changed = new LinkedBlockingQueue<>();
    private final Consumer<ClusterState.Applied> listener = this::note;
    private final Thread thread;
    private volatile boolean closed;
    private long toldNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(TELL_MILLIS);
    private String cleanedFor = "";
    private String said = "";

    RootExchange(ClusterAccess access, AuthorityKeeper authority, Vault vault, SeenPeers peers,
            Dispatcher dispatcher, InstantSource clock, Journal journal) {
        this.access = access;
        this.authority = authority;
        this.vault = vault;
        this.peers = peers;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.journal = journal;
        access.attach(listener);
        this.thread = Thread.ofVirtual().name("root-exchange").start(this::run);
    }

    private void note(ClusterState.Applied applied) {
        if (applied.changes().stream().anyMatch(each -> each instanceof Change.VaultChange vault
                && KEYS.contains(vault.entry().key()))) {
            changed.add(true);
        }
    }

    private void run() {
        try {
            while (!closed) {
                if (changed.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS) != null) {
                    changed.clear();
                    dispatcher.tellTrust(node -> true);
                }
                String problem = "";
                try {
                    step();
                } catch (IOException | SealException e) {
                    problem = e.getMessage();
                }
                if (!closed && !problem.isEmpty() && !problem.equals(said)) {
                    journal.say("the exchange of the root waits: " + problem);
                }
                said = problem;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            access.detach(listener);
        }
    }

    private void step() throws IOException, SealException {
        ClusterState state = access.glance();
        KeptAuthority kept = KeptAuthority.SLOT.of(state);
        if (kept.known().isEmpty()) {
            return;
        }
        Authority now = authority.authority();
        if (now.phase() == RotationStep.Phase.ONE) {
            revokeTokens(Certificates.digest(now.root()));
            return;
        }
        write(state, now);
        Standing standing = Standing.of(access.glance(), now);
        switch (standing.step(kept.finishes(), clock.instant())) {
            case RotationStep.Rest rest -> { /* nothing is exchanged */ }
            case RotationStep.RenewNodes renew -> {
                long nanos = System.nanoTime();
                if (nanos - toldNanos >= TimeUnit.MILLISECONDS.toNanos(TELL_MILLIS)) {
                    toldNanos = nanos;
                    dispatcher.tellTrust(node -> renew.nodeIds().contains(node.value()));
                }
            }
            case RotationStep.RetireOld retire -> {
                String text = now.retireRoot().toText(authority.opened().seal());
                KeptAuthority.SLOT.change(access, before ->
                        before.text().equals(kept.text()) ? before.withText(text) : before);
                journal.say("the root is exchanged: " + retire.reason());
            }
        }
    }

    /** Those that were seen with the new root and are not written down as such. */
    private void write(ClusterState state, Authority now) throws IOException {
        String digest = Certificates.digest(now.root()).hex();
        SortedMap<String, Long> known = KeptRenewed.SLOT.of(state).by(digest);
        SortedMap<String, Long> more = new TreeMap<>(peers.by(now.root()));
        more.keySet().removeAll(known.keySet());
        if (!more.isEmpty()) {
            KeptRenewed.SLOT.change(access, before -> before.with(digest, more));
        }
    }

    /** Tokens name the root they were made under: those of another would only be refused one by one. */
    private void revokeTokens(RootDigest root) throws IOException {
        if (cleanedFor.equals(root.hex())) {
            return;
        }
        Instant at = clock.instant();
        if (vault.membership().tokens().valid(at).stream().anyMatch(each -> !each.root().equals(root))) {
            vault.putTokens(tokens -> {
                JoinTokens left = tokens;
                for (JoinTokens.Entry each : tokens.valid(at)) {
                    left = each.root().equals(root) ? left : left.revoke(each.id(), at);
                }
                return left;
            });
        }
        cleanedFor = root.hex();
    }

    /**
     * How far an exchange is.
     *
     * @param root  the new one
     * @param nodes all of the cluster
     */
    record Standing(RootDigest root, List<RotationStep.NodeTrust> nodes) {
        static Standing of(ClusterState state, Authority authority) throws IOException {
            RootDigest next = Certificates.digest(authority.root());
            X509Certificate last = authority.roots().getLast();
            RootDigest old = Certificates.digest(last);
            Instant oldEnds = Instant.ofEpochMilli(KeptAuthority.SLOT.of(state).oldEndsMillis());
            SortedMap<String, Long> renewed = KeptRenewed.SLOT.of(state).by(next.hex());
            return new Standing(next, state.nodes().stream().map(each -> each.id().value()).map(id ->
                    renewed.containsKey(id) ? new RotationStep.NodeTrust(id, next, Set.of(next),
                            Instant.ofEpochMilli(renewed.get(id)))
                            : new RotationStep.NodeTrust(id, old, Set.of(old), oldEnds)).toList());
        }

        RotationStep step(boolean finishes, Instant now) {
            return RotationStep.decide(new RotationStep.Facts(RotationStep.Phase.BOTH, root, nodes, finishes), now);
        }

        /** Ids of those that have no certificate of the new root yet. */
        List<String> behind() {
            return nodes.stream().filter(each -> !each.issuer().equals(root)).map(RotationStep.NodeTrust::nodeId)
                    .toList();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
