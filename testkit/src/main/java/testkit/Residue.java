package testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a container or a network leaves on a machine if something forgets it: mounts of this mount
 * namespace, cgroups, network links, named network namespaces.
 *
 * <p>Other tests run beside this one, so a snapshot is of names that the test can know for its own.
 */
public record Residue(SortedSet<String> things) {
    private static final int MOUNT_POINT_FIELD = 4;

    /** All there is whose name holds {@code mark}: a data folder, a container's id, a prefix. */
    public static Residue of(String mark) throws IOException {
        return of(name -> name.contains(mark));
    }

    /** All there is whose name the predicate wants. */
    public static Residue of(Predicate<String> wanted) throws IOException {
        TreeSet<String> things = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            things.add("mount " + line.split(" ")[MOUNT_POINT_FIELD]);
        }
        addFolders(things, "cgroup ", Path.of("/sys/fs/cgroup"), Integer.MAX_VALUE);
        addFolders(things, "link ", Path.of("/sys/class/net"), 1);
        addFolders(things, "network namespace ", Path.of("/run/netns"), 1);
        things.removeIf(wanted.negate());
        return new Residue(things);
    }

    /** What is here and was not there before. */
    public SortedSet<String> since(Residue before) {
        return things.stream().filter(thing -> !before.things.contains(thing))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void addFolders(SortedSet<String> things, String what, Path root, int depth)
            throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                things.add(what + file);
                if (depth > 1 && Files.isDirectory(file) && !Files.isSymbolicLink(file)) {
                    addFolders(things, what, file, depth - 1);
                }
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            things.remove(what + root); // went away while it was listed: another test's
        }
    }
}
