package clusterd.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node must be, as in {@code node.labels.zone==b}.
 *
 * @param attribute {@code node.id}, {@code node.hostname}, {@code node.role}, {@code node.site},
 *                  {@code node.platform.os}, {@code node.platform.arch}, {@code node.labels.NAME} or
 *                  {@code engine.labels.NAME}
 * @param equal     whether it must be, or must not be, the value
 * @param value     compared without regard to case, as swarm compares it
 */
public record Constraint(String attribute, boolean equal, String value) {
    private static final Pattern FORM = Pattern.compile("\\s*([A-Za-z0-9_./-]+?)\\s*(==|!=)\\s*(.*?)\\s*");
    private static final Pattern ATTRIBUTE = Pattern.compile(
            "node\\.(id|hostname|role|site|platform\\.(os|arch))|(node|engine)\\.labels\\..+");

    /** Refuses an attribute no node has. */
    public Constraint {
        if (!ATTRIBUTE.matcher(attribute).matches()) {
            throw new IllegalArgumentException("\"" + attribute + "\" is nothing a node can be asked:"
                    + " node.id, node.hostname, node.role, node.site, node.platform.os,"
                    + " node.platform.arch, node.labels.NAME and engine.labels.NAME are");
        }
    }

    /**
     * Reads what {@link #toString()} writes.
     *
     * @throws IllegalArgumentException if it is of another form
     */
    public static Constraint parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("constraint \"" + text
                    + "\" is not of the form ATTRIBUTE==VALUE or ATTRIBUTE!=VALUE");
        }
        return new Constraint(parts.group(1), parts.group(2).equals("=="), parts.group(3));
    }

    /** Whether a node fulfils it that has this value for the attribute; {@code ""} if it has none. */
    public boolean allows(String actual) {
        return actual.equalsIgnoreCase(value) == equal;
    }

    @Override
    public String toString() {
        return attribute + (equal ? "==" : "!=") + value;
    }
}
