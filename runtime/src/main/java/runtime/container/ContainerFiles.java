package runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The containers of a data folder as files. A container exists once its record is in place, which is
 * written last; it is gone once its folder is renamed away. So a crash at any instant leaves it old, new
 * or absent, and {@link #load} clears what is left over.
 */
public final class ContainerFiles {
    private static final String REMOVED_PREFIX = ".removed-";
    private final Path containers;
    private final Path quarantine;
    private final Path run;

    /**
     * @param dataFolder D
     * @param runFolder  R
     */
    public ContainerFiles(Path dataFolder, Path runFolder) throws IOException {
        this.containers = dataFolder.resolve("containers");
        this.quarantine = dataFolder.resolve("quarantine");
        this.run = runFolder.resolve("containers");
        Files.createDirectories(containers);
        Files.createDirectories(run);
    }

    /** Where a container's files are or would be. */
    public ContainerFolders folders(String id) {
        return new ContainerFolders(containers.resolve(id), run.resolve(id));
    }

    /** Holds the run folders of all containers. */
    public Path runFolders() {
        return run;
    }

    /**
     * Makes the record's folder visible as a container: the last act of creating it.
     *
     * @throws IOException if it could not be; the container does not exist then
     */
    public void commit(ContainerRecord record) throws IOException {
        save(record);
        if (!record.options().autoRemove()) {
            DurableFile.syncFolder(containers);
        }
    }

    /** Replaces the record. */
    public void save(ContainerRecord record) throws IOException {
        ContainerFolders folders = folders(record.id());
        byte[] text = RecordJson.write(record);
        if (record.options().autoRemove()) {
            DurableFile.writeTransient(folders.transientState(), text);
        } else {
            DurableFile.write(folders.state(), text);
        }
    }

    /** Writes the OCI spec, before the record. */
    public void saveSpec(ContainerRecord record, byte[] spec) throws IOException {
        Path file = folders(record.id()).spec();
        if (record.options().autoRemove()) {
            DurableFile.writeTransient(file, spec);
        } else {
            DurableFile.write(file, spec);
        }
    }

    /**
     * Removes all files of a container.
     *
     * @throws IOException if some could not be removed: they are out of sight and tried again at the next
     *     start of the daemon
     */
    public void remove(ContainerRecord record) throws IOException {
        Path folder = folders(record.id()).data();
        Path removed = containers.resolve(REMOVED_PREFIX + record.id());
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(folder, removed, StandardCopyOption.ATOMIC_MOVE);
        }
        if (!record.options().autoRemove()) {
            DurableFile.syncFolder(containers);
        }
        FolderRemoval.remove(removed);
    }

    /**
     * What was found at start-up.
     *
     * @param records  the containers
     * @param warnings what was repaired or set aside, a sentence each
     */
    public record Found(List<ContainerRecord> records, List<String> warnings) {}

    /**
     * Reads every container, removes what a crash left half made or half removed, and sets aside what
     * cannot be read: its folder is moved to {@code D/quarantine}, where nothing is lost.
     */
    public Found load() throws IOException {
        List<ContainerRecord> records = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Content content : entries(containers).parallelStream().map(this::look).toList()) {
            ContainerFolders folders = folders(content.entry.getFileName().toString());
            try {
                if (!content.leftover.isEmpty()) {
                    removeLeftover(content.entry, content.leftover, warnings);
                    continue;
                }
                ContainerRecord record = content.record();
                if (!names.add(record.name())) {
                    throw new IOException("another container is named " + record.name());
                }
                deleteTemporaries(folders.data());
                records.add(record);
            } catch (IOException broken) {
                setAside(folders, String.valueOf(broken.getMessage()), warnings);
            }
        }
        return new Found(records, warnings);
    }

    /**
     * What a container's folder holds.
     *
     * @param leftover what it is, if it is to go; else empty
     * @param read     its record, or why that cannot be read
     */
    private record Content(Path entry, String leftover, Optional<ContainerRecord> read,
            Optional<IOException> broken) {

        ContainerRecord record() throws IOException {
            if (broken.isPresent()) {
                throw broken.get();
            }
            return read.orElseThrow();
        }
    }

    private Content look(Path entry) {
        String name = entry.getFileName().toString();
        if (name.startsWith(REMOVED_PREFIX)) {
            return new Content(entry, "half removed", Optional.empty(), Optional.empty());
        }
        ContainerFolders folders = folders(name);
        try {
            return isHalfMade(folders)
                    ? new Content(entry, "half made", Optional.empty(), Optional.empty())
                    : new Content(entry, "", Optional.of(read(folders, name)), Optional.empty());
        } catch (IOException broken) {
            return new Content(entry, "", Optional.empty(), Optional.of(broken));
        }
    }

    /** No record yet, and nothing the container's program could have written. */
    private static boolean isHalfMade(ContainerFolders folders) throws IOException {
        return Files.isDirectory(folders.data(), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(folders.state(), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(folders.transientState(), LinkOption.NOFOLLOW_LINKS)
                && (Files.exists(folders.unwrittenMark(), LinkOption.NOFOLLOW_LINKS)
                        || !Files.isDirectory(folders.upper())
                        || entries(folders.upper()).isEmpty());
    }

    private static ContainerRecord read(ContainerFolders folders, String id) throws IOException {
        boolean lasting = Files.exists(folders.state(), LinkOption.NOFOLLOW_LINKS);
        Path file = lasting ? folders.state() : folders.transientState();
        ContainerRecord record;
        try {
            record = RecordJson.read(Files.readAllBytes(file), ContainerRecord.class);
        } catch (IOException broken) {
            throw new IOException(file.getFileName() + ": " + broken.getMessage(), broken);
        }
        if (!record.id().equals(id)) {
            throw new IOException(file.getFileName() + " is of container " + record.id());
        }
        if (record.options().autoRemove() == lasting) {
            throw new IOException(file.getFileName() + " is of another kind of container");
        }
        return record;
    }

    private static void deleteTemporaries(Path folder) throws IOException {
        for (Path entry : entries(folder)) {
            if (entry.getFileName().toString().endsWith(DurableFile.TEMPORARY_SUFFIX)) {
                Files.delete(entry);
            }
        }
    }

    private void setAside(ContainerFolders folders, String why, List<String> warnings) {
        Path entry = folders.data();
        if (Files.exists(folders.transientState(), LinkOption.NOFOLLOW_LINKS)) {
            removeLeftover(entry, "of a container with --rm that cannot be read (" + why + ")",
                    warnings);
            return;
        }
        String broken = "container " + entry.getFileName() + " cannot be read (" + why + "); ";
        try {
            Files.createDirectories(quarantine);
            Path target = quarantine.resolve(entry.getFileName());
            for (int number = 1; Files.exists(target, LinkOption.NOFOLLOW_LINKS); number++) {
                target = quarantine.resolve(entry.getFileName() + "." + number);
            }
            Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
            warnings.add(broken + "its files are kept in " + target);
        } catch (IOException failure) {
            warnings.add(broken + "and cannot be moved to " + quarantine + ": " + failure);
        }
    }

    private static void removeLeftover(Path entry, String what, List<String> warnings) {
        try {
            FolderRemoval.remove(entry);
            warnings.add("removed " + entry + ", which was " + what);
        } catch (IOException failure) {
            warnings.add(entry + " is " + what + " and cannot be removed: " + failure);
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        return entries;
    }
}
