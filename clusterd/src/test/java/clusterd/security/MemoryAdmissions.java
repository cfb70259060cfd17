package clusterd.security;

import clusterd.credential.JoinToken;
import clusterd.credential.Membership;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import clusterd.credential.RootDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who joined, kept in memory. */
public final class MemoryAdmissions implements Admissions {
    private Membership membership = Membership.NONE;
    private Revoked revoked = Revoked.NOBODY;
    private final Map<String, Role> others = new HashMap<>();

    @Override
    public synchronized Membership.Decision admit(JoinToken token, Set<RootDigest> roots, String nodeId,
            String keyDigest, Instant now) {
        Membership.Decision decision = membership.admit(token, roots, nodeId, keyDigest, now);
        if (decision instanceof Membership.Admitted admitted) {
            membership = admitted.after();
        }
        return decision;
    }

    @Override
    public synchronized Membership membership() {
        return membership;
    }

    @Override
    public synchronized Optional<Role> roleOf(String memberId) {
        return Optional.ofNullable(membership.joined().get(memberId)).map(Membership.Joined::role)
                .or(() -> Optional.ofNullable(others.get(memberId)));
    }

    @Override
    public synchronized Revoked revoked() {
        return revoked;
    }

    /** A member that came otherwise than by a token. */
    public synchronized void know(String memberId, Role role) {
        others.put(memberId, role);
    }

    /** Gives out a token. */
    public synchronized void create(JoinToken token, Role role, Instant now, Instant expires, Optional<Integer> uses) {
        membership = membership.with(membership.tokens().create(token, role, now, expires, uses));
    }

    /** Shuts somebody out. */
    public synchronized void shutOut(String memberId, Instant now) {
        Map<String, Instant> more = new HashMap<>(revoked.members());
        more.put(memberId, now);
        revoked = new Revoked(more, revoked.serials());
    }
}
