package runtime.container;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import runtime.spec.Device;

/** Finds the host's files of devices that are given by number, for an agent that can make none ({@code mknod(2)}). */
final class DeviceSearch {
    private static final Path FOLDER = Path.of("/dev");
    private static final int DEPTH = 4;

    private DeviceSearch() {}

    /** The host's file of each, by the path it is to have; one that the host has not is left out. */
    static Map<String, String> files(List<Device> devices) throws IOException {
        Map<String, String> found = new HashMap<>();
        for (Device device : devices) {
            if (is(Path.of(device.path()), device)) {
                found.put(device.path(), device.path());
                continue;
            }
            Search search = new Search(device);
            Files.walkFileTree(FOLDER, Set.of(), DEPTH, search);
            search.file.ifPresent(file -> found.put(device.path(), file.toString()));
        }
        return found;
    }

    /** Looks past what it may not see. */
    private static final class Search extends SimpleFileVisitor<Path> {
        private final Device device;
        private Optional<Path> file = Optional.empty();

        private Search(Device device) {
            this.device = device;
        }

        @Override
        public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
            if (attributes.isOther() && is(each, device)) {
                file = Optional.of(each);
                return FileVisitResult.TERMINATE;
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path each, IOException closed) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path each, IOException cut) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean is(Path file, Device device) {
        try {
            HostDevice there = HostDevice.at(file.toString());
            return there.isBlock() == (device.type() == Device.Type.BLOCK)
                    && there.major() == device.major().orElse(-1)
                    && there.minor() == device.minor().orElse(-1);
        } catch (ContainerException none) {
            return false;
        }
    }
}
