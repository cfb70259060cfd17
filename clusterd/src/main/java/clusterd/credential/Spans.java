package clusterd.credential;

import java.time.Duration;

/** Spans of time for people. */
final class Spans {
    private Spans() {}

    /** In the largest unit that fits, rounded down. */
    static String text(Duration span) {
        if (span.toDays() > 1) {
            return span.toDays() + " days";
        }
        if (span.toHours() > 1) {
            return span.toHours() + " hours";
        }
        return span.toMinutes() > 1 ? span.toMinutes() + " minutes" : span.toSeconds() + " s";
    }
}
