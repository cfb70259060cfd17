package clusterd.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads a file of Ratis' log through: {@code RaftLog1}, then entries, each its length as a protobuf varint, that
 * many bytes, and the CRC-32C of both, big end first; then zeros up to where space was taken ahead.
 */
final class SegmentScan {
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int VARINT_BYTES = 5;

    private SegmentScan() {}

    /** How a file is. */
    sealed interface Finding permits Whole, Torn, Broken {}

    /** It ends as it should. */
    record Whole() implements Finding {}

    /**
     * Its last write did not end.
     *
     * @param wholeBytes how far it is good
     */
    record Torn(long wholeBytes) implements Finding {}

    /**
     * It is broken, and goes on after that.
     *
     * @param atBytes where
     */
    record Broken(long atBytes) implements Finding {}

    static Finding scan(Path file, int largestEntryBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException("the log's file " + file + " has " + channel.size() + " bytes, more than any of ours");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            return scan(bytes.flip(), largestEntryBytes);
        }
    }

    static Finding scan(ByteBuffer bytes, int largestEntryBytes) {
        int end = endOfContent(bytes);
        int header = Math.min(end, HEADER.length);
        for (int i = 0; i < header; i++) {
            if (bytes.get(i) != HEADER[i]) {
                return new Broken(0);
            }
        }
        if (end <= HEADER.length) {
            return new Whole();
        }
        int at = HEADER.length;
        while (at < end) {
            int next = after(bytes, at, largestEntryBytes);
            if (next < 0) {
                return anEntryFollows(bytes, at + 1, end, largestEntryBytes) ? new Broken(at) : new Torn(at);
            }
            at = next;
        }
        return new Whole();
    }

    /** Zeros at the end are space taken ahead, or the end of a check sum: an entry may reach into them. */
    private static int endOfContent(ByteBuffer bytes) {
        int end = bytes.limit();
        while (end > 0 && bytes.get(end - 1) == 0) {
            end--;
        }
        return end;
    }

    /** Where the entry ends that begins there; -1 if none does. */
    static int after(ByteBuffer bytes, int at, int largestEntryBytes) {
        long length = 0;
        int start = at;
        for (int shift = 0; ; shift += 7) {
            if (start >= bytes.limit() || start - at >= VARINT_BYTES) {
                return -1;
            }
            byte part = bytes.get(start++);
            length |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                break;
            }
        }
        long end = start + length + Integer.BYTES;
        if (length == 0 || length > largestEntryBytes || end > bytes.limit()) {
            return -1;
        }
        CRC32C sum = new CRC32C();
        sum.update(bytes.duplicate().position(at).limit((int) end - Integer.BYTES));
        return (int) sum.getValue() == bytes.getInt((int) end - Integer.BYTES) ? (int) end : -1;
    }

    private static boolean anEntryFollows(ByteBuffer bytes, int from, int end, int largestEntryBytes) {
        for (int at = from; at < end; at++) {
            if (after(bytes, at, largestEntryBytes) > 0) {
                return true;
            }
        }
        return false;
    }
}
