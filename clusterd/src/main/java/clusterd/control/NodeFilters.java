package clusterd.control;

import clusterd.model.Node;
import java.util.List;
import java.util.Locale;

/** Which nodes a user wants to see. */
record NodeFilters(List<Term> terms) {
    static NodeFilters of(List<String> filters) {
        return new NodeFilters(Term.of(filters, List.of("id", "name", "node.label", "role", "site")));
    }

    boolean accepts(Node node) {
        return terms.stream().allMatch(each -> switch (each.key()) {
            case "id" -> node.id().value().startsWith(each.value());
            case "node.label" -> each.isAmong(node.spec().labels());
            case "role" -> node.spec().role().name().toLowerCase(Locale.ROOT).equals(each.value());
            case "site" -> node.site().equals(each.value());
            default -> node.description().hostname().startsWith(each.value());
        });
    }
}
