package cli.render;

/** Numbers of bytes as people write and read them. */
public final class Sizes {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Sizes() {}

    /** With decimal units and three digits, as docker prints sizes of images: "7.05MB". */
    public static String decimal(long bytes) {
        return scaled(bytes, 1000, DECIMAL);
    }

    /** With binary units, as docker prints memory: "64MiB". */
    public static String binary(long bytes) {
        return scaled(bytes, 1024, BINARY);
    }

    /**
     * Reads "512", "64k", "512m", "1.5g", "2GiB": binary units, as docker's flags take them.
     *
     * @return bytes
     * @throws IllegalArgumentException if it is no size, negative, or above 2^63 - 1
     */
    public static long parse(String text) {
        String lower = text.strip().toLowerCase(java.util.Locale.ROOT);
        int end = 0;
        while (end < lower.length() && (Character.isDigit(lower.charAt(end))
                || lower.charAt(end) == '.')) {
            end++;
        }
        double bytes = number(text, lower.substring(0, end)) * factor(text, lower.substring(end));
        if (bytes >= Long.MAX_VALUE) {
            throw new IllegalArgumentException("invalid size: '" + text + "' is too large");
        }
        return (long) bytes;
    }

    private static double number(String text, String digits) {
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "invalid size: '" + text + "', expected a number with b, k, m or g", e);
        }
    }

    private static double factor(String text, String unit) {
        String letter = unit.strip();
        if (letter.isEmpty() || letter.equals("b")) {
            return 1;
        }
        int power = "kmgtp".indexOf(letter.charAt(0)) + 1;
        String rest = letter.substring(1);
        if (power == 0 || !(rest.isEmpty() || rest.equals("b") || rest.equals("ib"))) {
            throw new IllegalArgumentException(
                    "invalid size: '" + text + "', expected a number with b, k, m or g");
        }
        return Math.pow(1024, power);
    }

    private static String scaled(long bytes, int base, String[] units) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        return threeDigits(value) + units[unit];
    }

    /** At most three significant digits, without zeros at the end; 1023 stays 1023. */
    private static String threeDigits(double value) {
        int scale = value < 10 ? 100 : value < 100 ? 10 : 1;
        long scaled = Math.round(value * scale);
        long whole = scaled / scale;
        long fraction = scaled % scale;
        if (fraction == 0) {
            return Long.toString(whole);
        }
        String digits = Long.toString(fraction + scale).substring(1);
        return whole + "." + (digits.endsWith("0") ? digits.substring(0, 1) : digits);
    }
}
