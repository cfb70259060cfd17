package runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import linux.abi.FileFlags;

/**
 * A device file of the host.
 *
 * @param isBlock whether it is a block device; else a character device
 * @param mode    permission bits
 */
record HostDevice(boolean isBlock, long major, long minor, int mode) {

    /**
     * The device a path leads to, links followed.
     *
     * @throws ContainerException if there is none
     */
    static HostDevice at(String path) throws ContainerException {
        try {
            Map<String, Object> status =
                    Files.readAttributes(Path.of(path), "unix:mode,rdev");
            int mode = (int) status.get("mode");
            long number = (long) status.get("rdev");
            int kind = mode & FileFlags.S_IFMT;
            if (kind != FileFlags.S_IFBLK && kind != FileFlags.S_IFCHR) {
                throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                        path + " is not a device file");
            }
            return new HostDevice(kind == FileFlags.S_IFBLK, major(number), minor(number),
                    mode & 0777);
        } catch (IOException | IllegalArgumentException failure) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    "device " + path + " of the host cannot be looked at: " + failure, -1, failure);
        }
    }

    /** glibc's {@code major(3)} of a {@code dev_t}. */
    private static long major(long number) {
        return number >>> 8 & 0xfff | number >>> 32 & ~0xfffL;
    }

    private static long minor(long number) {
        return number & 0xff | number >>> 12 & ~0xffL;
    }
}
