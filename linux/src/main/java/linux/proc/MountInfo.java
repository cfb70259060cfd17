package linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of {@code /proc/PID/mountinfo} ({@code proc_pid_mountinfo(5)}).
 *
 * @param id             number of the mount
 * @param parentId       number of the mount it lies on
 * @param device         {@code major:minor} of its files
 * @param root           the folder of the file system that is shown
 * @param mountPoint     where, as the process sees it
 * @param options        of this mount: {@code rw}, {@code nosuid} …
 * @param propagation    {@code shared:1}, {@code master:2} …; empty for a private mount
 * @param type           file system type
 * @param source         device or name
 * @param superOptions   of the file system, among them a cgroup v1 hierarchy's controllers
 */
public record MountInfo(
        int id,
        int parentId,
        String device,
        String root,
        String mountPoint,
        List<String> options,
        List<String> propagation,
        String type,
        String source,
        List<String> superOptions) {

    private static final String FILE = "/proc/PID/mountinfo";
    private static final int FIXED_FIELDS = 6;

    public MountInfo {
        options = List.copyOf(options);
        propagation = List.copyOf(propagation);
        superOptions = List.copyOf(superOptions);
    }

    /**
     * All mounts, in the file's order.
     *
     * @throws ProcFormatException if a line is not a mount
     */
    public static List<MountInfo> parse(String text) {
        return text.lines().filter(line -> !line.isBlank()).map(MountInfo::parseLine).toList();
    }

    private static MountInfo parseLine(String line) {
        // split at single spaces: an empty source leaves an empty field
        List<String> fields = List.of(line.split(" ", -1));
        int separator = fields.size() < FIXED_FIELDS
                ? -1 : fields.subList(FIXED_FIELDS, fields.size()).indexOf("-");
        if (separator < 0 || fields.size() < FIXED_FIELDS + separator + 4) {
            throw new ProcFormatException(FILE, line);
        }
        int after = FIXED_FIELDS + separator + 1;
        return new MountInfo(
                (int) ProcFormatException.number(FILE, line, fields.get(0)),
                (int) ProcFormatException.number(FILE, line, fields.get(1)),
                fields.get(2),
                unescape(fields.get(3)),
                unescape(fields.get(4)),
                List.of(fields.get(5).split(",")),
                fields.subList(FIXED_FIELDS, FIXED_FIELDS + separator),
                unescape(fields.get(after)),
                unescape(fields.get(after + 1)),
                superOptions(fields.get(after + 2)));
    }

    private static List<String> superOptions(String field) {
        List<String> options = new ArrayList<>();
        for (String option : field.split(",")) {
            options.add(unescape(option));
        }
        return options;
    }

    /** Blanks, line feeds, backslashes and hashes are a backslash and three octal digits. */
    static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int code = text.charAt(i) == '\\' ? octal(text, i + 1) : -1;
            if (code >= 0) {
                plain.append((char) code);
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static int octal(String text, int from) {
        if (from + 3 > text.length()) {
            return -1;
        }
        int code = 0;
        for (int i = from; i < from + 3; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 7) {
                return -1;
            }
            code = code * 8 + digit;
        }
        return code <= 0xFF ? code : -1;
    }
}
