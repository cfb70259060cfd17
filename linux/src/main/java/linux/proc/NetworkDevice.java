package linux.proc;

import java.util.ArrayList;
import java.util.List;

/** A line of {@code /proc/PID/net/dev} ({@code proc_pid_net(5)}): what a link has carried so far. */
public record NetworkDevice(String name, Direction received, Direction sent) {
    private static final int HEADING_LINES = 2;
    private static final int SENT_COLUMN = 8;
    private static final int COLUMNS = 12;

    /** One direction. */
    public record Direction(long bytes, long packets, long errors, long dropped) {}

    /** All links, in the file's order; lines of another form are left out. */
    public static List<NetworkDevice> parse(String text) {
        List<NetworkDevice> devices = new ArrayList<>();
        text.lines().skip(HEADING_LINES).forEach(line -> {
            int colon = line.indexOf(':');
            String[] columns = line.substring(colon + 1).strip().split(" +");
            if (colon > 0 && columns.length >= COLUMNS) {
                devices.add(new NetworkDevice(line.substring(0, colon).strip(),
                        direction(columns, 0), direction(columns, SENT_COLUMN)));
            }
        });
        return devices;
    }

    private static Direction direction(String[] columns, int from) {
        return new Direction(number(columns[from]), number(columns[from + 1]),
                number(columns[from + 2]), number(columns[from + 3]));
    }

    private static long number(String word) {
        return KeyedText.number(word).orElse(0);
    }
}
