package runtime.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The layout of {@code struct seccomp_data} ({@code linux/seccomp.h}), little endian, 64 bytes. */
final class SeccompData {
    static final int SIZE_BYTES = 64;
    static final int NUMBER = 0;
    static final int ARCHITECTURE = 4;
    private static final int ARGUMENTS = 16;
    private static final int ARGUMENT_COUNT = 6;

    private SeccompData() {}

    static int lowHalf(int argument) {
        return ARGUMENTS + argument * Long.BYTES;
    }

    static int highHalf(int argument) {
        return lowHalf(argument) + Integer.BYTES;
    }

    static ByteBuffer of(int auditNumber, int number, long... arguments) {
        if (arguments.length > ARGUMENT_COUNT) {
            throw new IllegalArgumentException(
                    "a system call has six arguments, not " + arguments.length);
        }
        ByteBuffer data = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(NUMBER, number).putInt(ARCHITECTURE, auditNumber);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(lowHalf(i), arguments[i]);
        }
        return data;
    }
}
