package cli.render;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code printf} of a {@link Template}: the verbs of Go's package fmt that have a meaning for JSON. */
final class TemplateFormat {
    private static final Pattern VERB =
            Pattern.compile("%([-+ 0#]*)([0-9]{0,3})(?:\\.([0-9]{1,3}))?([a-zA-Z%])");

    private TemplateFormat() {}

    static String of(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new TemplateException("wrong number of args for printf");
        }
        String format = TemplateFunctions.text(arguments.getFirst());
        Matcher verb = VERB.matcher(format);
        StringBuilder text = new StringBuilder();
        int next = 1;
        while (verb.find()) {
            String shown;
            if (verb.group(4).equals("%")) {
                shown = "%";
            } else if (next >= arguments.size()) {
                shown = "%!" + verb.group(4) + "(MISSING)";
            } else {
                shown = padded(one(verb.group(4), verb.group(3), arguments.get(next++)),
                        verb.group(1), verb.group(2));
            }
            verb.appendReplacement(text, Matcher.quoteReplacement(shown));
        }
        return verb.appendTail(text).toString();
    }

    private static String one(String verb, String precision, Object value) {
        String plain = TemplateFunctions.text(value);
        return switch (verb) {
            case "s", "v" -> precision == null ? plain
                    : plain.substring(0, Math.min(plain.length(), Integer.parseInt(precision)));
            case "q" -> Json.compact(plain);
            case "d", "t" -> plain;
            case "x" -> value instanceof Long number ? Long.toHexString(number) : hex(plain);
            case "f" -> value instanceof Number number ? String.format(Locale.ROOT,
                    "%." + (precision == null ? "6" : precision) + "f", number.doubleValue())
                    : "%!f(" + plain + ")";
            default -> "%!" + verb + "(" + plain + ")";
        };
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String padded(String text, String flags, String width) {
        int missing = width.isEmpty() ? 0
                : Integer.parseInt(width) - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        boolean zeros = flags.contains("0") && !flags.contains("-");
        String filling = (zeros ? "0" : " ").repeat(missing);
        return flags.contains("-") ? text + filling : filling + text;
    }
}
