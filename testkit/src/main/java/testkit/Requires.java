package testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of its machine. One whose need is not met skips, naming the fact missing. */
public final class Requires {
    private static final Path PROC_STATUS = Path.of("/proc/self/status");

    private Requires() {}

    /** Effective user id 0. */
    public static void root() {
        Assumptions.assumeTrue(effectiveUserId() == 0, "needs root");
    }

    /**
     * A kernel at least this new.
     *
     * @param version as {@code uname -r} begins, such as {@code "5.12"}
     * @param feature what came with it, such as {@code "mount_setattr(2)"}
     */
    public static void kernel(String version, String feature) {
        String release = firstLine(Path.of("/proc/sys/kernel/osrelease"));
        Assumptions.assumeTrue(compareVersions(release, version) >= 0,
                "needs Linux " + version + " for " + feature + ", this is " + release);
    }

    /**
     * A program on the search path, or in a folder where root's programs are.
     *
     * @return its file
     */
    public static Path program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        Optional<Path> file = Stream.of(path.split(":")).filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
        Assumptions.assumeTrue(file.isPresent(), "needs the program " + name);
        return file.orElseThrow();
    }

    /** A file or folder that the kernel or a package provides; {@code what} says what for. */
    public static Path file(String path, String what) {
        Path file = Path.of(path);
        Assumptions.assumeTrue(Files.exists(file), "needs " + what + " (" + path + ")");
        return file;
    }

    /** A file system the kernel knows, as listed in {@code /proc/filesystems}. */
    public static void filesystem(String type) {
        boolean known = lines(Path.of("/proc/filesystems")).stream()
                .anyMatch(line -> line.substring(line.indexOf('\t') + 1).equals(type));
        Assumptions.assumeTrue(known, "needs a kernel with the file system " + type);
    }

    /** A cgroup controller, in either version of the hierarchy, as in {@code /proc/cgroups}. */
    public static void controller(String name) {
        boolean known = lines(Path.of("/proc/cgroups")).stream()
                .anyMatch(line -> line.startsWith(name + "\t") && line.endsWith("1"));
        Assumptions.assumeTrue(known, "needs the cgroup controller " + name);
    }

    /** A processor architecture as the JVM names it: {@code amd64} or {@code aarch64}. */
    public static void architecture(String name) {
        String here = System.getProperty("os.arch");
        Assumptions.assumeTrue(here.equals(name), "needs " + name + ", this is " + here);
    }

    /**
     * A capability in the effective set, {@code capabilities(7)}.
     *
     * @param name such as {@code "CAP_SYS_RESOURCE"}, for the reason
     * @param number its bit
     */
    public static void capability(String name, int number) {
        long effective = Long.parseUnsignedLong(statusField("CapEff"), 16);
        Assumptions.assumeTrue((effective >>> number & 1) == 1, "needs " + name);
    }

    /** Any fact found out by the test itself. */
    public static void fact(boolean holds, String missing) {
        Assumptions.assumeTrue(holds, "needs " + missing);
    }

    /** Compares {@code 6.18.44-fc} with {@code 5.12}: by number, as far as the second goes. */
    static int compareVersions(String release, String version) {
        String[] have = release.split("[^0-9]+");
        String[] want = version.split("[^0-9]+");
        for (int i = 0; i < want.length; i++) {
            int here = i < have.length && !have[i].isEmpty() ? Integer.parseInt(have[i]) : 0;
            int order = Integer.compare(here, Integer.parseInt(want[i]));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int effectiveUserId() {
        return Integer.parseInt(statusField("Uid").split("\t")[1]);
    }

    private static String statusField(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":\t";
        return lines(PROC_STATUS).stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length())).findFirst()
                .orElseThrow(() -> new IllegalStateException(PROC_STATUS + " has no " + name));
    }

    private static String firstLine(Path file) {
        return lines(file).getFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
