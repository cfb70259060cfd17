package clusterd.board;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes lines of one stream's bytes as they come, cut anywhere. */
public final class LineJoin {
    /** A longer line comes in pieces. */
    public static final int MOST_BYTES = 8 * 1024;

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    /** The lines that are whole now, without their ends. */
    public List<String> add(byte[] data) {
        List<String> lines = new ArrayList<>();
        for (byte each : data) {
            if (each == '\n') {
                lines.add(take());
            } else {
                begun.write(each);
                if (begun.size() >= MOST_BYTES) {
                    lines.add(take());
                }
            }
        }
        return lines;
    }

    /** What was begun and not ended, if anything was. */
    public List<String> rest() {
        return begun.size() == 0 ? List.of() : List.of(take());
    }

    private String take() {
        String line = begun.toString(StandardCharsets.UTF_8);
        begun.reset();
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
