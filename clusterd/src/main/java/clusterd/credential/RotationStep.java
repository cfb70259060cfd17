package clusterd.credential;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The next step of exchanging a cluster's root.
 *
 * <p>{@code ONE}: a root, trusted by all. An operator starts the exchange: a new root is made, which the old
 * one signs across. {@code BOTH}: the new root issues; what it issues comes with the cross-signed root, so
 * that whoever trusts the old one alone accepts it; each renewal hands out both roots. Once every node has a
 * certificate of the new root and trusts it: {@code ONE} again, the new one.
 */
public sealed interface RotationStep {

    /** How many roots are trusted. */
    enum Phase { ONE, BOTH }

    /**
     * What a node is known to have.
     *
     * @param nodeId  its id
     * @param issuer  the root its certificate is by
     * @param trusted the roots it trusts
     * @param ends    until when its certificate holds: an ended one holds nothing up
     */
    record NodeTrust(String nodeId, RootDigest issuer, Set<RootDigest> trusted, Instant ends) {}

    /**
     * What the step is decided by.
     *
     * @param phase   how many roots are trusted
     * @param current the root that issues: the new one in phase BOTH
     * @param nodes   all nodes, those that are down included
     * @param forced  whether nodes that are behind shall be left behind: they must join again
     */
    record Facts(Phase phase, RootDigest current, List<NodeTrust> nodes, boolean forced) {
        public Facts {
            nodes = List.copyOf(nodes);
        }
    }

    /** Nothing is being exchanged. */
    record Rest(String reason) implements RotationStep {}

    /**
     * Nodes that shall renew their certificates now rather than at their time.
     *
     * @param nodeIds which
     */
    record RenewNodes(List<String> nodeIds, String reason) implements RotationStep {}

    /**
     * The old root is to be trusted no more.
     *
     * @param leftBehind nodes that can no longer speak to the cluster: their certificates ended, or it was
     *                   forced
     */
    record RetireOld(List<String> leftBehind, String reason) implements RotationStep {}

    /** Decides. */
    static RotationStep decide(Facts facts, Instant now) {
        if (facts.phase() == Phase.ONE) {
            return new Rest("root " + facts.current().brief() + " is the only one; `jctl cluster ca --rotate`"
                    + " exchanges it");
        }
        List<String> behind = facts.nodes().stream().filter(node -> isBehind(node, facts.current()))
                .filter(node -> !now.isAfter(node.ends())).map(NodeTrust::nodeId).sorted().toList();
        if (behind.isEmpty() || facts.forced()) {
            List<String> left = facts.nodes().stream().filter(node -> isBehind(node, facts.current()))
                    .map(NodeTrust::nodeId).sorted().toList();
            return new RetireOld(left, left.isEmpty() ? "every node has a certificate of the new root "
                    + facts.current().brief() + " and trusts it" : "the new root " + facts.current().brief()
                    + " stays alone; to come back, these must join with a new token: " + String.join(", ", left));
        }
        return new RenewNodes(behind, "the old root stays trusted until these nodes have a certificate of the new"
                + " root " + facts.current().brief() + ": " + String.join(", ", behind) + "; a node that is gone for"
                + " good holds it up until `jctl node rm`, or its certificate's end");
    }

    private static boolean isBehind(NodeTrust node, RootDigest current) {
        return !node.issuer().equals(current) || !node.trusted().contains(current);
    }
}
