package linux.proc;

/** Text that is not in the format its file has; the message names the file and quotes the line. */
public final class ProcFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int QUOTED_CHARACTERS = 120;

    /**
     * A line that cannot be read.
     *
     * @param file what the text is, for example {@code /proc/PID/stat}
     * @param line the line; only its start is quoted
     */
    public ProcFormatException(String file, String line) {
        super(file + " has a line that cannot be read: \"" + shortened(line) + "\"");
    }

    private static String shortened(String line) {
        return line.length() <= QUOTED_CHARACTERS
                ? line : line.substring(0, QUOTED_CHARACTERS) + "…";
    }

    static long number(String file, String line, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ProcFormatException(file, line);
        }
    }
}
