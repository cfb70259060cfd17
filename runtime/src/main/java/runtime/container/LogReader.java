package runtime.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * Reads the frames of a log from some place on, across rotation, while the keeper appends.
 *
 * <p>A frame is a 24-byte header, little endian: seconds (i64), nanoseconds (i64), length (u32), stream
 * (u32), then that many bytes. A keeper killed while it wrote, or a full disk, leaves half a frame and
 * possibly good frames after it: the reader searches for the next believable header and reports how
 * much it skipped as a line on standard error, so that no loss is silent. For one thread.
 */
final class LogReader implements AutoCloseable {
    static final int HEADER_BYTES = 24;
    /** More than a keeper ever reads at once: a longer frame is damage. */
    static final int MAX_PAYLOAD_BYTES = 1 << 20;
    private static final long MAX_SECONDS = 1L << 36;

    private final LogFiles files;
    private FileChannel channel;
    private Object key;
    private long offset;
    private Instant lastAt = Instant.EPOCH;
    /** Someone who joins may do so while the keeper is within a frame: its rest is no damage. */
    private boolean joining;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    LogReader(LogFiles files, LogPosition from) throws IOException {
        this.files = files;
        from.fileKey().ifPresent(wanted -> this.key = wanted);
        this.offset = from.offset();
        this.joining = from.offset() > 0;
        openWanted();
    }

    /**
     * The next frame, or null if there is none yet.
     *
     * @param complete whether nothing more will be written: half a frame at the end is then
     *     given out as far as it goes instead of being waited for
     */
    LogFrame next(boolean complete) throws IOException {
        while (true) {
            if (channel == null && !openWanted()) {
                return null;
            }
            LogFrame frame = parse(false);
            if (frame != null) {
                return frame;
            }
            List<LogFiles.LogFile> newer = newerFiles();
            if (newer.isEmpty()) {
                return complete ? parse(true) : null;
            }
            // The keeper made the next file, so it writes to this one no more: drain, then move on.
            frame = parse(true);
            if (frame != null) {
                return frame;
            }
            boolean dropped = !files.holds(key);
            open(newer.getFirst());
            if (dropped) {
                return note("[jctl: output was dropped here: it was not read in time]\n");
            }
        }
    }

    /** Behind the frame given out last. */
    LogPosition position() {
        return new LogPosition(java.util.Optional.ofNullable(key), offset);
    }

    private boolean openWanted() throws IOException {
        List<LogFiles.LogFile> present = files.oldestFirst();
        if (present.isEmpty()) {
            return false;
        }
        for (LogFiles.LogFile file : present) {
            if (file.key().equals(key)) {
                long start = offset;
                open(file);
                offset = start;
                return channel != null;
            }
        }
        open(present.getFirst());
        return channel != null;
    }

    private List<LogFiles.LogFile> newerFiles() throws IOException {
        List<LogFiles.LogFile> present = files.oldestFirst();
        for (int index = 0; index < present.size(); index++) {
            if (present.get(index).key().equals(key)) {
                return present.subList(index + 1, present.size());
            }
        }
        return present;
    }

    private void open(LogFiles.LogFile file) throws IOException {
        closeChannel();
        try {
            channel = FileChannel.open(file.path(), StandardOpenOption.READ);
        } catch (NoSuchFileException rotatedSince) {
            channel = null;
            return;
        }
        key = file.key();
        files.readingAt(this, key);
        offset = 0;
        buffer.clear().limit(0);
    }

    /** The frame at the offset; null if it is not there in full, and {@code last} does not matter. */
    private LogFrame parse(boolean last) throws IOException {
        if (!fill(HEADER_BYTES)) {
            return last ? skipped(buffer.remaining()) : null;
        }
        if (!believable(buffer, buffer.position())) {
            return resynchronize(last);
        }
        int length = buffer.getInt(buffer.position() + 16);
        if (!fill(HEADER_BYTES + length)) {
            if (!last) {
                return null;
            }
            length = buffer.remaining() - HEADER_BYTES;
            if (length == 0) {
                return skipped(HEADER_BYTES);
            }
        }
        Instant at = Instant.ofEpochSecond(buffer.getLong(), buffer.getLong());
        buffer.getInt();
        LogFrame.Stream stream = LogFrame.Stream.values()[buffer.getInt() - 1];
        byte[] payload = new byte[length];
        buffer.get(payload);
        offset += HEADER_BYTES + length;
        lastAt = at;
        joining = false;
        return new LogFrame(at, stream, payload, offset);
    }

    private LogFrame resynchronize(boolean last) throws IOException {
        fill(buffer.capacity());
        int start = buffer.position();
        for (int at = start + 1; at + HEADER_BYTES <= buffer.limit(); at++) {
            if (believable(buffer, at)) {
                return joining ? join(at - start) : skipped(at - start);
            }
        }
        int whole = buffer.remaining() - (HEADER_BYTES - 1);
        if (last) {
            return skipped(buffer.remaining());
        }
        return buffer.remaining() == buffer.capacity() ? skipped(whole) : null;
    }

    private LogFrame join(int count) throws IOException {
        joining = false;
        skipped(count);
        return parse(false);
    }

    private LogFrame skipped(int count) {
        if (count == 0) {
            return null;
        }
        buffer.position(buffer.position() + count);
        offset += count;
        return note("[jctl: " + count + " damaged bytes of the log skipped]\n");
    }

    private LogFrame note(String text) {
        return new LogFrame(lastAt, LogFrame.Stream.STDERR,
                text.getBytes(StandardCharsets.UTF_8), offset);
    }

    private static boolean believable(ByteBuffer bytes, int at) {
        long seconds = bytes.getLong(at);
        long nanos = bytes.getLong(at + 8);
        int length = bytes.getInt(at + 16);
        int stream = bytes.getInt(at + 20);
        return seconds >= 0 && seconds < MAX_SECONDS && nanos >= 0 && nanos < 1_000_000_000
                && length > 0 && length <= MAX_PAYLOAD_BYTES && (stream == 1 || stream == 2);
    }

    /** Makes so many bytes available in the buffer, if the file has them. */
    private boolean fill(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return true;
        }
        if (buffer.capacity() < count) {
            buffer = ByteBuffer.allocate(HEADER_BYTES + MAX_PAYLOAD_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN).put(buffer).flip();
        }
        buffer.compact();
        try {
            while (buffer.position() < count) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    break;
                }
            }
        } finally {
            buffer.flip();
        }
        return buffer.remaining() >= count;
    }

    @Override
    public void close() throws IOException {
        files.readingEnded(this);
        closeChannel();
    }

    private void closeChannel() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
