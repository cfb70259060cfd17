package runtime.node;

import api.node.Filter;
import api.node.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.network.NetworkView;

/** {@code network ls --filter}: values of one key are alternatives, different keys must all hold. */
final class NetworkFilters {
    private static final Pattern DURATION =
            Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");
    private final Map<String, List<String>> wanted = new LinkedHashMap<>();
    private final Instant now;

    NetworkFilters(List<Filter> filters, Instant now) {
        this.now = now;
        for (Filter filter : filters) {
            wanted.computeIfAbsent(filter.getKey(), absent -> new ArrayList<>())
                    .add(filter.getValue());
        }
    }

    /** Whether a network is wanted. */
    boolean accept(NetworkView network) {
        return wanted.entrySet().stream().allMatch(entry -> entry.getValue().stream()
                .anyMatch(value -> accept(network, entry.getKey(), value)));
    }

    private boolean accept(NetworkView network, String key, String value) {
        return switch (key) {
            case "id" -> network.id().startsWith(value);
            case "name" -> network.name().contains(value);
            case "driver" -> network.driver().equals(value);
            case "scope" -> value.equals("local");
            case "type" -> switch (value) {
                case "custom" -> network.isUsers();
                case "builtin" -> !network.isUsers();
                default -> throw refused("type is custom or builtin, not " + value);
            };
            case "dangling" -> network.isUsers()
                    && network.members().isEmpty() == value.equals("true");
            case "label" -> label(network.labels(), value);
            case "until" -> network.createdAt().isPresent()
                    && network.createdAt().get().isBefore(until(value));
            default -> throw refused("unknown filter '" + key + "'; there are id, name, driver,"
                    + " scope, type, dangling, label, until");
        };
    }

    private Instant until(String value) {
        if (value.matches("[0-9]{1,12}")) {
            return Instant.ofEpochSecond(Long.parseLong(value));
        }
        Matcher parts = DURATION.matcher(value);
        if (value.isEmpty() || !parts.matches()) {
            throw refused("until is seconds since 1970 or a duration such as 24h or 1h30m, not "
                    + value);
        }
        return now.minus(Duration.ofHours(number(parts.group(1)))
                .plusMinutes(number(parts.group(2))).plusSeconds(number(parts.group(3))));
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static boolean label(Map<String, String> labels, String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? labels.containsKey(value)
                : value.substring(equals + 1).equals(labels.get(value.substring(0, equals)));
    }

    private static RuntimeException refused(String message) {
        return Failures.of(Reason.INVALID_OPTION, message, OptionalInt.empty());
    }
}
