package runtime.plan;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import runtime.spec.Device;

/** What every container finds in /dev (OCI runtime-spec config-linux.md, default devices). */
final class DeviceFiles {
    static final List<Device> STANDARD = List.of(
            character("/dev/null", 1, 3), character("/dev/zero", 1, 5),
            character("/dev/full", 1, 7), character("/dev/random", 1, 8),
            character("/dev/urandom", 1, 9), character("/dev/tty", 5, 0));

    /** Name and target. */
    static final String[][] LINKS = {
        {"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
        {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"}, {"core", "/proc/kcore"}};

    static final List<String> FOLDERS = List.of("pts", "shm", "mqueue");

    private DeviceFiles() {}

    private static Device character(String path, long major, long minor) {
        return new Device(path, Device.Type.CHARACTER, OptionalLong.of(major),
                OptionalLong.of(minor), OptionalInt.of(0666), OptionalLong.empty(),
                OptionalLong.empty());
    }

    static int typeBits(Device.Type type) {
        return switch (type) {
            case CHARACTER, UNBUFFERED_CHARACTER -> 0020000;
            case BLOCK -> 0060000;
            case FIFO -> 0010000;
        };
    }

    static String typeName(Device.Type type) {
        return switch (type) {
            case CHARACTER, UNBUFFERED_CHARACTER -> "CHR";
            case BLOCK -> "BLK";
            case FIFO -> "IFO";
        };
    }
}
