package clusterd.control;

import clusterd.model.Service;
import java.util.List;
import java.util.Locale;

/** Which services a user wants to see. */
record ServiceFilters(List<Term> terms) {
    static ServiceFilters of(List<String> filters) {
        return new ServiceFilters(Term.of(filters, List.of("id", "label", "mode", "name", "project")));
    }

    boolean accepts(Service service) {
        return terms.stream().allMatch(each -> switch (each.key()) {
            case "id" -> service.id().value().startsWith(each.value());
            case "label" -> each.isAmong(service.spec().labels());
            case "mode" -> service.spec().mode().getClass().getSimpleName().toLowerCase(Locale.ROOT)
                    .equals(each.value().replace("replicated-job", "job").replace("per-site", "persite")
                            .replace("global-job", "globaljob"));
            case "project" -> service.spec().project().equals(each.value());
            default -> service.spec().name().startsWith(each.value());
        });
    }
}
