package clusterd.security;

import clusterd.credential.CredentialException;
import clusterd.credential.JoinToken;
import clusterd.credential.JoinTokens;
import clusterd.credential.Member;
import clusterd.credential.Membership;
import clusterd.credential.Peer;
import clusterd.credential.Refusal;
import clusterd.credential.Role;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets machines join by token, and gives certificates of the cluster's authority. */
public final class TokenEnroller implements Enroller {

    /** Where the authority is, which may be locked. */
    public interface Source {
        /** @throws SealException if its key cannot be had: {@link LockedException} until it is unlocked */
        Authority authority() throws SealException;
    }

    private final Source source;
    private final Admissions admissions;
    private final Supplier<Duration> lifetime;
    private final InstantSource clock;

    /** @param lifetime of certificates */
    public TokenEnroller(Source source, Admissions admissions, Duration lifetime, InstantSource clock) {
        this(source, admissions, () -> lifetime, clock);
    }

    /** @param lifetime of certificates, asked for with each */
    public TokenEnroller(Source source, Admissions admissions, Supplier<Duration> lifetime, InstantSource clock) {
        this.source = source;
        this.admissions = admissions;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    @Override
    public Authority.Issued enroll(String token, byte[] request, Facts facts)
            throws RefusedException, IOException {
        JoinToken parsed;
        try {
            parsed = JoinToken.parse(token);
        } catch (CredentialException malformed) {
            throw new RefusedException(Refusal.TOKEN_MALFORMED, malformed.getMessage(), malformed);
        }
        // Anybody may ask: without a token that could do, no signature is checked and nothing goes into the log.
        JoinTokens tokens = admissions.membership().tokens();
        Authority authority = authority(); // after what was read: a root may have been exchanged
        JoinTokens.Decision glance = tokens.check(parsed, authority.rootDigests(), clock.instant());
        if (glance instanceof JoinTokens.Refused refused && refused.refusal() != Refusal.TOKEN_USED_UP) {
            throw new RefusedException(refused.refusal(), refused.reason());
        }
        SigningRequest signing = SigningRequest.read(request);
        check(facts); // before a use of the token is spent
        Membership.Decision decision = admissions.admit(parsed, authority.rootDigests(), facts.nodeId(),
                Certificates.digest(signing.publicKey()), clock.instant());
        return switch (decision) {
            case Membership.Refused refused -> throw new RefusedException(refused.refusal(), refused.reason());
            case Membership.Admitted admitted -> authority.issue(signing, new Member(facts.nodeId(),
                    admitted.role(), authority.clusterId()), facts.addresses(), lifetime.get());
        };
    }

    private static void check(Facts facts) throws RefusedException {
        Authority.checkAddresses(facts.addresses());
        try {
            Member.checkNode("node id", facts.nodeId());
        } catch (CredentialException malformed) {
            throw new RefusedException(Refusal.BAD_REQUEST, malformed.getMessage(), malformed);
        }
    }

    @Override
    public Authority.Issued renew(Peer peer, byte[] request, List<String> addresses)
            throws RefusedException, IOException {
        Optional<String> shutOut = admissions.revoked().reason(peer);
        if (shutOut.isPresent()) {
            throw new RefusedException(Refusal.PEER_REVOKED, shutOut.get());
        }
        Role role = admissions.roleOf(peer.id()).orElseThrow(() -> new RefusedException(Refusal.PEER_REVOKED,
                "the " + peer.member() + " is no member of the cluster any more; to come back, it joins with a new"
                        + " token"));
        if (role.isNode() != peer.role().isNode()) {
            throw new RefusedException(Refusal.BAD_REQUEST, "the " + peer.member() + " is known as " + role.text()
                    + ": a node and a person have one name; remove one of them");
        }
        Authority authority = authority();
        return authority.issue(SigningRequest.read(request), new Member(peer.id(), role, authority.clusterId()),
                addresses, lifetime.get());
    }

    private Authority authority() throws RefusedException {
        try {
            return source.authority();
        } catch (SealException locked) {
            throw new RefusedException(Refusal.LOCKED, locked.getMessage(), locked);
        }
    }
}
