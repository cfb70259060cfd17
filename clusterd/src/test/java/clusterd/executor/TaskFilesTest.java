package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.session.Assignment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that tasks are given. */
class TaskFilesTest {
    private static final Path MEMORY = Path.of("/dev/shm");
    @TempDir Path folder;

    private static Assignment task() {
        return Agent.task("t1", Agent.sleep()).with(List.of(Agent.secret("s", "key"), Agent.config("c", "x")));
    }

    @Test
    void aRunFolderInMemoryTakesBoth() throws Exception {
        Path run = Files.createTempDirectory(MEMORY, "task-files");
        try {
            TaskFiles files = TaskFiles.open(run, folder);
            files.write(task(), true);
            assertEquals(List.of(run.resolve("tasks/t1/0"), run.resolve("tasks/t1/1")), files.paths(task()));
            assertTrue(files.hasSecrets(task()));
            files.write(task(), false);
            files.removeAllBut(Set.of());
            assertFalse(files.hasSecrets(task()));
            files.removeIfEmpty();
            assertFalse(Files.exists(run.resolve("tasks")));
        } finally {
            Files.deleteIfExists(run.resolve("tasks"));
            Files.deleteIfExists(run);
        }
    }

    @Test
    void aSecretThatIsNotKnownIsNotMadeUp() throws Exception {
        TaskFiles files = TaskFiles.open(folder, MEMORY);
        try {
            IOException unknown = assertThrows(IOException.class, () -> files.write(task(), false));
            assertTrue(unknown.getMessage().contains("secret s"), unknown.getMessage());
            assertFalse(files.hasSecrets(task()));
        } finally {
            files.removeAllBut(Set.of());
            files.removeIfEmpty();
        }
    }

    @Test
    void withoutMemoryNothingIsOpened() {
        IOException refused = assertThrows(IOException.class,
                () -> TaskFiles.open(folder.resolve("run"), folder));
        assertTrue(refused.getMessage().contains("tmpfs"), refused.getMessage());
    }

    @Test
    void aFolderThatOthersCanOpenIsRefused() throws Exception {
        Path tasks = Files.createDirectories(folder.resolve("tasks"));
        Files.setPosixFilePermissions(tasks, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThrows(IOException.class, () -> TaskFiles.open(folder, MEMORY));
        Files.delete(tasks);
        Files.createSymbolicLink(tasks, folder);
        assertThrows(IOException.class, () -> TaskFiles.open(folder, MEMORY));
    }
}
