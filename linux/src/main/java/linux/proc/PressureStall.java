package linux.proc;

import java.util.Optional;

/**
 * Pressure stall information: {@code /proc/pressure/*} and {@code *.pressure} of a cgroup (kernel's
 * accounting/psi.rst).
 *
 * @param some at least one task waited
 * @param full every task waited; absent for cpu before Linux 5.13
 */
public record PressureStall(Line some, Optional<Line> full) {
    private static final String FILE = "a pressure file";

    /** Share of time waited in percent over 10, 60 and 300 seconds, and its sum. */
    public record Line(double percent10, double percent60, double percent300, long totalMicros) {}

    /**
     * Reads the file's one or two lines.
     *
     * @throws ProcFormatException if there is no line {@code some}, or a number is broken
     */
    public static PressureStall parse(String text) {
        Optional<Line> some = Optional.empty();
        Optional<Line> full = Optional.empty();
        for (String line : text.lines().toList()) {
            if (line.startsWith("some ")) {
                some = Optional.of(parseLine(line));
            } else if (line.startsWith("full ")) {
                full = Optional.of(parseLine(line));
            }
        }
        return new PressureStall(
                some.orElseThrow(() -> new ProcFormatException(FILE, text)), full);
    }

    private static Line parseLine(String line) {
        String[] words = line.split(" ");
        if (words.length != 5) {
            throw new ProcFormatException(FILE, line);
        }
        return new Line(
                percent(line, words[1], "avg10="),
                percent(line, words[2], "avg60="),
                percent(line, words[3], "avg300="),
                ProcFormatException.number(FILE, line, value(line, words[4], "total=")));
    }

    private static double percent(String line, String word, String key) {
        try {
            return Double.parseDouble(value(line, word, key));
        } catch (NumberFormatException e) {
            throw new ProcFormatException(FILE, line);
        }
    }

    private static String value(String line, String word, String key) {
        if (!word.startsWith(key)) {
            throw new ProcFormatException(FILE, line);
        }
        return word.substring(key.length());
    }
}
