package linux.proc;

/**
 * {@code /proc/PID/stat} ({@code proc_pid_stat(5)}); times in clock ticks, 100 per second on every
 * architecture here.
 *
 * @param pid         process
 * @param command     first 15 bytes of the program's name
 * @param state       R running, S sleeping, D waiting, Z zombie, T stopped, X dead …
 * @param parentPid   its parent
 * @param processGroup its process group
 * @param session     its session
 * @param terminal    device number of its terminal, 0 for none
 * @param foregroundGroup the process group in the foreground of its terminal, -1 for none
 * @param userTicks   processor time in user mode
 * @param systemTicks processor time in the kernel
 * @param threads     how many
 * @param startTicks  when it started, since booting: with the pid it names a process for ever
 * @param residentPages memory in pages
 * @param priority    as the kernel has it; 20 is an ordinary process's
 * @param nice        -20 to 19
 * @param virtualBytes size of its address space
 * @param processor   it ran on last; 0 if the kernel does not say
 */
public record ProcessStat(
        int pid,
        String command,
        char state,
        int parentPid,
        int processGroup,
        int session,
        int terminal,
        int foregroundGroup,
        long userTicks,
        long systemTicks,
        long threads,
        long startTicks,
        long residentPages,
        int priority,
        int nice,
        long virtualBytes,
        int processor) {

    private static final String FILE = "/proc/PID/stat";
    private static final int FIELDS_NEEDED = 22;
    private static final int PROCESSOR_FIELD = 36;

    /**
     * Reads the file; a name with brackets and blanks in it is no trouble.
     *
     * @throws ProcFormatException if the text is not such a line
     */
    public static ProcessStat parse(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 1 || close < open || close + 2 > text.length()) {
            throw new ProcFormatException(FILE, text);
        }
        String[] fields = text.substring(close + 1).strip().split(" ");
        if (fields.length < FIELDS_NEEDED || fields[0].length() != 1) {
            throw new ProcFormatException(FILE, text);
        }
        long[] numbers = new long[FIELDS_NEEDED];
        for (int i = 1; i < FIELDS_NEEDED; i++) {
            numbers[i] = KeyedText.number(fields[i])
                    .orElseThrow(() -> new ProcFormatException(FILE, text));
        }
        // fields[0] is the manual's field 3
        return new ProcessStat(
                (int) ProcFormatException.number(FILE, text, text.substring(0, open).strip()),
                text.substring(open + 1, close),
                fields[0].charAt(0),
                (int) numbers[1],
                (int) numbers[2],
                (int) numbers[3],
                (int) numbers[4],
                (int) numbers[5],
                numbers[11],
                numbers[12],
                numbers[17],
                numbers[19],
                numbers[21],
                (int) numbers[15],
                (int) numbers[16],
                numbers[20],
                fields.length <= PROCESSOR_FIELD ? 0
                        : (int) KeyedText.number(fields[PROCESSOR_FIELD]).orElse(0));
    }
}
