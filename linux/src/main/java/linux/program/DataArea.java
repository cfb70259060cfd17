package linux.program;

import java.io.ByteArrayOutputStream;

/** Grows behind a program's steps: strings, structures, arrays and small slots. */
final class DataArea {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(8192);
    private long startAddress;

    void begin(long address) {
        startAddress = address;
    }

    /** Appends aligned bytes and returns their address. */
    long append(byte[] block, int alignment) {
        while ((startAddress + bytes.size()) % alignment != 0) {
            bytes.write(0);
        }
        long address = startAddress + bytes.size();
        bytes.writeBytes(block);
        return address;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
