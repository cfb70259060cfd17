package linux.proc;

import static linux.proc.ProcessColumn.ARGUMENTS;
import static linux.proc.ProcessColumn.BSD_TIME;
import static linux.proc.ProcessColumn.C;
import static linux.proc.ProcessColumn.CPU_PERCENT;
import static linux.proc.ProcessColumn.FULL_ARGUMENTS;
import static linux.proc.ProcessColumn.FULL_START;
import static linux.proc.ProcessColumn.FULL_STATE;
import static linux.proc.ProcessColumn.FULL_UID;
import static linux.proc.ProcessColumn.MEMORY_PERCENT;
import static linux.proc.ProcessColumn.PID;
import static linux.proc.ProcessColumn.PPID;
import static linux.proc.ProcessColumn.RESIDENT;
import static linux.proc.ProcessColumn.START;
import static linux.proc.ProcessColumn.TERMINAL;
import static linux.proc.ProcessColumn.TIME;
import static linux.proc.ProcessColumn.USER;
import static linux.proc.ProcessColumn.VIRTUAL;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * A table of processes as {@code ps(1)} would print it for some of its options.
 *
 * @param columns  in order
 * @param headings one for each
 */
public record ProcessView(List<ProcessColumn> columns, List<String> headings) {
    private static final List<ProcessColumn> FULL =
            List.of(FULL_UID, PID, PPID, C, FULL_START, TERMINAL, TIME, FULL_ARGUMENTS);
    private static final List<ProcessColumn> USERS = List.of(USER, PID, CPU_PERCENT,
            MEMORY_PERCENT, VIRTUAL, RESIDENT, TERMINAL, FULL_STATE, START, BSD_TIME, ARGUMENTS);
    private static final List<ProcessColumn> BSD =
            List.of(PID, TERMINAL, FULL_STATE, BSD_TIME, ARGUMENTS);
    private static final List<ProcessColumn> SHORT = List.of(PID, TERMINAL, TIME, FULL_ARGUMENTS);

    public ProcessView {
        columns = List.copyOf(columns);
        headings = List.copyOf(headings);
    }

    /**
     * What options ask for: {@code -ef} (also without any), {@code -e}, {@code aux}, {@code ax}, and
     * {@code -o}, {@code -eo} or {@code --format} with columns.
     *
     * @throws IllegalArgumentException if an option or column is not known here; the message names those
     *     that are
     */
    public static ProcessView parse(List<String> options) {
        List<ProcessColumn> columns = new ArrayList<>();
        List<String> headings = new ArrayList<>();
        List<ProcessColumn> standard = options.isEmpty() ? FULL : null;
        for (Iterator<String> words = options.iterator(); words.hasNext();) {
            String word = words.next();
            if (word.equals("--format") && words.hasNext()) {
                add(words.next(), columns, headings);
            } else if (word.startsWith("--format=")) {
                add(word.substring(9), columns, headings);
            } else if (word.startsWith("--") || word.isEmpty() || word.equals("-")) {
                throw unknown(word);
            } else {
                standard = letters(word, standard, words, columns, headings);
            }
        }
        if (!columns.isEmpty()) {
            return new ProcessView(columns, headings);
        }
        List<ProcessColumn> chosen = standard == null ? SHORT : standard;
        return new ProcessView(chosen, chosen.stream().map(ProcessColumn::heading).toList());
    }

    /** A word of option letters, with or without a dash; {@code o} takes what follows. */
    private static List<ProcessColumn> letters(String word, List<ProcessColumn> before,
            Iterator<String> words, List<ProcessColumn> columns, List<String> headings) {
        boolean dash = word.charAt(0) == '-';
        List<ProcessColumn> standard = before;
        for (int place = dash ? 1 : 0; place < word.length(); place++) {
            switch (word.charAt(place)) {
                case 'e', 'A', 'a', 'w' -> { }
                case 'x' -> standard = standard == null ? BSD : standard;
                case 'f' -> {
                    if (!dash) {
                        throw unknown(word);
                    }
                    standard = FULL;
                }
                case 'u' -> standard = USERS;
                case 'o' -> {
                    String rest = word.substring(place + 1);
                    if (rest.isEmpty() && !words.hasNext()) {
                        throw new IllegalArgumentException(
                                "the ps option " + word + " needs columns: " + known());
                    }
                    add(rest.isEmpty() ? words.next() : rest, columns, headings);
                    return standard;
                }
                default -> throw unknown(word);
            }
        }
        return standard;
    }

    /** Columns by comma or blank; {@code NAME=HEADING} takes all that follows as its heading. */
    private static void add(String list, List<ProcessColumn> columns, List<String> headings) {
        int equals = list.indexOf('=');
        String names = equals < 0 ? list : list.substring(0, equals);
        for (String name : names.split("[,\\s]+")) {
            if (!name.isEmpty()) {
                ProcessColumn column = ProcessColumn.named(name.toLowerCase(Locale.ROOT))
                        .orElseThrow(() -> new IllegalArgumentException("unknown ps column '"
                                + name + "'; there are " + known()));
                columns.add(column);
                headings.add(column.heading());
            }
        }
        if (equals >= 0 && !headings.isEmpty()) {
            headings.set(headings.size() - 1, list.substring(equals + 1));
        }
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("no ps columns in '" + list + "'; there are "
                    + known());
        }
    }

    private static IllegalArgumentException unknown(String option) {
        return new IllegalArgumentException("unknown ps option '" + option
                + "'; use -ef, aux, or -o with columns: " + known());
    }

    private static String known() {
        return String.join(", ", Arrays.stream(ProcessColumn.values())
                .filter(column -> !column.names().isEmpty())
                .map(column -> column.names().getFirst()).toList());
    }

    /** The cells of one process. */
    public List<String> row(ProcessFacts process, ProcessClock machine) {
        return columns.stream().map(column -> column.of(process, machine)).toList();
    }
}
