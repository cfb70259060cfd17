package cli.command;

import api.node.Filter;
import java.util.ArrayList;
import java.util.List;

/** --filter key=value. */
final class Filters {
    private Filters() {}

    static List<Filter> of(Arguments arguments) throws UsageException {
        List<Filter> filters = new ArrayList<>();
        for (String word : arguments.values("filter")) {
            String[] pair = KeyValue.split("filter", word);
            filters.add(Filter.newBuilder().setKey(pair[0]).setValue(pair[1]).build());
        }
        return filters;
    }
}
