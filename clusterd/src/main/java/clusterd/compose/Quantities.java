package clusterd.compose;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, sizes and durations as docker spells them; each throws IllegalArgumentException: what is expected. */
final class Quantities {
    private static final int LONGEST = 40;
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([bkmgtpBKMGTP]?)(i?[bB])?");
    private static final Pattern DURATION_PART =
            Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)");
    private static final Map<String, BigDecimal> NANOS = Map.of("ns", nanos(1), "us", nanos(1_000),
            "µs", nanos(1_000), "μs", nanos(1_000), "ms", nanos(1_000_000), "s", nanos(1_000_000_000L),
            "m", nanos(60_000_000_000L), "h", nanos(3_600_000_000_000L), "d", nanos(86_400_000_000_000L),
            "w", nanos(604_800_000_000_000L));
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+(\\.0+)?");
    private static final Pattern FRACTION = Pattern.compile(
            "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");

    private Quantities() {
    }

    private static BigDecimal nanos(long count) {
        return BigDecimal.valueOf(count);
    }

    /** A whole number of the range. */
    static long whole(String text, long lowest, long highest) {
        String expected = "expected a whole number from " + lowest + " to " + highest;
        if (text.length() > LONGEST || !WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(expected);
        }
        return longOf(new BigDecimal(text), lowest, highest, expected);
    }

    /** A number such as 0.5 times a thousand, a million …, rounded to a whole. */
    static long scaled(String text, long scale, long highest) {
        String expected = "expected a number from 0 to "
                + BigDecimal.valueOf(highest).divide(BigDecimal.valueOf(scale), 3, RoundingMode.DOWN)
                .stripTrailingZeros().toPlainString() + " such as 0.5";
        if (text.length() > LONGEST || !FRACTION.matcher(text).matches()) {
            throw new IllegalArgumentException(expected);
        }
        BigDecimal number = new BigDecimal(text);
        if (number.precision() - (long) number.scale() > LONGEST || number.scale() > 2 * LONGEST) {
            throw new IllegalArgumentException(expected);
        }
        return longOf(number.multiply(BigDecimal.valueOf(scale)).setScale(0, RoundingMode.HALF_UP), 0, highest,
                expected);
    }

    private static long longOf(BigDecimal number, long lowest, long highest, String expected) {
        if (number.compareTo(BigDecimal.valueOf(lowest)) < 0 || number.compareTo(BigDecimal.valueOf(highest)) > 0) {
            throw new IllegalArgumentException(expected);
        }
        return number.longValue();
    }

    /** {@code 64m}, {@code 1.5gb}, {@code 512}: powers of 1024. */
    static long bytes(String text) {
        String expected = "expected a size such as 512m, 1.5g or a number of bytes";
        Matcher parts = SIZE.matcher(text);
        if (text.length() > LONGEST || !parts.matches()) {
            throw new IllegalArgumentException(expected);
        }
        int power = Math.max(0, "bkmgtp".indexOf(parts.group(2).toLowerCase(Locale.ROOT)));
        power = parts.group(2).isEmpty() ? 0 : power;
        BigDecimal size = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(1L << 10 * power))
                .setScale(0, RoundingMode.DOWN);
        return longOf(size, 0, Long.MAX_VALUE, expected + ", below 8 exabytes");
    }

    /** {@code 1m30s}, {@code 500ms}: milliseconds; less than one is none but 0. */
    static long millis(String text) {
        String expected = "expected a duration such as 1m30s, 10s or 500ms";
        if (text.equals("0")) {
            return 0;
        }
        Matcher part = DURATION_PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int end = 0;
        while (text.length() <= LONGEST && part.find() && part.start() == end) {
            String number = part.group(1).endsWith(".") ? part.group(1) + "0" : part.group(1);
            sum = sum.add(new BigDecimal(number).multiply(NANOS.get(part.group(2))));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException(expected);
        }
        BigDecimal millis = sum.divide(BigDecimal.valueOf(1_000_000), 0, RoundingMode.HALF_UP);
        if (millis.signum() == 0 && sum.signum() > 0) {
            throw new IllegalArgumentException(expected + ", of one millisecond at least");
        }
        return longOf(millis, 0, 1000L * Integer.MAX_VALUE, expected + ", of 68 years at most");
    }

    /** Permission bits: octal if the text is quoted or begins with 0. */
    static int mode(String text, boolean octal) {
        String expected = "expected permission bits such as 0440";
        String digits = text.startsWith("0o") ? text.substring(2) : text;
        if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(expected);
        }
        int radix = octal || text.startsWith("0") ? 8 : 10;
        if (radix == 8 && digits.chars().anyMatch(c -> c > '7')) {
            throw new IllegalArgumentException(expected);
        }
        int mode = Integer.parseInt(digits, radix);
        if (mode > 07777) {
            throw new IllegalArgumentException(expected);
        }
        return mode;
    }
}
