package runtime.event;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which of the things nobody uses are to go: docker's {@code until} (made before a time), {@code label} and
 * {@code label!} (has, or has not, a label); all conditions must hold.
 */
public final class PruneFilter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}(\\.[0-9]{1,9})?");

    private Optional<Instant> until = Optional.empty();
    private final List<String> labels = new ArrayList<>();
    private final List<String> absentLabels = new ArrayList<>();

    /**
     * One more condition.
     *
     * @throws IllegalArgumentException if there is no such key, or no such time
     */
    public PruneFilter add(String key, String value) {
        switch (key) {
            case "until" -> {
                Instant time = time(value);
                if (until.isEmpty() || time.isBefore(until.get())) {
                    until = Optional.of(time);
                }
            }
            case "label" -> labels.add(value);
            case "label!" -> absentLabels.add(value);
            default -> throw new IllegalArgumentException("unknown filter '" + key
                    + "'; there are until, label, label!");
        }
        return this;
    }

    /**
     * Seconds since 1970, or RFC 3339 with a zone.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Instant time(String text) {
        try {
            if (text.indexOf('-') > 0) {
                return OffsetDateTime.parse(text).toInstant();
            }
            if (SECONDS.matcher(text).matches()) {
                BigDecimal seconds = new BigDecimal(text);
                return Instant.ofEpochSecond(seconds.longValue(),
                        seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
            }
        } catch (DateTimeException malformed) {
            throw new IllegalArgumentException(noTime(text), malformed);
        }
        throw new IllegalArgumentException(noTime(text));
    }

    private static String noTime(String text) {
        return "invalid time '" + text
                + "' for filter until: give seconds since 1970 or 2026-11-23T19:00:00Z";
    }

    /** Whether something made then, with these labels, is to go. */
    public boolean accepts(Instant created, Map<String, String> has) {
        return (until.isEmpty() || created.isBefore(until.get()))
                && labels.stream().allMatch(label -> matches(label, has))
                && absentLabels.stream().noneMatch(label -> matches(label, has));
    }

    private static boolean matches(String label, Map<String, String> has) {
        int equals = label.indexOf('=');
        return equals < 0 ? has.containsKey(label)
                : label.substring(equals + 1).equals(has.get(label.substring(0, equals)));
    }
}
