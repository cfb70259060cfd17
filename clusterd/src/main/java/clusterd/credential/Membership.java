package clusterd.credential;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tokens given out and who joined by them. A value; what lets a node in decides by it, in one step with
 * counting the token's use.
 *
 * @param tokens given out
 * @param joined nodes by their ids
 */
public record Membership(JoinTokens tokens, Map<String, Joined> joined) {
    /** Nobody, and no token. */
    public static final Membership NONE = new Membership(JoinTokens.NONE, Map.of());

    /**
     * A node that joined.
     *
     * @param role      what it became
     * @param keyDigest of the public key it joined with, 64 hex digits: an answer that got lost is asked for
     *                  again with the same key
     */
    public record Joined(Role role, String keyDigest) {}

    /** Whether a node is let in. */
    public sealed interface Decision {}

    /**
     * It is.
     *
     * @param role  what it is from now on
     * @param after the membership with it
     */
    public record Admitted(Role role, Membership after) implements Decision {}

    /**
     * It is not.
     *
     * @param refusal why, for programs
     * @param reason  why and what to do, a sentence
     */
    public record Refused(Refusal refusal, String reason) implements Decision {}

    public Membership {
        joined = Map.copyOf(joined);
    }

    /** With other tokens. */
    public Membership with(JoinTokens others) {
        return new Membership(others, joined);
    }

    /** With a node that came without a token, the first manager, or whose role is another from now on. */
    public Membership with(String nodeId, Joined node) {
        Map<String, Joined> more = new HashMap<>(joined);
        more.put(nodeId, node);
        return new Membership(tokens, more);
    }

    /** Without a node, whose name is free again. */
    public Membership without(String nodeId) {
        Map<String, Joined> fewer = new HashMap<>(joined);
        fewer.remove(nodeId);
        return new Membership(tokens, fewer);
    }

    /**
     * Decides about a node that asks with a token.
     *
     * @param roots     the cluster's roots
     * @param nodeId    the name it would like
     * @param keyDigest of its public key, whose private half it has proven to hold
     */
    public Decision admit(JoinToken token, Set<RootDigest> roots, String nodeId, String keyDigest, Instant now) {
        JoinTokens.Decision decision = tokens.check(token, roots, now);
        Joined known = joined.get(nodeId);
        boolean again = known != null && known.keyDigest().equals(keyDigest);
        return switch (decision) {
            case JoinTokens.Refused refused when again && refused.refusal() == Refusal.TOKEN_USED_UP ->
                new Admitted(known.role(), this);
            case JoinTokens.Refused refused -> new Refused(refused.refusal(), refused.reason());
            case JoinTokens.Admitted _ when again -> new Admitted(known.role(), this);
            case JoinTokens.Admitted _ when known != null -> new Refused(Refusal.NAME_TAKEN, "a node named "
                    + nodeId + " is in the cluster, a " + known.role().text() + "; give this one another name, or, if"
                    + " it is the same machine installed anew, remove the old one first: `jctl node rm " + nodeId
                    + "`");
            case JoinTokens.Admitted admitted -> {
                Role role = admitted.entry().role();
                yield new Admitted(role, with(admitted.after()).with(nodeId, new Joined(role, keyDigest)));
            }
        };
    }
}
