package linux.syscall;

import java.lang.foreign.Arena;
import java.util.List;
import linux.abi.MountFlag;
import linux.abi.SystemCall;
import linux.abi.UnmountFlag;

/** Mounts of the calling process's own namespace ({@code mount(2)}, {@code umount2(2)}). */
public final class Mounts {
    private Mounts() {}

    /** Mounts a new file system. */
    public static void mount(String type, String target, List<MountFlag> flags, String data)
            throws SystemCallException {
        long bits = 0;
        for (MountFlag flag : flags) {
            bits |= flag.value();
        }
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.MOUNT, type + ", " + target + ", " + flags + ", " + data,
                    arena.allocateFrom(type).address(), arena.allocateFrom(target).address(),
                    arena.allocateFrom(type).address(), bits, arena.allocateFrom(data).address());
        }
    }

    /** Takes a mount out of sight; it is gone when nobody uses it any more. */
    public static void detach(String target) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.UMOUNT2, target + ", MNT_DETACH",
                    arena.allocateFrom(target).address(), UnmountFlag.MNT_DETACH.value());
        }
    }
}
