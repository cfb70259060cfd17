package cli.render;

/** Spans of time in words, as docker says them. */
public final class Ages {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Ages() {}

    /** "3 minutes ago"; "never" for a time of 0. */
    public static String ago(long thenUnixNanos, long nowUnixNanos) {
        return thenUnixNanos == 0 ? "never" : span(nowUnixNanos - thenUnixNanos) + " ago";
    }

    /** "Less than a second", "About a minute", "5 hours", for a span in nanoseconds. */
    public static String span(long nanos) {
        long seconds = nanos / NANOS_PER_SECOND;
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds < 60) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        }
        long hours = (minutes + 30) / 60;
        if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        }
        long days = hours / 24;
        if (days < 14) {
            return days + " days";
        }
        if (days < 60) {
            return days / 7 + " weeks";
        }
        return days < 730 ? days / 30 + " months" : days / 365 + " years";
    }
}
