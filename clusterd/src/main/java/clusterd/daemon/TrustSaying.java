package clusterd.daemon;

import clusterd.credential.RootDigest;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.SealException;
import clusterd.session.ToNode;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a manager says to nodes of whom to trust. */
final class TrustSaying {
    /** A manager signs in well under a millisecond; the rest is the handshakes. */
    private static final long MILLIS_PER_NODE = 5;
    private static final long LONGEST_SPREAD_MILLIS = 60_000;

    private TrustSaying() {
    }

    /** Empty while no root was exchanged and nobody was shut out. */
    static Optional<ToNode.Trust> of(ClusterState state, AuthorityKeeper keeper) {
        try {
            KeptRevoked revoked = KeptRevoked.SLOT.of(state);
            if (KeptAuthority.SLOT.of(state).known().isEmpty() && revoked.members().isEmpty()) {
                return Optional.empty();
            }
            Authority authority = keeper.authority();
            return Optional.of(new ToNode.Trust(Certificates.digest(authority.root()).hex(),
                    authority.roots().stream().map(Certificates::digest).map(RootDigest::hex).toList(),
                    revoked.members(),
                    Math.min(LONGEST_SPREAD_MILLIS, MILLIS_PER_NODE * state.nodes().size())));
        } catch (IOException broken) {
            throw new UncheckedIOException("whom to trust cannot be read from the vault", broken);
        } catch (SealException broken) {
            throw new UncheckedIOException(new IOException(broken.getMessage(), broken));
        }
    }
}
