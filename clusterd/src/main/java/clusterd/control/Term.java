package clusterd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One condition of a filter, {@code KEY=VALUE}.
 *
 * @param key   what is looked at
 * @param value what it must be, or begin with
 */
record Term(String key, String value) {
    /**
     * Reads filters.
     *
     * @param keys that there are
     * @throws IllegalArgumentException if one is of another form, or of no key there is
     */
    static List<Term> of(List<String> filters, List<String> keys) {
        List<Term> terms = new ArrayList<>();
        for (String each : filters) {
            int equals = each.indexOf('=');
            Term term = new Term(equals < 0 ? each : each.substring(0, equals),
                    equals < 0 ? "" : each.substring(equals + 1));
            if (equals < 0 || !keys.contains(term.key())) {
                throw new IllegalArgumentException("filter \"" + each + "\" is not of the form KEY=VALUE with one of "
                        + keys);
            }
            terms.add(term);
        }
        return terms;
    }

    /** Whether labels have this {@code NAME} or {@code NAME=VALUE}. */
    boolean isAmong(Map<String, String> labels) {
        int equals = value.indexOf('=');
        return equals < 0 ? labels.containsKey(value)
                : value.substring(equals + 1).equals(labels.get(value.substring(0, equals)));
    }
}
