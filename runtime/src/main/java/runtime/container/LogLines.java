package runtime.container;

import java.util.Arrays;

/** Counts and skips the lines of frames, which may hold several lines or a part of one. */
final class LogLines {
    private LogLines() {}

    static long countEnds(byte[] payload) {
        long count = 0;
        for (byte each : payload) {
            if (each == '\n') {
                count++;
            }
        }
        return count;
    }

    /** What follows the given number of line ends; the whole payload for 0. */
    static LogFrame afterLineEnds(LogFrame frame, long count) {
        int at = 0;
        for (long left = count; left > 0; at++) {
            if (frame.payload()[at] == '\n') {
                left--;
            }
        }
        byte[] rest = Arrays.copyOfRange(frame.payload(), at, frame.payload().length);
        return new LogFrame(frame.at(), frame.stream(), rest, frame.nextOffset());
    }
}
