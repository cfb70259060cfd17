package cli.command;

import api.node.Filter;
import java.util.ArrayList;
import java.util.List;

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

    static List<Filter> of(Arguments arguments) throws UsageException {
        List<Filter> filters = new ArrayList<>();
        for (String word : arguments.values("filter")) {
            String[] pair = PruneFilters.pair(word);
            filters.add(Filter.newBuilder().setKey(pair[0]).setValue(pair[1]).build());
        }
        return filters;
    }
}
