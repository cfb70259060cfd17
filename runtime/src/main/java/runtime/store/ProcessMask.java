package runtime.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The permission bits this process cannot give a file when making it ({@code umask(2)}). */
final class ProcessMask {
    private static final int ALL = 0777;

    /** Read once: nothing in this program changes it. */
    static final int UMASK = read();

    private ProcessMask() {
    }

    private static int read() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("Umask:"))
                    .map(line -> Integer.parseInt(line.substring(6).strip(), 8))
                    // Kernels before 4.7 do not tell: as if nothing could be given.
                    .findFirst().orElse(ALL);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/self/status", e);
        }
    }
}
