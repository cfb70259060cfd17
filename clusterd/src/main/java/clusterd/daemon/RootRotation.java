package clusterd.daemon;

import clusterd.control.Keeping;
import clusterd.credential.RootDigest;
import clusterd.credential.RotationStep;
import clusterd.manager.ClusterAccess;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.GivenRoot;
import clusterd.security.SealException;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What an operator wants of the root: to see it, to have it exchanged, to have an exchange end. */
final class RootRotation {
    private final ClusterAccess access;
    private final AuthorityKeeper authority;
    private final Duration usualLifetime;
    private final InstantSource clock;

    /** @param usualLifetime of certificates, as the agent was told */
    RootRotation(ClusterAccess access, AuthorityKeeper authority, Duration usualLifetime, InstantSource clock) {
        this.access = access;
        this.authority = authority;
        this.usualLifetime = usualLifetime;
        this.clock = clock;
    }

    private Authority now() throws IOException {
        try {
            return authority.authority();
        } catch (SealException locked) {
            throw new IOException(locked.getMessage(), locked);
        }
    }

    Keeping.AuthorityStanding standing(ClusterState state) throws IOException {
        Authority now = now();
        KeptAuthority kept = KeptAuthority.SLOT.of(state);
        String digest = Certificates.digest(now.root()).hex();
        String pem = Certificates.toPem(now.root());
        if (now.phase() == RotationStep.Phase.ONE) {
            return new Keeping.AuthorityStanding(pem, digest, Optional.empty(), kept.beganMillis(), List.of(), "",
                    kept.lifetimeMillis());
        }
        RootExchange.Standing standing = RootExchange.Standing.of(state, now);
        String why = switch (standing.step(kept.finishes(), clock.instant())) {
            case RotationStep.Rest rest -> rest.reason();
            case RotationStep.RenewNodes renew -> renew.reason();
            case RotationStep.RetireOld retire -> retire.reason();
        };
        return new Keeping.AuthorityStanding(pem, digest,
                Optional.of(Certificates.digest(now.roots().getLast()).hex()), kept.beganMillis(),
                standing.behind(), why, kept.lifetimeMillis());
    }

    String begin(Optional<Keeping.PemRoot> given, long lifetimeMillis) throws IOException {
        read();
        Authority before = now();
        Optional<GivenRoot> root = given.map(each -> GivenRoot.parse(each.certificate(), each.key()));
        Authority next = root.isPresent() ? before.introduceRoot(root.get()) : before.introduceRoot();
        String text = next.toText(authority.opened().seal());
        long nowMillis = clock.millis();
        KeptAuthority.SLOT.change(access, kept -> {
            if (!hasRoots(kept, before)) {
                throw new IllegalStateException("somebody else exchanges the root just now: see `jctl cluster ca`");
            }
            long lifetime = lifetimeMillis == 0 ? kept.lifetimeMillis() : lifetimeMillis;
            long longest = Math.max(usualLifetime.toMillis(), kept.lifetimeMillis());
            return new KeptAuthority(text, nowMillis, Math.min(nowMillis + longest,
                    before.root().getNotAfter().getTime()), lifetime, false);
        });
        return settled();
    }

    /** Whether the vault still has what the new text was made from. */
    private boolean hasRoots(KeptAuthority kept, Authority before) {
        try {
            return kept.known().isEmpty() || authority.read(kept.text()).roots().equals(before.roots());
        } catch (SealException broken) {
            return false;
        }
    }

    String finish() throws IOException {
        read();
        KeptAuthority.SLOT.change(access, kept -> {
            try {
                if (kept.known().isEmpty() || authority.read(kept.text()).phase() == RotationStep.Phase.ONE) {
                    throw new IllegalStateException("no root is being exchanged: `jctl cluster ca --rotate` begins");
                }
            } catch (SealException broken) {
                throw new IllegalStateException(broken.getMessage(), broken);
            }
            return kept.finishing();
        });
        return settled();
    }

    private void read() throws IOException {
        try {
            access.read();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the agent ends", e);
        }
    }

    private String settled() throws IOException {
        read();
        RootDigest digest = Certificates.digest(now().root());
        return digest.hex();
    }
}
