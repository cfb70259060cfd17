package runtime.launch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.MountFlag;
import linux.abi.SystemCall;
import linux.syscall.Kernel;
import linux.syscall.SystemCallException;

/**
 * The kernel's choice between cheap forks and cheap moves into a cgroup ({@code favordynmods},
 * Linux 6.0, Documentation/admin-guide/cgroup-v2.rst).
 *
 * <p>By default the first move after a pause waits for an RCU grace period: 7 to 40 ms on the machine
 * this was measured on, several times what all the rest of a start costs. With the option a move takes
 * tens of microseconds and every fork and exit on the host a little more. The option belongs to the
 * v2 hierarchy, and its effect is the whole host's, v1 hierarchies too.
 */
public final class FastCgroupMoves {
    private static final String OPTION = "favordynmods";
    private static final List<String> KEPT =
            List.of("nsdelegate", "memory_localevents", "memory_recursiveprot", "memory_hugetlb_accounting",
                    "pids_localevents");

    private final Path hierarchy;
    private final List<String> optionsBefore;

    private FastCgroupMoves(Path hierarchy, List<String> optionsBefore) {
        this.hierarchy = hierarchy;
        this.optionsBefore = optionsBefore;
    }

    /**
     * Turns the option on.
     *
     * @return what puts it back; empty if it was on already, the kernel does not know it, or no v2
     *     hierarchy is mounted: starts work all the same, the first one after a pause more slowly
     */
    public static Optional<FastCgroupMoves> enable() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            String[] halves = line.split(" - ", 2);
            if (halves.length == 2 && halves[1].startsWith("cgroup2 ")) {
                String[] tail = halves[1].split(" ");
                List<String> options = List.of(tail[tail.length - 1].split(","));
                return options.contains(OPTION) ? Optional.empty()
                        : enable(Path.of(halves[0].split(" ")[4]), options);
            }
        }
        return Optional.empty();
    }

    private static Optional<FastCgroupMoves> enable(Path hierarchy, List<String> options) {
        List<String> before = options.stream().filter(KEPT::contains).toList();
        List<String> after = new ArrayList<>(before);
        after.add(OPTION);
        try {
            remount(hierarchy, after);
            return Optional.of(new FastCgroupMoves(hierarchy, before));
        } catch (SystemCallException unknown) {
            // Before Linux 6.0 the option is refused and nothing has changed.
            return Optional.empty();
        }
    }

    /** Puts the option back as it was. */
    public void restore() throws IOException {
        remount(hierarchy, optionsBefore);
    }

    private static void remount(Path hierarchy, List<String> options) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            String text = String.join(",", options);
            Kernel.check(SystemCall.MOUNT, hierarchy + ", MS_REMOUNT, \"" + text + "\"",
                    arena.allocateFrom("cgroup2").address(),
                    arena.allocateFrom(hierarchy.toString()).address(),
                    arena.allocateFrom("cgroup2").address(),
                    MountFlag.MS_REMOUNT.value() | MountFlag.MS_RELATIME.value(),
                    arena.allocateFrom(text).address());
        }
    }
}
