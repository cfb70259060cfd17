package cli.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One stream of one task: what it wrote comes out by lines, so that tasks do not write into each other's. */
final class LogLine {
    /** A longer line is printed in pieces. */
    private static final int LINE_LIMIT_BYTES = 64 * 1024;

    private final boolean error;
    private final Console console;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean begun;

    LogLine(boolean error, Console console) {
        this.error = error;
        this.console = console;
    }

    /**
     * Prints what is whole.
     *
     * @param data   as it was written, not cut at line ends
     * @param prefix of a line that begins
     */
    void add(byte[] data, String prefix) throws IOException {
        int from = 0;
        for (int at = 0; at < data.length; at++) {
            if (!begun) {
                bytes.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
                begun = true;
            }
            if (data[at] == '\n') {
                bytes.write(data, from, at + 1 - from);
                from = at + 1;
                begun = false;
            }
        }
        int whole = bytes.size();
        if (!begun || whole + data.length - from > LINE_LIMIT_BYTES) {
            bytes.write(data, from, data.length - from);
            flush();
        } else {
            flushLines(data, from);
        }
    }

    /** Prints what ends with a line's end, and keeps the rest. */
    private void flushLines(byte[] data, int from) throws IOException {
        byte[] all = bytes.toByteArray();
        int end = all.length;
        while (end > 0 && all[end - 1] != '\n') {
            end--;
        }
        if (end > 0) {
            write(java.util.Arrays.copyOf(all, end));
            bytes.reset();
            bytes.write(all, end, all.length - end);
        }
        bytes.write(data, from, data.length - from);
    }

    /** Prints what was begun. */
    void end() throws IOException {
        flush();
    }

    private void flush() throws IOException {
        if (bytes.size() > 0) {
            write(bytes.toByteArray());
            bytes.reset();
        }
    }

    private void write(byte[] data) throws IOException {
        if (error) {
            console.writeError(data);
        } else {
            console.write(data);
        }
    }
}
