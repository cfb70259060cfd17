package runtime.oci;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.FileFlags;
import linux.abi.MountFlag;
import linux.syscall.Descriptors;
import linux.syscall.Mounts;
import linux.syscall.SystemCallException;
import runtime.spec.ContainerSpec;
import runtime.spec.Mount;

/**
 * tmpfs mounts that begin with what the root file system has in their place: the option
 * {@code tmpcopyup}, which is no file system's, but runc's and crun's, and podman's usual one. Each is
 * mounted in the state folder, filled, and shown to the container as a bind mount; once the container has
 * it, nothing of it is left on the host.
 */
final class PopulatedMounts implements AutoCloseable {
    private static final String OPTION = "tmpcopyup";
    private static final Set<String> FLAGS = Set.of("ro", "rw", "nosuid", "suid", "nodev", "dev",
            "noexec", "exec", "noatime", "relatime", "strictatime", "private", "rprivate", "slave",
            "rslave", "shared", "rshared");

    private final List<Path> mounted = new ArrayList<>();

    /** The spec with these mounts in place of those that were asked for. */
    ContainerSpec apply(ContainerSpec spec, Path stateFolder) throws OciException, IOException {
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : spec.mounts()) {
            if (!mount.options().contains(OPTION)) {
                mounts.add(mount);
                continue;
            }
            if (mount.type().filter("tmpfs"::equals).isEmpty()) {
                throw new OciException("mount " + mount.destination() + ": " + OPTION
                        + " is an option of tmpfs only");
            }
            mounts.add(populated(mount, Path.of(spec.root().path()), stateFolder));
        }
        return new ContainerSpec(spec.ociVersion(), spec.process(), spec.root(), spec.hostname(),
                spec.domainname(), mounts, spec.hooks(), spec.annotations(), spec.linux());
    }

    private Mount populated(Mount mount, Path root, Path stateFolder) throws IOException {
        Path folder = Files.createDirectory(stateFolder.resolve("tmpfs-" + mounted.size()));
        List<String> data = new ArrayList<>(mount.options());
        data.removeAll(FLAGS);
        data.remove(OPTION);
        Mounts.mount("tmpfs", folder.toString(), "tmpfs", List.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV),
                String.join(",", data));
        mounted.add(folder);
        copy(root, mount.destination(), folder);
        List<String> options = new ArrayList<>(mount.options());
        options.retainAll(FLAGS);
        options.add("bind");
        return new Mount(mount.destination(), Optional.of("bind"), Optional.of(folder.toString()),
                options, List.of(), List.of());
    }

    private static void copy(Path root, String destination, Path to) throws IOException {
        int rootFolder = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.toString()),
                FileFlags.O_PATH | linux.syscall.Files.O_DIRECTORY, 0);
        int from;
        try {
            // No link of the image leads out of it.
            from = linux.syscall.Files.openat2(rootFolder, linux.syscall.Files.name(destination),
                    FileFlags.O_RDONLY | linux.syscall.Files.O_DIRECTORY, 0,
                    FileFlags.RESOLVE_IN_ROOT | FileFlags.RESOLVE_NO_MAGICLINKS);
        } catch (SystemCallException absent) {
            return; // nothing there to begin with
        } finally {
            Descriptors.close(rootFolder);
        }
        try {
            Path source = Path.of("/proc/self/fd", Integer.toString(from)).toRealPath();
            Files.walkFileTree(source, new Copying(source, to));
        } finally {
            Descriptors.close(from);
        }
    }

    private static final class Copying extends SimpleFileVisitor<Path> {
        private final Path from;
        private final Path to;

        private Copying(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
            if (!folder.equals(from)) {
                copyOne(folder);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            copyOne(file);
            return FileVisitResult.CONTINUE;
        }

        private void copyOne(Path file) throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)), LinkOption.NOFOLLOW_LINKS,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** The host lets go of them; whoever has them keeps them. */
    @Override
    public void close() throws IOException {
        for (Path folder : mounted) {
            Mounts.detach(folder.toString());
            Files.delete(folder);
        }
        mounted.clear();
    }
}
