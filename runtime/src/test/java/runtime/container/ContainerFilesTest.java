package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerFilesTest {
    @TempDir Path temporary;
    private ContainerFiles files;
    private final ContainerRecord record = Samples.created(Samples.ID, "web", "{\"image\":\"i\"}");

    @BeforeEach
    void open() throws IOException {
        files = new ContainerFiles(temporary.resolve("data"), temporary.resolve("run"));
    }

    private ContainerFolders make(ContainerRecord each) throws IOException {
        ContainerFolders folders = files.folders(each.id());
        Files.createDirectories(folders.upper());
        files.saveSpec(each, "{}".getBytes(StandardCharsets.UTF_8));
        files.commit(each);
        return folders;
    }

    @Test
    void aSavedContainerIsFoundAgain() throws IOException {
        make(record);
        ContainerRecord running = record.running(Samples.run(5));
        files.save(running);
        assertEquals(new ContainerFiles.Found(List.of(running), List.of()), files.load());
        files.remove(running);
        assertEquals(new ContainerFiles.Found(List.of(), List.of()), files.load());
    }

    @Test
    void aStateFileCutOrDamagedAtAnyByteNeverStopsTheDaemon() throws IOException {
        ContainerRecord running = record.running(Samples.run(5));
        byte[] whole = RecordJson.write(running);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x15;
            for (byte[] damaged : List.of(Arrays.copyOf(whole, at), flipped)) {
                ContainerFolders folders = make(running);
                Files.write(folders.state(), damaged);
                ContainerFiles.Found found = files.load();
                if (found.records().isEmpty()) {
                    assertEquals(1, found.warnings().size());
                    assertTrue(found.warnings().getFirst().contains(temporary + "/data/quarantine/"),
                            found.warnings().getFirst());
                    assertFalse(Files.exists(folders.data()));
                } else {
                    // A damaged string may still be a believable one.
                    assertEquals(running.id(), found.records().getFirst().id());
                    FolderRemoval.remove(folders.data());
                }
            }
        }
        FolderRemoval.remove(temporary.resolve("data/quarantine"));
    }

    @Test
    void aCrashWhileSavingLeavesTheOldState() throws IOException {
        ContainerFolders folders = make(record);
        byte[] next = RecordJson.write(record.running(Samples.run(5)));
        for (int at = 0; at <= next.length; at += 7) {
            Path unfinished = folders.data().resolve("state.json.tmp");
            Files.write(unfinished, Arrays.copyOf(next, at));
            assertEquals(new ContainerFiles.Found(List.of(record), List.of()), files.load());
            assertFalse(Files.exists(unfinished));
        }
    }

    @Test
    void halfMadeAndHalfRemovedContainersGo() throws IOException {
        ContainerFolders folders = files.folders(Samples.ID);
        Files.createDirectories(folders.upper());
        Files.writeString(folders.spec(), "{}");
        Path removed = folders.data().resolveSibling(".removed-" + "1".repeat(64));
        Files.createDirectories(removed.resolve("upper/etc"));
        ContainerFiles.Found found = files.load();
        assertEquals(List.of(), found.records());
        assertEquals(2, found.warnings().size());
        assertFalse(Files.exists(folders.data()) || Files.exists(removed));
    }

    @Test
    void filesOfAContainerWithoutStateAreKept() throws IOException {
        ContainerFolders folders = make(record);
        Files.writeString(folders.upper().resolve("precious"), "data");
        Files.delete(folders.state());
        assertEquals(List.of(), files.load().records());
        assertEquals("data", Files.readString(
                temporary.resolve("data/quarantine").resolve(Samples.ID).resolve("upper/precious")));
    }

    @Test
    void aDamagedContainerWithRmIsRemoved() throws IOException {
        ContainerRecord passing =
                Samples.created(Samples.ID, "web", "{\"image\":\"i\",\"autoRemove\":true}");
        ContainerFolders folders = make(passing);
        assertEquals(List.of(passing), files.load().records());
        Files.write(folders.transientState(), new byte[0]);
        assertEquals(List.of(), files.load().records());
        assertFalse(Files.exists(folders.data()));
        assertFalse(Files.exists(temporary.resolve("data/quarantine")));
    }

    @Test
    void strangersAndDuplicatesAreSetAside() throws IOException {
        make(record);
        make(Samples.created("f".repeat(64), "web", "{\"image\":\"i\"}"));
        Files.writeString(temporary.resolve("data/containers/note.txt"), "hello");
        ContainerFiles.Found found = files.load();
        assertEquals(1, found.records().size());
        assertEquals(2, found.warnings().size());
    }

    @Test
    void aSecondDaemonIsRefusedAndTold() throws IOException {
        try (FolderLock _ = FolderLock.take(temporary)) {
            String message = assertThrows(IOException.class, () -> FolderLock.take(temporary))
                    .getMessage();
            assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
        }
        FolderLock.take(temporary).close();
    }
}
