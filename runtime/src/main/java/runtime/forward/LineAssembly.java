package runtime.forward;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes lines of the pieces of one stream. For one thread. */
public final class LineAssembly {
    /** A longer line becomes several messages, as with docker. */
    public static final int MAX_LINE_BYTES = 16 << 10;

    private final boolean error;
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private Instant began = Instant.EPOCH;

    /** @param error whether it is standard error */
    public LineAssembly(boolean error) {
        this.error = error;
    }

    /** Whether a line has begun and not ended. */
    public boolean isOpen() {
        return open.size() > 0;
    }

    /** The lines this piece ends. */
    public List<LogLine> add(Instant at, byte[] piece) {
        List<LogLine> lines = new ArrayList<>();
        for (byte each : piece) {
            if (open.size() == MAX_LINE_BYTES && each != '\n') {
                lines.add(take(true));
            }
            if (open.size() == 0) {
                began = at;
            }
            if (each == '\n') {
                lines.add(take(false));
            } else {
                open.write(each);
            }
        }
        return lines;
    }

    /** The line that has begun, when nothing more will come. */
    public List<LogLine> end() {
        return isOpen() ? List.of(take(false)) : List.of();
    }

    private LogLine take(boolean partial) {
        byte[] text = open.toByteArray();
        open.reset();
        int length = text.length;
        if (!partial && length > 0 && text[length - 1] == '\r') {
            length--;
        }
        return new LogLine(began, error, java.util.Arrays.copyOf(text, length), partial);
    }
}
