package clusterd.session;

import java.util.Arrays;

/**
 * A piece of what a task wrote, on its way to whoever asked.
 *
 * @param reading   for which reading
 * @param unixNanos when it was written
 * @param stream    1 = output, 2 = error output
 * @param data      bytes as they were written; none in the first of each reading, which says that it begins
 * @param problem   why there is no more, for a person; {@code ""} unless something went wrong
 */
public record LogChunk(String reading, long unixNanos, int stream, byte[] data, String problem) {
    /** Copies the bytes. */
    public LogChunk {
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogChunk that && reading.equals(that.reading) && unixNanos == that.unixNanos
                && stream == that.stream && Arrays.equals(data, that.data) && problem.equals(that.problem);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(unixNanos);
    }

    @Override
    public String toString() {
        return "LogChunk[" + reading + ", " + unixNanos + ", " + data.length + " bytes, " + problem + "]";
    }
}
