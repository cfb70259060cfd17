package runtime.node;

import api.node.Filter;
import api.node.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import runtime.volume.Volume;

/** {@code volume ls --filter}: values of one key are alternatives, different keys must all hold. */
final class VolumeFilters {
    private final Map<String, List<String>> wanted = new LinkedHashMap<>();

    VolumeFilters(List<Filter> filters) {
        for (Filter filter : filters) {
            wanted.computeIfAbsent(filter.getKey(), absent -> new ArrayList<>())
                    .add(filter.getValue());
        }
    }

    /** Whether a volume is wanted. */
    boolean accept(Volume volume, boolean used) {
        return wanted.entrySet().stream().allMatch(entry -> entry.getValue().stream()
                .anyMatch(value -> accept(volume, used, entry.getKey(), value)));
    }

    private static boolean accept(Volume volume, boolean used, String key, String value) {
        return switch (key) {
            case "name" -> volume.name().contains(value);
            case "driver" -> value.equals("local");
            case "label" -> label(volume, value);
            case "label!" -> !label(volume, value);
            case "dangling" -> switch (value) {
                case "true", "1" -> !used;
                case "false", "0" -> used;
                default -> throw Failures.of(Reason.INVALID_OPTION, "filter dangling=" + value
                        + ": expected true or false", OptionalInt.empty());
            };
            default -> throw Failures.of(Reason.INVALID_OPTION, "unknown filter '" + key
                    + "'; there are name, label, dangling, driver", OptionalInt.empty());
        };
    }

    private static boolean label(Volume volume, String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? volume.labels().containsKey(value)
                : value.substring(equals + 1).equals(
                        volume.labels().get(value.substring(0, equals)));
    }
}
