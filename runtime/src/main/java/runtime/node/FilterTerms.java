package runtime.node;

import api.node.Filter;
import api.node.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The conditions of a list: different keys must all hold; values of one key are alternatives, but labels
 * must all be there, as with docker.
 */
final class FilterTerms {
    private final Map<String, List<String>> wanted = new LinkedHashMap<>();

    /**
     * The terms.
     *
     * @param known keys there are
     * @throws io.grpc.StatusRuntimeException if a key is unknown, naming those there are
     */
    FilterTerms(List<Filter> filters, List<String> known) {
        for (Filter filter : filters) {
            if (!known.contains(filter.getKey())) {
                throw refused("unknown filter '" + filter.getKey() + "'; there are "
                        + String.join(", ", known));
            }
            wanted.computeIfAbsent(filter.getKey(), absent -> new ArrayList<>())
                    .add(filter.getValue());
        }
    }

    /** Whether one value of a key holds. */
    @FunctionalInterface
    interface Term<E extends Exception> {
        boolean holds(String key, String value) throws E;
    }

    /** The values of a key. */
    List<String> values(String key) {
        return wanted.getOrDefault(key, List.of());
    }

    /** Whether there is a condition of that key. */
    boolean has(String key) {
        return wanted.containsKey(key);
    }

    /** Whether all hold. */
    <E extends Exception> boolean accept(Term<E> term) throws E {
        for (Map.Entry<String, List<String>> entry : wanted.entrySet()) {
            boolean all = entry.getKey().startsWith("label");
            boolean holds = all;
            for (String value : entry.getValue()) {
                boolean one = term.holds(entry.getKey(), value);
                holds = all ? holds && one : holds || one;
            }
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a label of that name, or with that value: {@code name} or {@code name=value}. */
    static boolean label(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0 ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    /** Docker's words for yes and no. */
    static boolean truth(String key, String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw refused("filter " + key + "=" + value + ": expected true or false");
        };
    }

    static RuntimeException refused(String message) {
        return Failures.of(Reason.INVALID_OPTION, message, OptionalInt.empty());
    }
}
