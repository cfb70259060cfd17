package clusterd.executor;

import clusterd.model.TaskId;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The secrets and configurations of tasks as files of the host, for their containers to be given: configurations
 * in the run folder, secrets in memory alone. Below each folder one of the task, and in it the files by their
 * place in the assignment. A file never changes once it is there.
 */
public final class TaskFiles {
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> UNREADABLE = PosixFilePermissions.fromString("rw-------");
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final String UNFINISHED = ".new";

    private final Path configs;
    private final Path secrets;

    private TaskFiles(Path configs, Path secrets) {
        this.configs = configs;
        this.secrets = secrets;
    }

    /**
     * Makes the folders (0700).
     *
     * @param run    the run folder of this agent
     * @param memory a folder in memory that anyone may write to, such as {@code /dev/shm}; used if the run
     *               folder is on a disk
     * @throws IOException if neither is in memory, or somebody else has made the folder there
     */
    public static TaskFiles open(Path run, Path memory) throws IOException {
        Path configs = own(run.resolve("tasks"));
        if (isInMemory(configs)) {
            return new TaskFiles(configs, configs);
        }
        Path secrets = own(secretsIn(run, memory));
        if (!isInMemory(secrets)) {
            Files.delete(secrets);
            throw new IOException(run + " is on a disk, and so is " + memory
                    + ": secrets may be in memory only; choose a --run-dir on a tmpfs");
        }
        return new TaskFiles(configs, secrets);
    }

    /**
     * Where secrets are if the run folder is on a disk; whoever takes a whole agent away takes it along.
     *
     * @param run    what {@link #open} was given
     * @param memory likewise
     */
    public static Path secretsIn(Path run, Path memory) {
        return memory.resolve("jctl" + run.toAbsolutePath().normalize().toString().replace('/', '-'));
    }

    private static boolean isInMemory(Path folder) throws IOException {
        return IN_MEMORY.contains(Files.getFileStore(folder).type());
    }

    private static Path own(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder.getParent());
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
        }
        Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !owner.equals(own)
                || !Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(OWN)) {
            throw new IOException(folder + " is for secrets and is not a folder of user " + own
                    + " that is closed to others (rwx------): see who made it, and remove it");
        }
        return folder;
    }

    /** Once each, if they are the same. */
    private Set<Path> folders() {
        return new HashSet<>(List.of(configs, secrets));
    }

    private Path folder(TaskId task, AssignedFile file) {
        return (file.secret() ? secrets : configs).resolve(task.value());
    }

    /** Where the assignment's files are or shall be, in their order. */
    List<Path> paths(Assignment assignment) {
        List<Path> paths = new ArrayList<>();
        for (AssignedFile file : assignment.files()) {
            paths.add(folder(assignment.task(), file).resolve(Integer.toString(paths.size())));
        }
        return paths;
    }

    /** Whether all secrets are there, so that their bytes need not be known. */
    boolean hasSecrets(Assignment assignment) {
        List<Path> paths = paths(assignment);
        for (int i = 0; i < paths.size(); i++) {
            if (assignment.files().get(i).secret() && !Files.exists(paths.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes those that are not there.
     *
     * @param secretsKnown whether the assignment has the bytes of its secrets
     * @throws IOException also if a secret would have to be written that is not known
     */
    void write(Assignment assignment, boolean secretsKnown) throws IOException {
        List<Path> paths = paths(assignment);
        for (int i = 0; i < paths.size(); i++) {
            AssignedFile file = assignment.files().get(i);
            if (!Files.exists(paths.get(i))) {
                if (file.secret() && !secretsKnown) {
                    throw new IOException("secret " + file.name()
                            + " is gone from memory, and only a manager has it");
                }
                write(paths.get(i), file);
            }
        }
    }

    private static void write(Path path, AssignedFile file) throws IOException {
        if (!Files.exists(path.getParent())) {
            Files.createDirectory(path.getParent(), PosixFilePermissions.asFileAttribute(OWN));
        }
        Path next = path.resolveSibling(path.getFileName() + UNFINISHED);
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(UNREADABLE));
        Files.write(next, file.data());
        own(next, "unix:uid", file.userId());
        own(next, "unix:gid", file.groupId());
        Files.setAttribute(next, "unix:mode", file.mode());
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Changed only if it must be: an agent that is not root may give files to itself. */
    private static void own(Path path, String attribute, int id) throws IOException {
        if (!Integer.valueOf(id).equals(Files.getAttribute(path, attribute))) {
            Files.setAttribute(path, attribute, id);
        }
    }

    /** Deletes a task's files. */
    void remove(TaskId task) throws IOException {
        for (Path folder : folders()) {
            delete(folder.resolve(task.value()));
        }
    }

    /** Deletes the files of all other tasks. */
    void removeAllBut(Set<TaskId> tasks) throws IOException {
        Set<Path> others = new HashSet<>();
        for (Path folder : folders()) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder,
                    each -> tasks.stream().noneMatch(
                            task -> task.value().equals(each.getFileName().toString())))) {
                folders.forEach(others::add);
            }
        }
        for (Path folder : others) {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
    }

    /** Removes the folders themselves if no task has files there. */
    void removeIfEmpty() throws IOException {
        for (Path folder : folders()) {
            try (Stream<Path> found = Files.list(folder)) {
                if (found.findAny().isPresent()) {
                    continue;
                }
            }
            Files.deleteIfExists(folder);
        }
    }
}
