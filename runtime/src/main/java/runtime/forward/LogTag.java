package runtime.forward;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code --log-opt tag}: a template out of docker's fields. */
final class LogTag {
    static final String STANDARD = "{{.ID}}";
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.?([^}\\s]*)\\s*}}");
    private static final LogSubject EXAMPLE = new LogSubject("0".repeat(64), "a", "a", "a", Map.of());

    private LogTag() {}

    /** @throws IllegalArgumentException if a field is unknown */
    static void check(String template) {
        of(template, EXAMPLE);
    }

    static String of(String template, LogSubject subject) {
        return FIELD.matcher(template).replaceAll(field ->
                Matcher.quoteReplacement(value(field.group(1), subject)));
    }

    private static String value(String name, LogSubject subject) {
        return switch (name) {
            case "ID" -> subject.shortId();
            case "FullID" -> subject.id();
            case "Name" -> subject.name();
            case "ImageName" -> subject.imageName();
            case "ImageFullID" -> subject.imageId();
            case "ImageID" -> subject.imageId().replaceFirst("^sha256:", "")
                    .replaceFirst("^(.{12}).*", "$1");
            case "DaemonName" -> "jctl";
            default -> throw new IllegalArgumentException("--log-opt tag: no field {{." + name
                    + "}}; there are .ID, .FullID, .Name, .ImageName, .ImageID, .ImageFullID,"
                    + " .DaemonName");
        };
    }
}
