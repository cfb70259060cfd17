package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What survives. */
class AssignmentStoreTest {
    @TempDir Path folder;
    private AssignmentStore store;

    @BeforeEach
    void open() throws Exception {
        store = AssignmentStore.open(folder.resolve("tasks"));
    }

    private static StoredTask task(String id) {
        return new StoredTask(Agent.task(id, Agent.sleep()).with(List.of(Agent.secret("s", "key"),
                Agent.config("c", "x"))), new TaskStatus(TaskState.FAILED, 5, "exit code 3", "0abc",
                        OptionalInt.of(3)), "boot");
    }

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        store.save(task("t1"));
        store.save(task("t2"));
        store.save(task("t1"));
        store.remove(new TaskId("t2"));
        store.remove(new TaskId("t2"));
        AssignmentStore.Found found = store.load();
        assertEquals(List.of(task("t1")), found.tasks());
        assertEquals(List.of(), found.problems());
        assertEquals("rw-------", Found.mode(folder.resolve("tasks/t1.task")));
        assertEquals("rwx------", Found.mode(folder.resolve("tasks")));
    }

    @Test
    void secretsLoseTheirBytesAndConfigurationsDoNot() {
        StoredTask stored = task("t1");
        assertEquals(0, stored.assignment().files().getFirst().data().length);
        assertEquals(1, stored.assignment().files().getLast().data().length);
    }

    @Test
    void everyCutAndEveryFlippedByteIsFound() throws Exception {
        store.save(task("t1"));
        Path file = folder.resolve("tasks/t1.task");
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            byte[] flipped = good.clone();
            flipped[at] ^= 0x10;
            assertProblem(file, flipped);
            assertProblem(file, Arrays.copyOf(good, at));
        }
    }

    private void assertProblem(Path file, byte[] bytes) throws Exception {
        Files.write(file, bytes);
        AssignmentStore.Found found = store.load();
        assertEquals(List.of(), found.tasks());
        assertEquals(1, found.problems().size());
        assertTrue(found.problems().getFirst().startsWith(file.toString()), found.problems().getFirst());
        assertEquals(List.of(), store.load().problems());
    }

    @Test
    void aFileUnderAnothersNameIsRefused() throws Exception {
        store.save(task("t1"));
        Files.move(folder.resolve("tasks/t1.task"), folder.resolve("tasks/t2.task"));
        assertEquals(1, store.load().problems().size());
    }

    @Test
    void aWriteThatDidNotEndIsForgotten() throws Exception {
        store.save(task("t1"));
        Files.write(folder.resolve("tasks/t1.task.new"), new byte[3]);
        assertEquals(new AssignmentStore.Found(List.of(task("t1")), List.of()), store.load());
        assertEquals(List.of("t1.task"), Found.filesBelow(folder));
    }
}
