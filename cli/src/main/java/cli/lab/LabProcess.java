package cli.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.proc.ProcessStatus;

/**
 * A process of this machine as {@code /proc} tells it.
 *
 * @param pid          as this process's pid namespace has it
 * @param innerPid     as its own has it
 * @param depth        in how many nested pid namespaces it has a number, this process's being the first
 * @param words        its command line
 * @param pidNamespace the name of its pid namespace; empty if it is a zombie or was gone
 * @param stopped      whether a signal stopped it
 * @param residentBytes memory it has in use, shared pages counted in full
 */
record LabProcess(int pid, int innerPid, int depth, List<String> words, String pidNamespace, boolean stopped,
        long residentBytes) {
    private static final Path PROC = Path.of("/proc");
    private static final long KILOBYTE = 1024;

    /** Every process of root's. */
    static List<LabProcess> all() throws IOException {
        List<LabProcess> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                read(folder).ifPresent(found::add);
            }
        }
        return found;
    }

    /** One of them; empty if it is gone, a zombie or somebody else's. */
    static Optional<LabProcess> of(int pid) {
        return read(PROC.resolve(Integer.toString(pid)));
    }

    private static Optional<LabProcess> read(Path folder) {
        try {
            ProcessStatus status = ProcessStatus.parse(Files.readString(folder.resolve("status")));
            String state = status.values().getOrDefault("State", "");
            if (state.startsWith("Z") || state.startsWith("X") || status.userIds().getFirst() != 0) {
                return Optional.empty();
            }
            String[] numbers = status.values().getOrDefault("NSpid", "").split("\\s+");
            String line = new String(Files.readAllBytes(folder.resolve("cmdline")), StandardCharsets.UTF_8);
            String resident = status.values().getOrDefault("VmRSS", "0 kB").split("\\s+")[0];
            return Optional.of(new LabProcess(Integer.parseInt(folder.getFileName().toString()),
                    Integer.parseInt(numbers[numbers.length - 1]), numbers.length, List.of(line.split("\0")),
                    Files.readSymbolicLink(folder.resolve("ns/pid")).toString(), state.startsWith("T"),
                    Long.parseLong(resident) * KILOBYTE));
        } catch (IOException | NumberFormatException gone) {
            return Optional.empty(); // in this very moment
        }
    }
}
