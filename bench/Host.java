package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Settings of the machine for the time of a run; {@link #close} puts back what was found. */
final class Host implements AutoCloseable {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final boolean foundFast;

    Host() throws IOException {
        mountHugetlb();
        foundFast = cgroupMounts().stream().anyMatch(line -> line.contains("favordynmods"));
    }

    /** Whether the host was found with {@code favordynmods} on any cgroup hierarchy. */
    boolean foundFast() {
        return foundFast;
    }

    /**
     * Turns {@code favordynmods} (Linux 6.0, cgroup-v2.rst) on or off; it is the kernel's for all
     * hierarchies. Off, the first move of a process into a cgroup after a pause waits for a grace
     * period of the kernel's.
     */
    void setFast(boolean fast) throws IOException {
        for (String line : cgroupMounts()) {
            String[] fields = line.split(" ");
            boolean now = fields[3].contains("favordynmods");
            if (fields[2].equals("cgroup2") && now != fast) {
                remount(fields, fast);
                undo.push(() -> remount(fields, now));
            }
        }
    }

    /** With source, so that mount(8) does not add the options there are; the others are kept. */
    private static void remount(String[] fields, boolean fast) {
        String options = "remount," + fields[3].replace(",favordynmods", "")
                + (fast ? ",favordynmods" : "");
        Shell.run("mount", "-t", "cgroup2", "-o", options, fields[0], fields[1]);
    }

    private static List<String> cgroupMounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .filter(line -> line.split(" ")[2].startsWith("cgroup")).toList();
    }

    /** crun on a host with v1 hierarchies wants the hugetlb controller there too. */
    private void mountHugetlb() throws IOException {
        boolean v1 = cgroupMounts().stream().anyMatch(line -> line.split(" ")[2].equals("cgroup"));
        boolean known = Files.readString(Path.of("/proc/cgroups")).contains("hugetlb");
        Path mountPoint = CGROUPS.resolve("hugetlb");
        if (v1 && known && !Files.exists(mountPoint)) {
            Files.createDirectory(mountPoint);
            Shell.run("mount", "-t", "cgroup", "-o", "hugetlb", "cgroup", mountPoint.toString());
            undo.push(() -> Shell.run("rmdir", mountPoint.toString()));
            undo.push(() -> Shell.run("umount", mountPoint.toString()));
        }
    }

    /** Kilobytes the kernel says could be had without swapping. */
    static long availableKilobytes() throws IOException {
        return field(Path.of("/proc/meminfo"), "MemAvailable:");
    }

    /** Resident kilobytes of a process. */
    static long residentKilobytes(long pid) throws IOException {
        return field(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:");
    }

    /** Of these, kilobytes no file stands behind, and kilobytes of mapped files. */
    static String residentParts(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        return Sample.number(field(status, "RssAnon:") / 1024.0) + " MB of its own, "
                + Sample.number(field(status, "RssFile:") / 1024.0) + " MB of mapped files";
    }

    /** Kilobytes of a process with shared pages counted by share. */
    static long proportionalKilobytes(long pid) throws IOException {
        return field(Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Pss:");
    }

    private static long field(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("[^0-9]", "")).mapToLong(Long::parseLong).findFirst()
                .orElse(0);
    }

    /** What stands at the head of the results: the machine. */
    static String description() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 2)).orElse("unknown processor");
        long gigabytes = field(Path.of("/proc/meminfo"), "MemTotal:") >> 20;
        return "Linux " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip()
                .replaceFirst("-.*", "") + ", "
                + Runtime.getRuntime().availableProcessors() + " × " + processor + ", "
                + gigabytes + " GiB";
    }

    @Override
    public void close() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
