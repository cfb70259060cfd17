package runtime.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import linux.abi.FileFlags;
import linux.syscall.Files;
import runtime.container.ContainerException;
import runtime.container.ContainerFolders;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.files.IdShift;
import runtime.files.LayerDiff;
import runtime.files.RootView;
import runtime.launch.Launched;
import runtime.spec.ContainerSpec;
import runtime.spec.Mount;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;

/** Containers' files, opened the way their state asks for. */
final class ContainerViews {
    /** Ids a container's user namespace spans. */
    private static final long RANGE_SIZE = 65_536;

    private final Containers containers;
    private final Path mountPoint;

    /** @param mountPoint a folder that is there; only private mounts are made on it */
    ContainerViews(Containers containers, Path mountPoint) {
        this.containers = containers;
        this.mountPoint = mountPoint;
    }

    /** Owners inside and outside of a container. */
    static IdShift ids(ContainerRecord record) {
        return record.userRange().isEmpty() ? IdShift.NONE
                : new IdShift(record.userRange().getAsLong(), RANGE_SIZE);
    }

    /** Something done with an open root. */
    @FunctionalInterface
    interface ViewUse<T> {
        T with(ContainerRecord record, RootView view) throws Exception;
    }

    /**
     * What the container sees, its mounts and volumes included, to read from: it may be started and removed
     * meanwhile, since whoever reads may be slow.
     */
    <T> T view(String container, ViewUse<T> use) throws Exception {
        return containers.readFiles(container, (record, folders, process) -> {
            try (RootView view = process.isPresent()
                    ? alive(record, process.get(), RootView::ofProcess)
                    : RootView.ofLayers(layers(record, folders, attached(record, folders), true))) {
                return use.with(record, view);
            }
        });
    }

    /** The same to write to: one that does not run is neither started nor removed meanwhile. */
    <T> T writableView(String container, ViewUse<T> use) throws Exception {
        return containers.writeFiles(container, (record, folders, process) -> {
            try (RootView view = process.isPresent()
                    ? alive(record, process.get(), RootView::ofProcess)
                    : RootView.ofLayers(layers(record, folders, attached(record, folders), false))) {
                return use.with(record, view);
            }
        });
    }

    /** Its root file system without mounts, to read from. */
    <T> T bare(String container, ViewUse<T> use) throws Exception {
        return containers.readFiles(container, (record, folders, process) -> {
            try (RootView view = process.isPresent()
                    ? alive(record, process.get(), RootView::ofProcessWithoutMounts)
                    : RootView.ofLayers(layers(record, folders, List.of(), true))) {
                return use.with(record, view);
            }
        });
    }

    private interface Opening {
        RootView open(int pid) throws IOException;
    }

    private static RootView alive(ContainerRecord record, Launched process, Opening opening)
            throws IOException, ContainerException {
        RootView view;
        try {
            view = opening.open(process.pid());
        } catch (IOException e) {
            if (process.signal(0)) {
                throw e;
            }
            throw ended(record);
        }
        // Only of a process that still is can one say that its number was its own meanwhile.
        if (!process.signal(0)) {
            view.close();
            throw ended(record);
        }
        return view;
    }

    private static ContainerException ended(ContainerRecord record) {
        return new ContainerException(ContainerException.Reason.NOT_RUNNING, "container "
                + record.name() + " has just ended; try again");
    }

    private RootView.Layers layers(ContainerRecord record, ContainerFolders folders,
            List<RootView.Attached> attached, boolean forReading) {
        return new RootView.Layers(lowers(record), Optional.of(folders.upper()),
                Optional.of(folders.work()), ids(record), mountPoint, attached, forReading);
    }

    private static List<Path> lowers(ContainerRecord record) {
        return record.lowerFolders().stream().map(Path::of).toList();
    }

    /** The host's files and volumes it will see when it runs. */
    private static List<RootView.Attached> attached(ContainerRecord record,
            ContainerFolders folders) throws IOException {
        Set<String> wanted = record.options().mounts().stream()
                .filter(mount -> mount.kind().isOnDisk())
                .map(ContainerOptions.MountOption::target).collect(Collectors.toSet());
        List<RootView.Attached> attached = new ArrayList<>();
        if (wanted.isEmpty()) {
            return attached;
        }
        for (Mount mount : spec(folders).mounts()) {
            if (mount.isBind() && wanted.contains(mount.destination())) {
                attached.add(new RootView.Attached(Path.of(mount.source().orElseThrow()),
                        mount.destination(), mount.options().contains("ro"),
                        mount.options().contains("rbind")));
            }
        }
        return attached;
    }

    private static ContainerSpec spec(ContainerFolders folders) throws IOException {
        try {
            return SpecParser.parse(java.nio.file.Files.readString(folders.spec()));
        } catch (SpecException damaged) {
            throw new IOException(folders.spec() + " is damaged: " + damaged.getMessage(), damaged);
        }
    }

    /** Something done with what a container changed. */
    @FunctionalInterface
    interface UpperUse<T> {
        T with(ContainerRecord record, int upper, LayerDiff diff) throws Exception;
    }

    /** What it changed, and how to tell that from its image. */
    <T> T upper(String container, UpperUse<T> use) throws Exception {
        return containers.withFiles(container, (record, folders, process) -> {
            Set<String> mountPoints = spec(folders).mounts().stream().map(Mount::destination)
                    .collect(Collectors.toSet());
            int upper = Files.openat(FileFlags.AT_FDCWD, Files.name(folders.upper().toString()),
                    FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
            try (RootView lower = RootView.ofLayers(
                    RootView.Layers.ofImage(lowers(record), mountPoint))) {
                return use.with(record, upper,
                        new LayerDiff(lower.folder(), ids(record), mountPoints));
            } finally {
                Files.close(upper);
            }
        });
    }
}
