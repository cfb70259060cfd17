package runtime.volume;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.container.ContainerException;
import runtime.container.ContainerVolumes;
import runtime.container.Journal;
import runtime.container.VolumeMounts;
import runtime.files.IdShift;
import runtime.files.RootView;
import runtime.files.TreeArchive;
import runtime.files.TreeCopy;
import runtime.files.UnpackRules;
import runtime.files.Unpacked;

/** The volumes of a node. Safe for use by several threads; all may block. */
public final class VolumeStore implements ContainerVolumes {
    private static final byte[] CONTENT = {'.'};
    private static final int ID_BYTES = 32;

    private final VolumeFiles files;
    private final Path mountPoint;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock filling = new ReentrantLock();
    private final Map<String, Volume> volumes = new TreeMap<>();
    /** Ids of the containers that have a volume. */
    private final Map<String, Set<String>> holders = new TreeMap<>();

    /**
     * Reads what is on disk.
     *
     * @param dataFolder D
     * @param mountPoint a folder that is there; only private mounts are made on it
     * @param random     for names; unpredictable outside tests
     * @param journal    told of volumes that cannot be read
     */
    public VolumeStore(Path dataFolder, Path mountPoint, InstantSource clock,
            RandomGenerator random, Journal journal) throws IOException {
        this.files = new VolumeFiles(dataFolder);
        this.mountPoint = mountPoint;
        this.clock = clock;
        this.random = random;
        files.load(journal).forEach(each -> volumes.put(each.name(), each));
    }

    /**
     * The volume of that name, made if it is not there.
     *
     * @param name empty for one made up
     * @throws ContainerException with reason INVALID_OPTION for what cannot be a name
     */
    public Volume create(String name, Map<String, String> labels)
            throws ContainerException, IOException {
        lock.lock();
        try {
            return made(name, labels, false);
        } finally {
            lock.unlock();
        }
    }

    private Volume made(String wanted, Map<String, String> labels, boolean anonymous)
            throws ContainerException, IOException {
        String name = wanted.isEmpty() ? newName() : wanted;
        Volume known = volumes.get(name);
        if (known != null) {
            return known;
        }
        if (!VolumeMounts.isName(name)) {
            throw new ContainerException(INVALID_OPTION, "\"" + name + "\" cannot be a volume's name:"
                    + " only [a-zA-Z0-9][a-zA-Z0-9_.-]+ is allowed, at most 255 characters");
        }
        Volume volume = new Volume(name, labels, clock.instant(), anonymous, files.files(name));
        files.make(volume);
        volumes.put(name, volume);
        return volume;
    }

    private String newName() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** All, by name. */
    public List<Volume> list() {
        lock.lock();
        try {
            return List.copyOf(volumes.values());
        } finally {
            lock.unlock();
        }
    }

    /** The volume of that name. */
    public Volume get(String name) throws VolumeException {
        lock.lock();
        try {
            Volume volume = volumes.get(name);
            if (volume == null) {
                throw new VolumeException(VolumeException.Reason.NOT_FOUND,
                        "no such volume: " + name, List.of());
            }
            return volume;
        } finally {
            lock.unlock();
        }
    }

    /** Ids of the containers that have it. */
    public Set<String> holders(String name) {
        lock.lock();
        try {
            return Set.copyOf(holders.getOrDefault(name, Set.of()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes a volume with its files.
     *
     * @return the length of its files
     * @throws VolumeException NOT_FOUND; IN_USE
     * @throws IOException     if some files remain: they are out of sight and tried again when the daemon
     *                         starts
     */
    public long remove(String name) throws VolumeException, IOException {
        Path removed;
        long sizeBytes;
        lock.lock();
        try {
            get(name);
            Set<String> users = holders.getOrDefault(name, Set.of());
            if (!users.isEmpty()) {
                throw new VolumeException(VolumeException.Reason.IN_USE,
                        "volume " + name + " is in use", List.copyOf(users));
            }
            sizeBytes = files.sizeBytes(name);
            removed = takeAway(name);
        } finally {
            lock.unlock();
        }
        VolumeFiles.sweep(removed);
        return sizeBytes;
    }

    private Path takeAway(String name) throws IOException {
        Path removed = files.takeAway(name);
        volumes.remove(name);
        holders.remove(name);
        return removed;
    }

    @Override
    public String claim(String containerId, String name) throws ContainerException, IOException {
        lock.lock();
        try {
            Volume volume = made(name, Map.of(), name.isEmpty());
            holders.computeIfAbsent(volume.name(), absent -> new TreeSet<>()).add(containerId);
            return volume.name();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void adopt(String containerId, Set<String> names) {
        lock.lock();
        try {
            names.forEach(name -> holders.computeIfAbsent(name, absent -> new TreeSet<>())
                    .add(containerId));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(String containerId, boolean anonymous) throws IOException {
        List<Path> removed = new ArrayList<>();
        lock.lock();
        try {
            for (String name : List.copyOf(holders.keySet())) {
                Set<String> users = holders.get(name);
                boolean last = users.remove(containerId) && users.isEmpty();
                Volume volume = volumes.get(name);
                if (last && anonymous && volume != null && volume.anonymous()) {
                    removed.add(takeAway(name));
                } else if (last) {
                    holders.remove(name);
                }
            }
        } finally {
            lock.unlock();
        }
        for (Path each : removed) {
            VolumeFiles.sweep(each);
        }
    }

    @Override
    public void fill(String name, List<Path> lowers, String target) throws IOException {
        filling.lock();
        try {
            if (!files.isEmpty(name)) {
                return;
            }
            try (RootView image =
                    RootView.ofLayers(RootView.Layers.ofImage(lowers, mountPoint))) {
                OptionalInt folder = folder(image, target);
                if (folder.isPresent()) {
                    try {
                        fill(name, folder.getAsInt());
                    } finally {
                        Files.close(folder.getAsInt());
                    }
                }
            }
        } finally {
            filling.unlock();
        }
    }

    private static OptionalInt folder(RootView image, String path) throws SystemCallException {
        int file;
        try {
            file = image.open(path, true);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return OptionalInt.empty();
            }
            throw e;
        }
        if (Files.statx(file, new byte[0]).isDirectory()) {
            return OptionalInt.of(file);
        }
        Files.close(file);
        return OptionalInt.empty();
    }

    /** Beside it, then in its place: not where another container has it mounted. */
    private void fill(String name, int source) throws IOException {
        if (holders(name).size() > 1) {
            copy(source, files.files(name));
            return;
        }
        try {
            copy(source, files.startFilling(name));
            files.filled(name);
        } finally {
            files.stopFilling(name);
        }
    }

    private static void copy(int source, Path target) throws IOException {
        int folder = open(target);
        try {
            TreeCopy.content(source, folder);
            Files.syncfs(folder);
        } finally {
            Files.close(folder);
        }
    }

    private static int open(Path folder) throws SystemCallException {
        return Files.openat(FileFlags.AT_FDCWD, Files.name(folder.toString()),
                FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
    }

    /** Writes what is in it as a tar. */
    public void export(String name, OutputStream out) throws VolumeException, IOException {
        int folder = open(get(name).files());
        try (TreeArchive archive = TreeArchive.ofRoot(out, IdShift.NONE)) {
            archive.add(folder, CONTENT);
        } finally {
            Files.close(folder);
        }
    }

    /** Adds what a tar holds; a failure leaves what came before. */
    public Unpacked add(String name, InputStream tar) throws VolumeException, IOException {
        int folder = open(get(name).files());
        try {
            return Unpacked.into(folder, tar, UnpackRules.volume());
        } finally {
            Files.close(folder);
        }
    }
}
