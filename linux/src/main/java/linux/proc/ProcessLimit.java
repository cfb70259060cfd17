package linux.proc;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of {@code /proc/PID/limits} ({@code proc_pid_limits(5)}).
 *
 * @param name as the file has it: {@code Max open files}
 * @param soft the value in force; absent for unlimited
 * @param hard its ceiling; absent for unlimited
 */
public record ProcessLimit(String name, OptionalLong soft, OptionalLong hard) {
    private static final String FILE = "/proc/PID/limits";
    private static final Pattern LINE =
            Pattern.compile("(\\S.*?)\\s{2,}(\\d+|unlimited)\\s+(\\d+|unlimited)(\\s+\\S+)?\\s*");

    /**
     * All limits.
     *
     * @throws ProcFormatException if a line after the heading is not a limit
     */
    public static List<ProcessLimit> parse(String text) {
        return text.lines().skip(1).filter(line -> !line.isBlank()).map(line -> {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new ProcFormatException(FILE, line);
            }
            return new ProcessLimit(matcher.group(1), KeyedText.number(matcher.group(2)),
                    KeyedText.number(matcher.group(3)));
        }).toList();
    }
}
