package clusterd.credential;

import java.time.Instant;

/**
 * Who is at the other end of a connection, as its certificate says.
 *
 * @param member    name, role and cluster
 * @param serial    the certificate's serial number, hex digits
 * @param notBefore from when on the certificate holds
 * @param notAfter  until when it holds
 * @param issuer    the name of the root it is by (RFC 2253)
 */
public record Peer(Member member, String serial, Instant notBefore, Instant notAfter, String issuer) {
    /** By no root that matters. */
    public Peer(Member member, String serial, Instant notBefore, Instant notAfter) {
        this(member, serial, notBefore, notAfter, "");
    }

    /** The name of the node or person. */
    public String id() {
        return member.id();
    }

    /** What it is. */
    public Role role() {
        return member.role();
    }
}
