package linux.proc;

import java.util.List;

/**
 * One line of {@code /proc/PID/cgroup} ({@code cgroups(7)}).
 *
 * @param hierarchyId 0 for cgroup v2
 * @param controllers of a v1 hierarchy, or {@code name=…}; empty for v2
 * @param path        from the hierarchy's root, beginning with a slash
 */
public record CgroupMembership(int hierarchyId, List<String> controllers, String path) {
    private static final String FILE = "/proc/PID/cgroup";

    public CgroupMembership {
        controllers = List.copyOf(controllers);
    }

    /** Whether it is the unified hierarchy of cgroup v2. */
    public boolean isUnified() {
        return hierarchyId == 0 && controllers.isEmpty();
    }

    /**
     * All hierarchies, in the file's order.
     *
     * @throws ProcFormatException if a line is not {@code id:controllers:path}
     */
    public static List<CgroupMembership> parse(String text) {
        return text.lines().filter(line -> !line.isBlank()).map(CgroupMembership::parseLine)
                .toList();
    }

    private static CgroupMembership parseLine(String line) {
        String[] fields = line.split(":", 3);
        if (fields.length != 3 || !fields[2].startsWith("/")) {
            throw new ProcFormatException(FILE, line);
        }
        return new CgroupMembership(
                (int) ProcFormatException.number(FILE, line, fields[0]),
                fields[1].isEmpty() ? List.of() : List.of(fields[1].split(",")),
                fields[2]);
    }
}
