package runtime.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import runtime.container.DurableFile;
import runtime.container.Journal;
import runtime.container.RecordJson;

/** Who has which device, a file for each container; what was written is on the disk before the call returns. */
final class AllotmentFolder {
    private final Path folder;

    private AllotmentFolder(Path folder) {
        this.folder = folder;
    }

    static AllotmentFolder open(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new AllotmentFolder(folder);
    }

    /** All there are, by owner. A file that cannot be read is nobody's: its plug-in is told who lives, and takes back the rest. */
    Map<String, Allotment> read(Journal journal) throws IOException {
        Map<String, Allotment> all = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (file.toString().endsWith(DurableFile.TEMPORARY_SUFFIX)) {
                    Files.delete(file);
                    continue;
                }
                try {
                    Allotment allotment = RecordJson.read(Files.readAllBytes(file), Allotment.class);
                    all.put(allotment.owner(), allotment);
                } catch (IOException | RuntimeException damaged) {
                    journal.say(file + " cannot be read, and is removed: " + damaged.getMessage());
                    Files.delete(file);
                }
            }
        }
        return all;
    }

    void write(Allotment allotment) throws IOException {
        DurableFile.write(folder.resolve(allotment.owner()), RecordJson.write(allotment));
    }

    void remove(String owner) throws IOException {
        Files.deleteIfExists(folder.resolve(owner));
    }
}
