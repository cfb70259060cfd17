package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One life of a host. */
class BootMarkTest {
    @TempDir Path folder;

    @Test
    void anotherKernelOrRunFolderIsAnotherLife() throws Exception {
        Path kernel = Files.writeString(folder.resolve("boot_id"), "k1\n");
        Path run = folder.resolve("run");
        String first = BootMark.of(run, kernel);
        assertEquals(first, BootMark.of(run, kernel));
        Files.writeString(kernel, "k2\n");
        assertNotEquals(first, BootMark.of(run, kernel));
        Files.writeString(kernel, "k1\n");
        Files.delete(run.resolve("boot-mark"));
        assertNotEquals(first, BootMark.of(run, kernel));
        assertTrue(BootMark.of(run).contains("/"), BootMark.of(run));
    }
}
