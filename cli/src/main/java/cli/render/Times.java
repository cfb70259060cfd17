package cli.render;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time as text, both ways. */
public final class Times {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Times() {}

    /** RFC 3339 with nine digits, as docker stamps log lines: "2026-11-23T19:00:00.000000000Z". */
    public static String stamp(long unixNanos) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
                .format(instant(unixNanos).atOffset(ZoneOffset.UTC));
    }

    /** The same in a zone, as docker prints events: "2026-11-23T20:00:00.000000000+01:00". */
    public static String stamp(long unixNanos, ZoneId zone) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX", Locale.ROOT)
                .format(instant(unixNanos).atZone(zone));
    }

    /** RFC 3339 to the second: "2026-11-23T19:00:00Z". */
    public static String second(long unixNanos) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
                .format(instant(unixNanos).atOffset(ZoneOffset.UTC));
    }

    /** As docker's CreatedAt has it: "2026-11-23 19:00:00 +0000 UTC"; empty for 0. */
    public static String readable(long unixNanos) {
        return unixNanos == 0 ? "" : DateTimeFormatter.ofPattern(
                "yyyy-MM-dd HH:mm:ss '+0000 UTC'", Locale.ROOT)
                .format(instant(unixNanos).atOffset(ZoneOffset.UTC));
    }

    /**
     * Reads what --since and --until take: RFC 3339 ("2026-11-23T19:00:00Z", also without zone or
     * time), seconds since 1970 ("1790000000.5"), or a span before now ("10m", "1h30m", "45s").
     *
     * @param zone what a time without zone is in
     * @return nanoseconds since 1970
     * @throws IllegalArgumentException if it is none of these
     */
    public static long parse(String text, long nowUnixNanos, ZoneId zone) {
        try {
            char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
            if (Character.isLetter(last) && last != 'Z') {
                return nowUnixNanos - Duration.parse("PT" + text).toNanos();
            }
            if (text.indexOf('-') < 0) {
                return new java.math.BigDecimal(text)
                        .multiply(java.math.BigDecimal.valueOf(NANOS_PER_SECOND)).longValueExact();
            }
            return nanos(instantOf(text, zone));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("invalid time '" + text + "', expected one like"
                    + " 2026-11-23T19:00:00Z, 1790000000, or a span before now like 10m", e);
        }
    }

    private static Instant instantOf(String text, ZoneId zone) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > 10
                || text.lastIndexOf('-') > 10;
        return zoned ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    private static Instant instant(long unixNanos) {
        return Instant.ofEpochSecond(0, unixNanos);
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND),
                instant.getNano());
    }
}
