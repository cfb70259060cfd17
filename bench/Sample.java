package bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Times or sizes measured, sorted. */
record Sample(double[] sorted) {

    static Sample of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        return new Sample(sorted);
    }

    double median() {
        return quantile(0.5);
    }

    /** The value below which a share of the values lies, interpolated. */
    double quantile(double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** Median with the spread from the tenth to the ninetieth percentile. */
    String in(String unit) {
        return String.format(Locale.ROOT, "%s %s (%s–%s)", number(median()), unit,
                number(quantile(0.1)), number(quantile(0.9)));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f",
                value);
    }
}
