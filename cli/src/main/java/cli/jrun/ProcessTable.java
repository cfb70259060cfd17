package cli.jrun;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Processes as a table: a line for each that is still there. */
final class ProcessTable {
    private ProcessTable() {}

    static String of(List<Integer> pids) {
        StringBuilder text = new StringBuilder(row("UID", "PID", "PPID", "COMMAND"));
        for (int pid : pids) {
            try {
                text.append(line(pid));
            } catch (IOException gone) {
                continue; // it ended meanwhile
            }
        }
        return text.toString();
    }

    private static String line(int pid) throws IOException {
        Path folder = Path.of("/proc", Integer.toString(pid));
        String user = "";
        String parent = "";
        String name = "";
        for (String line : Files.readAllLines(folder.resolve("status"))) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("Uid:")) {
                user = value.split("\\s+")[0];
            } else if (line.startsWith("PPid:")) {
                parent = value;
            } else if (line.startsWith("Name:")) {
                name = value;
            }
        }
        String command = new String(Files.readAllBytes(folder.resolve("cmdline")),
                StandardCharsets.UTF_8).replace('\0', ' ').strip();
        return row(user, Integer.toString(pid), parent,
                printable(command.isEmpty() ? "[" + name + "]" : command));
    }

    /** What a process calls itself must not command the reader's terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-8s %-8s %-8s %s%n", (Object[]) cells);
    }
}
