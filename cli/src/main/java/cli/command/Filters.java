package cli.command;

import api.node.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** --filter key=value. */
final class Filters {
    private Filters() {}

    /** Those of a list that is filtered here. */
    static List<Filter> of(Arguments arguments, List<String> known) throws UsageException {
        List<Filter> filters = of(arguments);
        for (Filter filter : filters) {
            if (!known.contains(filter.getKey())) {
                throw new UsageException("unknown filter '" + filter.getKey() + "'; there are "
                        + String.join(", ", known));
            }
        }
        return filters;
    }

    /** Values of one key are alternatives, different keys must all hold. */
    static boolean accept(List<Filter> filters, Predicate<Filter> holds) {
        for (Filter filter : filters) {
            boolean any = false;
            for (Filter same : filters) {
                any |= same.getKey().equals(filter.getKey()) && holds.test(same);
            }
            if (!any) {
                return false;
            }
        }
        return true;
    }

    static List<Filter> of(Arguments arguments) throws UsageException {
        List<Filter> filters = new ArrayList<>();
        for (String word : arguments.values("filter")) {
            String[] pair = PruneFilters.pair(word);
            filters.add(Filter.newBuilder().setKey(pair[0]).setValue(pair[1]).build());
        }
        return filters;
    }
}
