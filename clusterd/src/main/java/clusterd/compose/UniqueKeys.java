package clusterd.compose;

import java.util.List;

/** What makes two entries of a list the same thing, so that a later file changes it instead of adding another. */
final class UniqueKeys {
    private UniqueKeys() {
    }

    /** {@code ""} = it is always another one. */
    static String of(String pattern, Tree element) {
        return switch (pattern) {
            case "services.*.volumes" -> target(element, 1, "target");
            case "services.*.devices" -> target(element, 1, "target");
            case "services.*.secrets", "services.*.configs" -> file(element);
            case "services.*.ports" -> port(element);
            default -> "";
        };
    }

    private static String target(Tree element, int place, String key) {
        if (element instanceof Tree.Mapping mapping) {
            return word(mapping, key);
        }
        if (!(element instanceof Tree.Scalar scalar)) {
            return "";
        }
        List<String> parts = List.of(scalar.text().split(":", -1));
        return parts.size() > place && parts.get(place).startsWith("/") ? parts.get(place) : parts.getFirst();
    }

    private static String file(Tree element) {
        if (element instanceof Tree.Scalar scalar) {
            return scalar.text();
        }
        return element instanceof Tree.Mapping mapping
                ? word(mapping, "target").isEmpty() ? word(mapping, "source") : word(mapping, "target") : "";
    }

    private static String port(Tree element) {
        if (element instanceof Tree.Mapping mapping) {
            String protocol = word(mapping, "protocol");
            return String.join("|", word(mapping, "host_ip"), word(mapping, "published"), word(mapping, "target"),
                    protocol.isEmpty() ? "tcp" : protocol);
        }
        if (!(element instanceof Tree.Scalar scalar)) {
            return "";
        }
        String text = scalar.text();
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1);
        String ports = slash < 0 ? text : text.substring(0, slash);
        int last = ports.lastIndexOf(':');
        String outer = last < 0 ? "" : ports.substring(0, last);
        int middle = outer.lastIndexOf(':');
        return String.join("|", middle < 0 ? "" : outer.substring(0, middle), outer.substring(middle + 1),
                ports.substring(last + 1), protocol);
    }

    private static String word(Tree.Mapping mapping, String key) {
        return mapping.get(key) instanceof Tree.Scalar scalar && !scalar.isNull() ? scalar.text() : "";
    }
}
