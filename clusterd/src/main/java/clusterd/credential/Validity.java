package clusterd.credential;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * From when until when a certificate holds.
 *
 * @param notBefore the first instant
 * @param notAfter  the last
 */
public record Validity(Instant notBefore, Instant notAfter) {

    /** How far another machine's clock may be ahead before its new certificates are refused here. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

    /**
     * Why it does not hold, a sentence; empty if it does.
     *
     * @param whose the certificate's owner, for the message
     */
    public Optional<String> fault(String whose, Instant now) {
        if (now.isAfter(notAfter)) {
            return Optional.of("the certificate of the " + whose + " expired: since " + notAfter + ", "
                    + Spans.text(Duration.between(notAfter, now)) + " ago; if it was off for long, join it again"
                    + " with a new token; otherwise see whether it reaches a manager, which renews it");
        }
        if (now.plus(CLOCK_DIFFERENCE).isBefore(notBefore)) {
            return Optional.of("the certificate of the " + whose + " does not hold before " + notBefore + ", in "
                    + Spans.text(Duration.between(now, notBefore)) + "; the clocks differ: set them by NTP");
        }
        return Optional.empty();
    }
}
