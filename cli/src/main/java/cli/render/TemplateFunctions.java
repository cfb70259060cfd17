package cli.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the functions of a {@link Template} do, as docker defines them. */
final class TemplateFunctions {
    private static final String NAMES = "and, eq, ge, gt, index, join, json, le, len, lower, lt, ne,"
            + " not, or, pad, print, printf, println, slice, split, title, truncate, upper, urlquery";
    private static final java.util.Set<String> KNOWN = java.util.Set.of(NAMES.split(", "));
    private static final int MOST_SPACES = 10_000;

    private TemplateFunctions() {}

    /** @throws TemplateException if there is no such function */
    static void check(String name) {
        if (!KNOWN.contains(name)) {
            throw new TemplateException("function \"" + name + "\" not defined; there are " + NAMES);
        }
    }

    static Object call(String name, List<Object> arguments) {
        return switch (name) {
            case "json" -> Json.compact(argument(name, arguments, 0));
            case "upper" -> text(argument(name, arguments, 0)).toUpperCase(Locale.ROOT);
            case "lower" -> text(argument(name, arguments, 0)).toLowerCase(Locale.ROOT);
            case "title" -> title(text(argument(name, arguments, 0)));
            case "println" -> words(arguments, true) + "\n";
            case "print" -> words(arguments, false);
            case "printf" -> TemplateFormat.of(arguments);
            case "pad" -> " ".repeat(count(argument(name, arguments, 1)))
                    + text(argument(name, arguments, 0))
                    + " ".repeat(count(argument(name, arguments, 2)));
            case "slice" -> slice(arguments);
            case "urlquery" -> java.net.URLEncoder.encode(text(argument(name, arguments, 0)),
                    java.nio.charset.StandardCharsets.UTF_8);
            case "lt" -> compare(name, arguments) < 0;
            case "le" -> compare(name, arguments) <= 0;
            case "gt" -> compare(name, arguments) > 0;
            case "ge" -> compare(name, arguments) >= 0;
            case "len" -> length(argument(name, arguments, 0));
            case "not" -> !isTrue(argument(name, arguments, 0));
            case "join" -> join(argument(name, arguments, 0), text(argument(name, arguments, 1)));
            case "split" -> new ArrayList<>(Arrays.asList(text(argument(name, arguments, 0))
                    .split(java.util.regex.Pattern.quote(text(argument(name, arguments, 1))), -1)));
            case "truncate" -> truncate(text(argument(name, arguments, 0)),
                    number(argument(name, arguments, 1)));
            case "index" -> index(arguments);
            case "eq" -> equal(arguments);
            case "ne" -> !equal(arguments);
            case "and", "or" -> argument(name, arguments, 0);
            default -> throw new IllegalStateException(name);
        };
    }

    /** As Go prints it: true, 12, text, [a b], map[a:b]; nothing as "&lt;no value&gt;". */
    static String text(Object value) {
        return switch (value) {
            case null -> "<no value>";
            case List<?> list -> {
                StringBuilder text = new StringBuilder("[");
                for (Object element : list) {
                    text.append(text.length() > 1 ? " " : "").append(text(element));
                }
                yield text.append(']').toString();
            }
            case Map<?, ?> map -> {
                StringBuilder text = new StringBuilder("map[");
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(text.length() > 4 ? " " : "")
                            .append(entry.getKey()).append(':').append(text(entry.getValue()));
                }
                yield text.append(']').toString();
            }
            default -> value.toString();
        };
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Number number -> number.doubleValue() != 0;
            case String string -> !string.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    private static Object argument(String function, List<Object> arguments, int place) {
        if (place >= arguments.size()) {
            throw new TemplateException("wrong number of args for " + function);
        }
        return arguments.get(place);
    }

    private static long number(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw new TemplateException("expected a number, got " + text(value));
    }

    private static Object length(Object value) {
        return switch (value) {
            case String string -> (long) string.length();
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case null -> 0L;
            default -> throw new TemplateException("len of " + text(value));
        };
    }

    private static String join(Object value, String separator) {
        if (!(value instanceof List<?> list)) {
            throw new TemplateException("join of " + text(value) + ", which is no list");
        }
        StringBuilder text = new StringBuilder();
        for (Object element : list) {
            text.append(text.isEmpty() ? "" : separator).append(text(element));
        }
        return text.toString();
    }

    private static String title(String text) {
        return text.isEmpty() ? text
                : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String truncate(String text, long length) {
        return length < 0 || length >= text.length() ? text : text.substring(0, (int) length);
    }

    private static Object index(List<Object> arguments) {
        Object value = argument("index", arguments, 0);
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case Map<?, ?> map -> map.get(key.toString());
                case List<?> list -> {
                    long place = number(key);
                    if (place < 0 || place >= list.size()) {
                        throw new TemplateException("index out of range: " + place);
                    }
                    yield list.get((int) place);
                }
                case null -> throw new TemplateException("index of nothing");
                default -> throw new TemplateException("can't index " + text(value));
            };
        }
        return value;
    }

    private static boolean equal(List<Object> arguments) {
        String first = text(argument("eq", arguments, 0));
        argument("eq", arguments, 1);
        for (Object other : arguments.subList(1, arguments.size())) {
            if (first.equals(text(other))) {
                return true;
            }
        }
        return false;
    }

    /** As fmt.Sprint and Sprintln: the first has spaces only between what is no text. */
    private static String words(List<Object> arguments, boolean line) {
        StringBuilder text = new StringBuilder();
        Object before = null;
        for (Object argument : arguments) {
            boolean apart = line
                    || !(before instanceof String) && !(argument instanceof String);
            text.append(before != null && apart ? " " : "").append(text(argument));
            before = argument == null ? "" : argument;
        }
        return text.toString();
    }

    private static int count(Object value) {
        long spaces = number(value);
        if (spaces < 0 || spaces > MOST_SPACES) {
            throw new TemplateException("pad of " + spaces + " spaces");
        }
        return (int) spaces;
    }

    private static Object slice(List<Object> arguments) {
        Object value = argument("slice", arguments, 0);
        int length = Math.toIntExact((long) length(value));
        long from = arguments.size() > 1 ? number(arguments.get(1)) : 0;
        long to = arguments.size() > 2 ? number(arguments.get(2)) : length;
        if (from < 0 || to > length || from > to) {
            throw new TemplateException("slice index out of range: " + from + " to " + to + " of "
                    + length);
        }
        return switch (value) {
            case String string -> string.substring((int) from, (int) to);
            case List<?> list -> new ArrayList<Object>(list.subList((int) from, (int) to));
            case null, default -> throw new TemplateException("can't slice " + text(value));
        };
    }

    private static int compare(String name, List<Object> arguments) {
        Object first = argument(name, arguments, 0);
        Object second = argument(name, arguments, 1);
        if (first instanceof Number one && second instanceof Number other) {
            return one instanceof Long && other instanceof Long
                    ? Long.compare(one.longValue(), other.longValue())
                    : Double.compare(one.doubleValue(), other.doubleValue());
        }
        if (first instanceof String one && second instanceof String other) {
            return one.compareTo(other);
        }
        throw new TemplateException("incompatible types for comparison: " + text(first) + " and "
                + text(second));
    }
}
