package runtime.node;

import api.node.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.network.NetworkView;

/** {@code network ls --filter}. */
final class NetworkFilters {
    private static final Pattern DURATION =
            Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");
    private static final List<String> KNOWN =
            List.of("id", "name", "driver", "scope", "type", "dangling", "label", "until");

    private final FilterTerms terms;
    private final Instant now;

    NetworkFilters(List<Filter> filters, Instant now) {
        this.terms = new FilterTerms(filters, KNOWN);
        this.now = now;
        terms.values("dangling").forEach(value -> FilterTerms.truth("dangling", value));
        terms.values("type").forEach(NetworkFilters::isCustom);
    }

    /** Whether a network is wanted. */
    boolean accept(NetworkView network) {
        return terms.accept((key, value) -> holds(network, key, value));
    }

    private boolean holds(NetworkView network, String key, String value) {
        return switch (key) {
            case "id" -> network.id().startsWith(value);
            case "name" -> NamePattern.fits(value, network.name());
            case "driver" -> network.driver().equals(value);
            case "scope" -> value.equals("local");
            case "type" -> network.isUsers() == isCustom(value);
            case "dangling" -> network.isUsers()
                    && network.members().isEmpty() == FilterTerms.truth(key, value);
            case "label" -> FilterTerms.label(network.labels(), value);
            case "until" -> network.createdAt().isPresent()
                    && network.createdAt().get().isBefore(until(value));
            default -> throw new IllegalStateException(key);
        };
    }

    private static boolean isCustom(String value) {
        return switch (value) {
            case "custom" -> true;
            case "builtin" -> false;
            default -> throw FilterTerms.refused("type is custom or builtin, not " + value);
        };
    }

    private Instant until(String value) {
        if (value.matches("[0-9]{1,12}")) {
            return Instant.ofEpochSecond(Long.parseLong(value));
        }
        Matcher parts = DURATION.matcher(value);
        if (value.isEmpty() || !parts.matches()) {
            throw FilterTerms.refused("until is seconds since 1970 or a duration such as 24h or 1h30m, not "
                    + value);
        }
        return now.minus(Duration.ofHours(number(parts.group(1)))
                .plusMinutes(number(parts.group(2))).plusSeconds(number(parts.group(3))));
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
