package runtime.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.abi.MountFlag;
import linux.abi.SystemCall;
import linux.abi.TreeFlag;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import linux.stub.Stub;
import linux.syscall.FileIdentity;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.Mounts;
import linux.syscall.OwnUserNamespace;
import linux.syscall.SystemCallException;
import runtime.launch.UserNamespaces;
import runtime.plan.LaunchPlan.IdRange;

/**
 * The root of a container's files, open. Paths are looked up from it with {@code openat2(2)},
 * RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS: the kernel stops every link and every {@code ..} there,
 * also while someone inside moves things about.
 */
public final class RootView implements AutoCloseable {
    private static final long RESOLVE =
            FileFlags.RESOLVE_IN_ROOT | FileFlags.RESOLVE_NO_MAGICLINKS;
    private static final String UPPER_LAYER = "upper";
    private static final String SCRATCH = "scratch";
    private static final String SCRATCH_WORK = "scratch-work";
    private static final Slot FAILURE = Slot.result("failure");
    private static final Slot TREE = Slot.result("tree");

    private final int folder;
    /** Keeps the mounts alive; -1 if there are none of this view's own. */
    private final int namespace;

    private RootView(int folder, int namespace) {
        this.folder = folder;
        this.namespace = namespace;
    }

    /**
     * What a container that does not run is made of.
     *
     * @param lowers     unpacked layers, topmost first
     * @param upper      what it changed; absent for a look at the layers alone, as they lie on disk
     * @param work       the overlay's work folder, present if upper is
     * @param ids        of the container
     * @param mountPoint a folder; nothing is seen on it outside the thread that mounts
     * @param attached   what is mounted in the container, in order
     * @param forReading whether what is changed through the view is gone with it: then others may have the
     *                   upper folder mounted, too, and this view may see what they change, or miss it
     */
    public record Layers(List<Path> lowers, Optional<Path> upper, Optional<Path> work,
            IdShift ids, Path mountPoint, List<Attached> attached, boolean forReading) {
        public Layers {
            lowers = List.copyOf(lowers);
            attached = List.copyOf(attached);
        }

        /** One whose changes stay. */
        public Layers(List<Path> lowers, Optional<Path> upper, Optional<Path> work, IdShift ids,
                Path mountPoint, List<Attached> attached) {
            this(lowers, upper, work, ids, mountPoint, attached, false);
        }

        /** The merged layers of an image, as they lie on disk. */
        public static Layers ofImage(List<Path> lowers, Path mountPoint) {
            return new Layers(lowers, Optional.empty(), Optional.empty(), IdShift.NONE, mountPoint,
                    List.of());
        }
    }

    /**
     * A file or folder of the host mounted in a container.
     *
     * @param target    in the container; made if it is missing
     * @param recursive with the mounts below it
     */
    public record Attached(Path source, String target, boolean readOnly, boolean recursive) {}

    /** What the process sees as {@code /}, mounts and volumes included. */
    public static RootView ofProcess(int pid) throws IOException {
        return new RootView(openRoot(pid), -1);
    }

    private static int openRoot(int pid) throws SystemCallException {
        return Files.openat(FileFlags.AT_FDCWD, Files.name("/proc/" + pid + "/root"),
                FileFlags.O_PATH | Files.O_DIRECTORY, 0);
    }

    /**
     * The root file system of a process without what is mounted on it.
     *
     * <p>A mount can be cloned only by who is in its namespace. The thread that goes there runs no Java
     * meanwhile, only three system calls of a prepared program: the JVM must never look a file of its own
     * up among a container's.
     */
    public static RootView ofProcessWithoutMounts(int pid) throws IOException {
        return OwnThread.run("clone-root", () -> {
            int root = openRoot(pid);
            int theirs = -1;
            int ours = -1;
            try {
                theirs = openNamespace("/proc/" + pid + "/ns/mnt");
                ours = openNamespace("/proc/thread-self/ns/mnt");
                return new RootView(cloneWithin(root, theirs, ours), -1);
            } finally {
                closeAll(root, theirs, ours);
            }
        });
    }

    private static int openNamespace(String path) throws SystemCallException {
        return Files.openat(FileFlags.AT_FDCWD, Files.name(path), FileFlags.O_RDONLY, 0);
    }

    private static void closeAll(int... descriptors) throws SystemCallException {
        for (int descriptor : descriptors) {
            if (descriptor >= 0) {
                Files.close(descriptor);
            }
        }
    }

    private static int cloneWithin(int root, int theirs, int ours) throws SystemCallException {
        Operand mounts = Operand.flags(CloneFlag.CLONE_NEWNS);
        // A thread that shares its root and working folder may not change namespace.
        Mounts.unshare(CloneFlag.CLONE_FS);
        List<Instruction> program = List.of(
                new Instruction.Call(SystemCall.SETNS, List.of(Operand.number(theirs), mounts),
                        new OnError.Fail("failed"), Optional.empty(), Optional.empty()),
                new Instruction.Call(SystemCall.OPEN_TREE, List.of(Operand.number(root),
                        Operand.text(""), Operand.flags(TreeFlag.OPEN_TREE_CLONE,
                                TreeFlag.OPEN_TREE_CLOEXEC, TreeFlag.AT_EMPTY_PATH)),
                        new OnError.Ignore(), Optional.of(TREE), Optional.empty()),
                new Instruction.Call(SystemCall.SETNS, List.of(Operand.number(ours), mounts),
                        new OnError.Fail("failed"), Optional.empty(), Optional.empty()),
                new Instruction.Label("failed"),
                new Instruction.Return());
        try (Arena arena = Arena.ofConfined()) {
            Stub.Outcome outcome = Stub.run(program, FAILURE, arena);
            if (outcome.failedInstruction() >= 0) {
                throw new SystemCallException("setns", "CLONE_NEWNS", -outcome.result());
            }
            long tree = outcome.slot(TREE);
            if (tree < 0) {
                throw new SystemCallException("open_tree", "the container's root, OPEN_TREE_CLONE",
                        (int) -tree);
            }
            return (int) tree;
        }
    }

    /**
     * The files of a container that does not run, mounted by a thread in a mount namespace of its own:
     * nobody else ever sees the mounts, and they are gone when this is closed, or the daemon is. Unless the
     * view is for reading, nothing else may mount the upper folder meanwhile.
     */
    public static RootView ofLayers(Layers layers) throws IOException {
        return OwnThread.run("mount-root", () -> {
            try (UserNamespaces namespaces = new UserNamespaces()) {
                int users = layers.ids.base() == 0 ? -1 : namespaces.descriptor(
                        new IdRange(layers.ids.base(), layers.ids.size()));
                return mount(layers, users);
            }
        });
    }

    private static RootView mount(Layers layers, int users) throws IOException {
        int ours = openNamespace("/proc/thread-self/ns/mnt");
        int own = -1;
        int folder = -1;
        boolean done = false;
        try {
            Mounts.unshare(CloneFlag.CLONE_NEWNS);
            own = openNamespace("/proc/thread-self/ns/mnt");
            Mounts.mount("none", "/", "none", List.of(MountFlag.MS_REC, MountFlag.MS_PRIVATE), "");
            folder = overlay(layers, users);
            if (layers.ids.base() != 0) {
                FileIdentity.assume(layers.ids.base());
            }
            for (Attached attached : layers.attached) {
                attach(folder, attached, users);
            }
            // From here the descriptors alone keep the mounts: closed, the upper folder is free at once.
            Mounts.enter(ours);
            done = true;
            return new RootView(folder, own);
        } finally {
            Files.close(ours);
            if (!done) {
                closeAll(folder, own);
            }
        }
    }

    private static int overlay(Layers layers, int users) throws IOException {
        String base = layers.mountPoint.toString();
        Mounts.mount("tmpfs", base, "tmpfs", List.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV,
                MountFlag.MS_NOEXEC), "mode=700");
        List<String> names = new ArrayList<>();
        for (Path lower : layers.lowers) {
            String name = Integer.toString(names.size());
            Files.mkdirat(FileFlags.AT_FDCWD, Files.name(base + "/" + name), 0700);
            placeLayer(lower.toString(), base + "/" + name, users);
            names.add(name);
        }
        if (layers.upper.isEmpty() && names.size() == 1) {
            return openPlace(FileFlags.AT_FDCWD, base + "/0");
        }
        String root = base + "/root";
        Files.mkdirat(FileFlags.AT_FDCWD, Files.name(root), 0700);
        if (layers.forReading && layers.upper.isPresent()) {
            names.addFirst(UPPER_LAYER);
            scratch(base, layers.upper.get().toString());
        }
        // Short relative names: mount(2) takes one page of options.
        Mounts.chdir(base);
        String options = "lowerdir=" + String.join(":", names) + ",xino=off"
                + (OwnUserNamespace.isInitial() ? "" : ",userxattr");
        if (layers.forReading && layers.upper.isPresent()) {
            options += ",upperdir=" + base + "/" + SCRATCH + ",workdir=" + base + "/"
                    + SCRATCH_WORK;
        } else if (layers.upper.isPresent()) {
            options += ",upperdir=" + layers.upper.get() + ",workdir=" + layers.work.orElseThrow();
        }
        Mounts.mount("overlay", root, "overlay", List.of(MountFlag.MS_NODEV), options);
        return openPlace(FileFlags.AT_FDCWD, root);
    }

    /** The upper folder as one more layer, and a folder in memory over it that is the same to look at. */
    private static void scratch(String base, String upper) throws SystemCallException {
        for (String name : List.of(UPPER_LAYER, SCRATCH, SCRATCH_WORK)) {
            Files.mkdirat(FileFlags.AT_FDCWD, Files.name(base + "/" + name), 0700);
        }
        placeLayer(upper, base + "/" + UPPER_LAYER, -1);
        FileStatus status = Files.statx(FileFlags.AT_FDCWD, Files.name(upper));
        byte[] scratch = Files.name(base + "/" + SCRATCH);
        Files.fchownat(FileFlags.AT_FDCWD, scratch, status.userId(), status.groupId());
        Files.fchmodat(FileFlags.AT_FDCWD, scratch, status.mode() & 07777);
        Files.utimensat(FileFlags.AT_FDCWD, scratch, status.seconds(), status.nanoseconds());
    }

    private static void placeLayer(String layer, String place, int users)
            throws SystemCallException {
        int tree = Mounts.cloneTree(layer, false);
        int target = -1;
        try {
            if (users >= 0) {
                Mounts.mapOwners(tree, users);
            }
            target = openPlace(FileFlags.AT_FDCWD, place);
            Mounts.place(tree, target);
        } finally {
            closeAll(tree, target);
        }
    }

    private static int openPlace(int folder, String path) throws SystemCallException {
        return Files.openat(folder, Files.name(path), FileFlags.O_PATH, 0);
    }

    private static void attach(int root, Attached attached, int users) throws SystemCallException {
        int tree = Mounts.cloneTree(attached.source.toString(), attached.recursive);
        int target = -1;
        try {
            if (attached.readOnly) {
                Mounts.makeReadOnly(tree);
            }
            if (users >= 0) {
                Mounts.mapOwners(tree, users);
            }
            target = place(root, attached.target,
                    Files.statx(tree, new byte[0]).isDirectory());
            Mounts.place(tree, target);
        } finally {
            closeAll(tree, target);
        }
    }

    /** Opens what is to be mounted on; makes what is missing of the way there, as a start does. */
    private static int place(int root, String path, boolean isFolder) throws SystemCallException {
        int folder = Files.openat(root, Files.name("."), FileFlags.O_PATH | Files.O_DIRECTORY, 0);
        List<String> names = Arrays.stream(path.split("/")).filter(each -> !each.isEmpty()).toList();
        StringBuilder way = new StringBuilder();
        for (int at = 0; at < names.size(); at++) {
            way.append('/').append(names.get(at));
            int next;
            try {
                next = open(root, way.toString(), true);
            } catch (SystemCallException e) {
                if (!e.is(Errno.ENOENT)) {
                    Files.close(folder);
                    throw e;
                }
                make(folder, names.get(at), isFolder || at < names.size() - 1);
                next = open(root, way.toString(), true);
            }
            Files.close(folder);
            folder = next;
        }
        return folder;
    }

    private static void make(int folder, String name, boolean isFolder) throws SystemCallException {
        if (isFolder) {
            Files.mkdirat(folder, Files.name(name), 0755);
        } else {
            Files.mknodat(folder, Files.name(name), FileFlags.S_IFREG | 0644, 0);
        }
    }

    /** The open root, as for {@code openat(2)}. */
    public int folder() {
        return folder;
    }

    /**
     * Opens what a path in the container leads to, as a mere place (O_PATH); the caller closes it.
     *
     * @param follow whether a last part that is a symbolic link is followed
     * @throws SystemCallException ENOENT, ENOTDIR, ELOOP (also for links such as {@code /proc/1/root})
     */
    public int open(String path, boolean follow) throws SystemCallException {
        return open(folder, path, follow);
    }

    private static int open(int root, String path, boolean follow) throws SystemCallException {
        return Files.openat2(root, Files.name(path),
                FileFlags.O_PATH | (follow ? 0 : Files.O_NOFOLLOW), 0, RESOLVE);
    }

    @Override
    public void close() throws IOException {
        closeAll(namespace, folder);
    }
}
