package clusterd.model;

/**
 * The last time a service lost a site.
 *
 * @param site        which
 * @param phase       how far it has come
 * @param lostMillis  when the site was lost, milliseconds since 1970
 * @param sinceMillis when the phase began, milliseconds since 1970
 * @param reason      why it counts as lost: {@code 3 nodes down}
 */
public record SiteLoss(String site, Phase phase, long lostMillis, long sinceMillis, String reason) {
    /** How far a loss has come. */
    public enum Phase {
        /** Not for long yet. */
        LOST,
        /** The standby has taken its place. */
        COVERED,
        /** It is back and all its replicas run; the standby still has what it took. */
        RETURNED,
        /** All is as it was. */
        OVER
    }

    /** Whether the standby has what this site had. */
    public boolean isCovered() {
        return phase == Phase.COVERED || phase == Phase.RETURNED;
    }

    /** The same in a later phase. */
    public SiteLoss in(Phase next, long atMillis) {
        return new SiteLoss(site, next, lostMillis, atMillis, reason);
    }
}
