package cli.render;

import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as docker writes them: {@code 1m30s}, {@code 500ms}, {@code 1.5h}. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h)");

    private Durations() {}

    /** In nanoseconds; empty if the text is no span, or one of more than 292 years. */
    public static OptionalLong nanos(String text) {
        if (text.equals("0")) {
            return OptionalLong.of(0);
        }
        Matcher parts = PART.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit(parts.group(2))));
            end = parts.end();
        }
        if (end == 0 || end != text.length()
                || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(nanos.longValue());
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(switch (name) {
            case "ns" -> 1L;
            case "us", "µs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        });
    }
}
