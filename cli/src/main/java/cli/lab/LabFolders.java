package cli.lab;

import cli.lab.plan.LabDescription;
import cli.lab.plan.LabJson;
import cli.lab.plan.LabNames;
import cli.lab.plan.LabRefusal;
import cli.lab.plan.VirtualHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import overlaynet.ipam.Subnet;
import runtime.container.FolderRemoval;

/**
 * The labs of this machine on disk: a folder each, with a description that is replaced by renaming.
 *
 * @param base the folder of all of them, absolute
 */
record LabFolders(Path base) {
    /** Where labs are unless somebody says otherwise. */
    static final Path USUAL = Path.of("/var/lib/jctl-lab");

    /**
     * Those in that folder, which need not exist. Processes are known by the folder's name, so links in it
     * are followed first: two ways to one folder are one.
     */
    static LabFolders at(Path base) throws IOException {
        Path there = base.toAbsolutePath().normalize();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        return new LabFolders(there.toRealPath().resolve(there.relativize(base.toAbsolutePath().normalize()))
                .normalize());
    }

    /** The names of all labs, of half-made ones too. */
    List<String> names() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        if (Files.isDirectory(base)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(base, Files::isDirectory)) {
                folders.forEach(folder -> names.add(folder.getFileName().toString()));
            }
        }
        return List.copyOf(names);
    }

    boolean exists(String name) {
        return Files.exists(base.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The lab of that name.
     *
     * @throws LabRefusal if there is none, or its description cannot be read
     */
    LabDescription read(String name) throws IOException, LabRefusal {
        LabNames.check(name);
        Path file = base.resolve(name).resolve(LabDescription.FILE);
        if (!exists(name)) {
            throw new LabRefusal("there is no lab " + name + " in " + base + ": make one with `jctl lab cluster"
                    + " --nodes 3" + (name.equals(LabNames.USUAL) ? "" : " --name " + name) + "`");
        }
        if (!Files.exists(file)) {
            throw new LabRefusal("the lab " + name + " was never finished: `jctl lab cluster rm " + name
                    + "` takes away what there is");
        }
        return LabJson.read(Files.readString(file), base.resolve(name));
    }

    /**
     * What there is to remove of a lab; empty if nothing. If its description is gone or broken, its folders and
     * processes tell.
     */
    Optional<LabDescription> remains(String name) throws IOException {
        try {
            return Optional.of(read(name));
        } catch (LabRefusal unreadable) {
            TreeSet<Integer> numbers = new TreeSet<>(HostProcesses.numbers(base.resolve(name)));
            if (exists(name)) {
                try (DirectoryStream<Path> hosts = Files.newDirectoryStream(base.resolve(name))) {
                    hosts.forEach(host -> VirtualHost.number(host.getFileName().toString())
                            .ifPresent(numbers::add));
                }
            } else if (numbers.isEmpty()) {
                return Optional.empty();
            }
            // No address is asked for when something is removed: any subnet does that has room.
            Subnet any = Subnet.parse("10.89.0.0/16");
            List<VirtualHost> hosts = numbers.stream()
                    .map(number -> new VirtualHost(number, any.at(number), List.of(), false)).toList();
            return Optional.of(new LabDescription(name, base.resolve(name), any, hosts, List.of()));
        }
    }

    /** Replaces a lab's description, or makes its folder with the first. */
    void write(LabDescription lab) throws IOException {
        Files.createDirectories(lab.folder());
        Path file = lab.folder().resolve(LabDescription.FILE);
        Path next = lab.folder().resolve(LabDescription.FILE + ".next");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(LabJson.write(lab).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a lab's folder, and the folder of all labs with the last of them. */
    void delete(LabDescription lab) throws IOException {
        FolderRemoval.remove(lab.folder());
        try {
            Files.deleteIfExists(base);
        } catch (DirectoryNotEmptyException others) {
            return; // other labs, or what a user keeps there
        }
    }
}
