package linux.program;

import java.util.Arrays;

/** Grows behind a program's steps: strings, structures, arrays and small slots. */
final class DataArea {
    private byte[] bytes = new byte[16384];
    private int size;
    private long startAddress;

    void begin(long address) {
        startAddress = address;
    }

    /** Appends aligned bytes and returns their address. */
    long append(byte[] block, int alignment) {
        int padding = (int) (-(startAddress + size) & (alignment - 1));
        int at = size + padding;
        if (at + block.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + block.length));
        }
        System.arraycopy(block, 0, bytes, at, block.length);
        size = at + block.length;
        return startAddress + at;
    }

    /** How many there are. */
    int size() {
        return size;
    }

    /** Copies them. */
    void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, size);
    }
}
