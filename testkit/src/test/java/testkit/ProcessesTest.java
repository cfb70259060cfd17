package testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    @TempDir
    private Path folder;

    @Test
    void givesExitCodeAndOutput() throws Exception {
        var result = new Processes().run(folder, List.of("sh", "-c", "pwd; echo no >&2; exit 3"));
        assertEquals(new Processes.Result(3, folder.toRealPath() + "\nno\n"), result);
    }

    @Test
    void endsWhatWasStartedAndItsChildren() throws Exception {
        Processes processes = new Processes();
        Process process = processes.start(
                new ProcessBuilder("sh", "-c", "sleep 1000 & echo; wait"));
        process.getInputStream().read(); // the child is there
        List<ProcessHandle> all = process.descendants().toList();
        assertEquals(1, all.size());
        processes.afterEach(null);
        assertFalse(process.isAlive());
        for (ProcessHandle child : all) {
            child.onExit().join();
        }
        assertTrue(process.descendants().toList().isEmpty());
    }
}
