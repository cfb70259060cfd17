package clusterd.credential;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who was shut out, since when. A value.
 *
 * @param members ids of nodes and people: every certificate of theirs that was issued before; one issued
 *                later, to a machine that joined again under the name, holds
 * @param serials single certificates
 */
public record Revoked(Map<String, Instant> members, Map<String, Instant> serials) {
    /** Nobody. */
    public static final Revoked NOBODY = new Revoked(Map.of(), Map.of());

    public Revoked {
        members = Map.copyOf(members);
        serials = Map.copyOf(serials);
    }

    /** Everybody who is shut out by either. */
    public Revoked and(Revoked other) {
        if (other.equals(NOBODY)) {
            return this;
        }
        return new Revoked(later(members, other.members), later(serials, other.serials));
    }

    private static Map<String, Instant> later(Map<String, Instant> one, Map<String, Instant> other) {
        Map<String, Instant> both = new HashMap<>(one);
        other.forEach((id, at) -> both.merge(id, at, (a, b) -> a.isAfter(b) ? a : b));
        return both;
    }

    /** Why that peer is shut out, a sentence; empty if it is not. */
    public Optional<String> reason(Peer peer) {
        Instant member = members.get(peer.id());
        if (member != null && !peer.notBefore().isAfter(member)) {
            return Optional.of("the " + peer.member() + " was shut out of cluster " + peer.member().clusterId()
                    + " at " + member + "; to let it in again, join it with a new token");
        }
        Instant serial = serials.get(peer.serial());
        return serial == null ? Optional.empty() : Optional.of("certificate " + peer.serial() + " of the "
                + peer.member() + " was revoked at " + serial + "; to let it in again, join it with a new token");
    }
}
