package linux.proc;

import java.util.List;

/**
 * One line of {@code /proc/cgroups} ({@code cgroups(7)}).
 *
 * @param name        for example {@code memory}
 * @param hierarchyId of the v1 hierarchy it is mounted in; 0 if in none, or in cgroup v2
 * @param groups      how many cgroups use it
 * @param enabled     false if switched off when booting ({@code cgroup_disable=})
 */
public record CgroupController(String name, int hierarchyId, long groups, boolean enabled) {
    private static final String FILE = "/proc/cgroups";

    /**
     * All controllers the kernel was built with.
     *
     * @throws ProcFormatException if a line does not have its four fields
     */
    public static List<CgroupController> parse(String text) {
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(CgroupController::parseLine)
                .toList();
    }

    private static CgroupController parseLine(String line) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length != 4) {
            throw new ProcFormatException(FILE, line);
        }
        return new CgroupController(
                fields[0],
                (int) ProcFormatException.number(FILE, line, fields[1]),
                ProcFormatException.number(FILE, line, fields[2]),
                fields[3].equals("1"));
    }
}
