package clusterd.template;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The placeholders docker's services know in environment, hostname and the sources of mounts:
 * <code>{{.Service.ID}}</code>, <code>.Service.Name</code>, <code>.Service.Labels.x</code>,
 * <code>.Node.ID</code>, <code>.Node.Hostname</code>, <code>.Task.ID</code>, <code>.Task.Name</code>,
 * <code>.Task.Slot</code>, and <code>{{index .Service.Labels "a.b"}}</code> for labels whose names have dots.
 */
final class Placeholders {
    private static final Pattern FIELD = Pattern.compile("\\.([A-Za-z]+)\\.([A-Za-z]+)(?:\\.(\\S+))?");
    private static final Pattern INDEX =
            Pattern.compile("index\\s+\\.Service\\.Labels\\s+(?:\"([^\"]*)\"|`([^`]*)`)");
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String KNOWN = "known are .Service.ID, .Service.Name, .Service.Labels.NAME,"
            + " .Node.ID, .Node.Hostname, .Task.ID, .Task.Name and .Task.Slot";

    private Placeholders() {
    }

    /** What a placeholder stands for. */
    @FunctionalInterface
    interface Values {
        /**
         * The value of a field, such as {@code Service.Name}; of a label, if there is one.
         *
         * @param field one of the known ones, or {@code Service.Labels}
         * @param label its name; {@code ""} for other fields
         */
        Optional<String> of(String field, String label);
    }

    private static final List<String> FIELDS = List.of("Service.ID", "Service.Name", "Node.ID",
            "Node.Hostname", "Task.ID", "Task.Name", "Task.Slot");
    private static final String LABELS = "Service.Labels";

    /**
     * The text with values in place of its placeholders.
     *
     * @throws TemplateException if one is not known, not closed, or names a label the service lacks
     */
    static String expand(String text, Values values) throws TemplateException {
        if (!text.contains(OPEN)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
            int close = text.indexOf(CLOSE, open);
            if (close < 0) {
                throw new TemplateException("\"" + text + "\": {{ at " + open + " has no }}");
            }
            out.append(text, at, open).append(value(text, text.substring(open + OPEN.length(), close).strip(),
                    values));
            at = close + CLOSE.length();
        }
        return out.append(text, at, text.length()).toString();
    }

    private static String value(String text, String inner, Values values) throws TemplateException {
        Matcher field = FIELD.matcher(inner);
        if (field.matches()) {
            String name = field.group(1) + "." + field.group(2);
            if (FIELDS.contains(name) && field.group(3) == null) {
                return values.of(name, "").orElseThrow(() -> new IllegalStateException("no " + name));
            }
            if (name.equals(LABELS) && field.group(3) != null) {
                return label(text, field.group(3), values);
            }
        }
        Matcher index = INDEX.matcher(inner);
        if (index.matches()) {
            return label(text, index.group(1) == null ? index.group(2) : index.group(1), values);
        }
        throw new TemplateException("\"" + text + "\": {{" + inner + "}} is unknown; " + KNOWN);
    }

    private static String label(String text, String name, Values values) throws TemplateException {
        return values.of(LABELS, name).orElseThrow(() -> new TemplateException(
                "\"" + text + "\": the service has no label " + name));
    }
}
