package clusterd.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Tells one life of a host from the next. The kernel's boot id alone does not: virtual hosts of one machine share
 * it. What a reboot takes away is the run folder, or the kernel, or both.
 */
public final class BootMark {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FILE = "boot-mark";

    private BootMark() {
    }

    /**
     * The same as long as neither the kernel nor the run folder is another.
     *
     * @param run the agent's; a file is made there if there is none
     * @throws IOException if the folder cannot be written, or the kernel has no boot id
     */
    public static String of(Path run) throws IOException {
        return of(run, KERNEL);
    }

    static String of(Path run, Path kernel) throws IOException {
        Files.createDirectories(run);
        Path file = run.resolve(FILE);
        String mark;
        try {
            mark = Files.readString(file).strip();
        } catch (NoSuchFileException first) {
            mark = UUID.randomUUID().toString();
            Path next = run.resolve(FILE + ".new");
            Files.writeString(next, mark + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(kernel).strip() + "/" + mark;
    }
}
