package clusterd.security;

import clusterd.credential.JoinToken;
import clusterd.credential.Membership;
import clusterd.credential.RootDigest;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Where the cluster keeps who joined by which token: its log. */
public interface Admissions {

    /**
     * {@link Membership#admit}, and what it gives is kept once this returns: in one step, so that two
     * machines do not use a token's last use both.
     *
     * @throws IOException if it cannot be kept now
     */
    Membership.Decision admit(JoinToken token, Set<RootDigest> roots, String nodeId, String keyDigest, Instant now)
            throws IOException;

    /**
     * The tokens and the nodes that joined, including all that was acknowledged when this is called.
     *
     * @throws IOException if they cannot be had now
     */
    Membership membership() throws IOException;

    /**
     * What a member is by now: a node's role changes by promotion, a person's by an admin.
     *
     * @return empty if there is no such member any more
     */
    Optional<Role> roleOf(String memberId) throws IOException;

    /** Who is shut out. */
    Revoked revoked();
}
