package clusterd.credential;

import java.time.Duration;
import java.time.Instant;

/** What is to be done about a certificate that gets older. */
public sealed interface RenewalStep {
    /** Of a certificate's life, before which none is renewed; and the span over which the renewals spread. */
    double EARLIEST = 0.5;
    double SPREAD = 0.3;

    /**
     * Nothing yet.
     *
     * @param at when to renew
     */
    record Rest(Instant at) implements RenewalStep {}

    /** Ask for the next one now. */
    record Renew(String reason) implements RenewalStep {}

    /** It is too late: no manager accepts it any more. */
    record Ended(String reason) implements RenewalStep {}

    /**
     * When to renew: between 50 and 80 % of the life, so that nodes that were started together do not come
     * together.
     *
     * @param draw a random number, 0 (inclusive) to 1 (exclusive), drawn once per certificate
     */
    static Instant at(Validity validity, double draw) {
        if (!(draw >= 0 && draw < 1)) {
            throw new IllegalArgumentException("a draw is from 0 to 1, not " + draw);
        }
        Duration life = Duration.between(validity.notBefore(), validity.notAfter());
        return validity.notBefore().plusMillis((long) (life.toMillis() * (EARLIEST + SPREAD * draw)));
    }

    /**
     * Decides.
     *
     * @param whose the certificate's owner, for messages
     * @param draw  see {@link #at}
     */
    static RenewalStep decide(String whose, Validity validity, double draw, Instant now) {
        Instant at = at(validity, draw);
        if (now.isAfter(validity.notAfter())) {
            return new Ended(validity.fault(whose, now).orElseThrow());
        }
        return now.isBefore(at) ? new Rest(at) : new Renew("the certificate of the " + whose + " holds until "
                + validity.notAfter() + " and was to be renewed from " + at + " on");
    }
}
