package runtime.node;

import api.node.Filter;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import runtime.event.PruneFilter;
import runtime.image.Reference;
import runtime.store.ImageStore;
import runtime.store.StoredImage;

/** {@code image ls --filter}. */
final class ImageFilters {
    private static final List<String> KNOWN =
            List.of("reference", "label", "dangling", "before", "since", "until");

    private final FilterTerms terms;
    private final ImageStore store;

    ImageFilters(List<Filter> filters, ImageStore store) {
        this.terms = new FilterTerms(filters, KNOWN);
        this.store = store;
        terms.values("dangling").forEach(value -> FilterTerms.truth("dangling", value));
    }

    /** Whether images without a name are asked for. */
    boolean namesDangling() {
        return terms.has("dangling");
    }

    /** Whether an image is wanted. */
    boolean accept(StoredImage image) throws IOException {
        return terms.<IOException>accept((key, value) -> holds(image, key, value));
    }

    private boolean holds(StoredImage image, String key, String value) throws IOException {
        return switch (key) {
            case "reference" -> image.names().stream().anyMatch(name -> fits(name, value));
            case "label" -> FilterTerms.label(image.config().defaults().labels(), value);
            case "dangling" -> image.names().isEmpty() == FilterTerms.truth(key, value);
            case "before" -> image.created().isBefore(store.get(value).created());
            case "since" -> image.created().isAfter(store.get(value).created());
            case "until" -> image.created().isBefore(time(value));
            default -> throw new IllegalStateException(key);
        };
    }

    private static Instant time(String value) {
        try {
            return PruneFilter.time(value);
        } catch (IllegalArgumentException malformed) {
            throw FilterTerms.refused(malformed.getMessage());
        }
    }

    private static boolean fits(Reference name, String glob) {
        try {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            return matcher.matches(Path.of(name.familiar()))
                    || matcher.matches(Path.of(name.familiarName()));
        } catch (PatternSyntaxException malformed) {
            throw FilterTerms.refused("not a pattern: " + glob);
        }
    }
}
