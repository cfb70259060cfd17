package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cli.command.HostCheck.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCheckTest {
    @TempDir Path root;

    private HostCheck kernel(String release) throws Exception {
        Path folder = Files.createDirectories(root.resolve("proc/sys/kernel"));
        Files.writeString(folder.resolve("osrelease"), release + "\n");
        return HostCheck.all(root).stream().filter(check -> check.name().equals("kernel"))
                .findFirst().orElseThrow();
    }

    @Test
    void theKernelsVersionSaysWhatUserNamespacesCanDo() throws Exception {
        assertEquals(Verdict.MISSING, kernel("5.10.0-30-amd64").verdict());
        assertTrue(kernel("5.15.0-100-generic").remedy().contains("--userns host"));
        assertTrue(kernel("6.1.0-56-amd64").remedy().contains("tmpfs"));
        assertEquals(Verdict.GOOD, kernel("6.3.0").verdict());
        assertEquals(Verdict.GOOD, kernel("6.18.44").verdict());
        assertEquals(Verdict.GOOD, kernel("7.0.1").verdict());
    }
}
