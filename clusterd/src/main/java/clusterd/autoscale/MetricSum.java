package clusterd.autoscale;

import clusterd.model.MetricQuery;
import java.util.OptionalDouble;

/**
 * Adds up the samples a query means, line by line as Prometheus' text format has them (exposition_formats.md). Lines
 * that are nothing are skipped: they are somebody else's mistake, and say nothing of the metric.
 */
public final class MetricSum {
    private final MetricQuery query;
    private double sum;
    private boolean found;

    /** Of that query. */
    public MetricSum(MetricQuery query) {
        this.query = query;
    }

    /** Empty if there was no such sample, or one that is no number. */
    public OptionalDouble value() {
        return found && Double.isFinite(sum) ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    /** Whether there was such a sample at all. */
    public boolean isFound() {
        return found;
    }

    /** One line, without its end. */
    public void line(String line) {
        int at = spaces(line, 0);
        if (!line.startsWith(query.name(), at)) {
            return;
        }
        at = spaces(line, at + query.name().length());
        int labels = 0;
        if (at < line.length() && line.charAt(at) == '{') {
            at++;
            while (at < line.length() && line.charAt(at) != '}') {
                Label label = Label.at(line, at);
                if (label == null) {
                    return;
                }
                String wanted = query.labels().get(label.name);
                if (wanted != null && !wanted.equals(label.value)) {
                    return;
                }
                labels += wanted == null ? 0 : 1;
                at = spaces(line, label.end);
                at = at < line.length() && line.charAt(at) == ',' ? spaces(line, at + 1) : at;
            }
            at++;
        } else if (at == query.name().length() + spaces(line, 0)) {
            return; // the name goes on: it is another's
        }
        if (labels == query.labels().size()) {
            number(line, spaces(line, Math.min(at, line.length())));
        }
    }

    private void number(String line, int start) {
        int end = start;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
            end++;
        }
        String text = line.substring(start, end);
        double value = switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> plain(text);
        };
        if (!text.isEmpty()) {
            sum += value;
            found = true;
        }
    }

    private static double plain(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException none) {
            return Double.NaN;
        }
    }

    private static int spaces(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** One of {@code name="value"}, with {@code \\}, {@code \"} and {@code \n} in the value. */
    private record Label(String name, String value, int end) {
        /** {@code null} if there is none. */
        static Label at(String line, int from) {
            int equals = line.indexOf('=', from);
            int quote = equals < 0 ? -1 : spaces(line, equals + 1);
            if (quote < 0 || quote >= line.length() || line.charAt(quote) != '"') {
                return null;
            }
            StringBuilder value = new StringBuilder();
            for (int at = quote + 1; at < line.length(); at++) {
                char each = line.charAt(at);
                if (each == '"') {
                    return new Label(line.substring(from, equals).strip(), value.toString(), at + 1);
                }
                if (each == '\\' && at + 1 < line.length()) {
                    each = line.charAt(++at);
                    each = each == 'n' ? '\n' : each;
                }
                value.append(each);
            }
            return null;
        }
    }
}
