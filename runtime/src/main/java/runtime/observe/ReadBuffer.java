package runtime.observe;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import linux.syscall.Files;
import linux.syscall.SystemCallException;

/** Room that kernel files are read into, one after the other. For one thread. */
final class ReadBuffer {
    private static final int CAPACITY_BYTES = 64 << 10;
    /**
     * A file of many records is read a page at a time; when less than this came, no record was left that
     * would not have fitted.
     */
    private static final int NEARLY_PAGE_BYTES = 3_800;

    private final MemorySegment memory = Arena.ofAuto().allocate(CAPACITY_BYTES);
    private final byte[] text = new byte[CAPACITY_BYTES];

    /** What was read last; as much of it as {@link #read} returned. */
    byte[] text() {
        return text;
    }

    /**
     * Reads a file from its start.
     *
     * @param manyRecords whether one call may return less than all
     * @return how many bytes; at most the room there is
     */
    int read(int descriptor, boolean manyRecords) throws SystemCallException {
        int length = 0;
        while (length < CAPACITY_BYTES) {
            int part = (int) Files.pread(descriptor, memory.asSlice(length), length);
            length += part;
            if (part == 0 || !manyRecords || part < NEARLY_PAGE_BYTES) {
                break;
            }
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, text, 0, length);
        return length;
    }
}
