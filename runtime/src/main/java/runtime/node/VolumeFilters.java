package runtime.node;

import api.node.Filter;
import java.util.List;
import runtime.volume.Volume;

/** {@code volume ls --filter}. */
final class VolumeFilters {
    private static final List<String> KNOWN =
            List.of("name", "label", "label!", "dangling", "driver", "scope");

    private final FilterTerms terms;

    VolumeFilters(List<Filter> filters) {
        terms = new FilterTerms(filters, KNOWN);
        terms.values("dangling").forEach(value -> FilterTerms.truth("dangling", value));
    }

    /** Whether a volume is wanted. */
    boolean accept(Volume volume, boolean used) {
        return terms.accept((key, value) -> switch (key) {
            case "name" -> NamePattern.fits(value, volume.name());
            case "driver", "scope" -> value.equals("local");
            case "label" -> FilterTerms.label(volume.labels(), value);
            case "label!" -> !FilterTerms.label(volume.labels(), value);
            case "dangling" -> FilterTerms.truth(key, value) != used;
            default -> throw new IllegalStateException(key);
        });
    }
}
