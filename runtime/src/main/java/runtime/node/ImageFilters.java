package runtime.node;

import api.node.Filter;
import api.node.Reason;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.PatternSyntaxException;
import runtime.image.Reference;
import runtime.store.ImageStore;
import runtime.store.StoredImage;

/** {@code image ls --filter}: values of one key are alternatives, different keys must all hold. */
final class ImageFilters {
    private final Map<String, List<String>> wanted = new LinkedHashMap<>();
    private final ImageStore store;

    ImageFilters(List<Filter> filters, ImageStore store) {
        this.store = store;
        for (Filter filter : filters) {
            wanted.computeIfAbsent(filter.getKey(), absent -> new ArrayList<>())
                    .add(filter.getValue());
        }
    }

    /** Whether images without a name are asked for. */
    boolean namesDangling() {
        return wanted.containsKey("dangling");
    }

    /** Whether an image is wanted. */
    boolean accept(StoredImage image) throws IOException {
        for (Map.Entry<String, List<String>> entry : wanted.entrySet()) {
            boolean any = false;
            for (String value : entry.getValue()) {
                any |= accept(image, entry.getKey(), value);
            }
            if (!any) {
                return false;
            }
        }
        return true;
    }

    private boolean accept(StoredImage image, String key, String value) throws IOException {
        return switch (key) {
            case "reference" -> image.names().stream().anyMatch(name -> fits(name, value));
            case "label" -> label(image.config().defaults().labels(), value);
            case "dangling" -> image.names().isEmpty() == value.equals("true");
            case "before" -> image.created().isBefore(store.get(value).created());
            case "since" -> image.created().isAfter(store.get(value).created());
            default -> throw Failures.of(Reason.INVALID_OPTION, "unknown filter '" + key
                    + "'; there are reference, label, dangling, before, since",
                    OptionalInt.empty());
        };
    }

    private static boolean fits(Reference name, String glob) {
        try {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            return matcher.matches(Path.of(name.familiar()))
                    || matcher.matches(Path.of(name.familiarName()));
        } catch (PatternSyntaxException malformed) {
            throw Failures.of(Reason.INVALID_OPTION, "not a pattern: " + glob,
                    OptionalInt.empty());
        }
    }

    private static boolean label(Map<String, String> labels, String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? labels.containsKey(value)
                : value.substring(equals + 1).equals(labels.get(value.substring(0, equals)));
    }
}
