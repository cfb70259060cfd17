package runtime.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.ContainerException;
import testkit.NeedsKernel;
import testkit.Requires;

class VolumeStoreTest {
    @TempDir Path temporary;
    private final List<String> journal = new ArrayList<>();
    private VolumeStore store;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(temporary.resolve("mount"));
        store = store();
    }

    private VolumeStore store() throws IOException {
        return new VolumeStore(temporary.resolve("data"), temporary.resolve("mount"),
                InstantSource.system(), new Random(7), journal::add);
    }

    private List<String> names() {
        return store.list().stream().map(Volume::name).toList();
    }

    @Test
    void aVolumeIsThereAfterARestart() throws Exception {
        Volume made = store.create("db", Map.of("tier", "back"));
        Files.writeString(made.files().resolve("f"), "kept");
        store = store();
        assertEquals(made, store.get("db"));
        assertEquals("kept", Files.readString(store.get("db").files().resolve("f")));
        assertEquals(made, store.create("db", Map.of("other", "label")));
        assertEquals(List.of(), journal);
    }

    @Test
    void hostileNamesAreRefused() {
        for (String name : List.of("..", ".", "a", "../x", "a/b", "-a", ".hidden", "a b", "a\nb",
                "x".repeat(256))) {
            ContainerException refused = assertThrows(ContainerException.class,
                    () -> store.create(name, Map.of()), name);
            assertEquals(ContainerException.Reason.INVALID_OPTION, refused.reason());
        }
        assertEquals(List.of(), names());
    }

    @Test
    void whatACrashLeftIsCleared() throws Exception {
        store.create("whole", Map.of());
        Path folder = temporary.resolve("data/volumes");
        Files.createDirectories(folder.resolve(".making-123/data"));
        Files.createDirectories(folder.resolve(".removed-123/volume/data/deep"));
        Files.createDirectories(folder.resolve("whole/filling/half"));
        store = store();
        assertEquals(List.of("whole"), names());
        try (var entries = Files.list(folder)) {
            assertEquals(1, entries.count());
        }
        assertFalse(Files.exists(folder.resolve("whole/filling")));
        assertEquals(List.of(), journal);
    }

    @Test
    void aDamagedOneIsToldAndLeftAlone() throws Exception {
        Path data = store.create("hurt", Map.of()).files();
        Files.writeString(data.resolve("f"), "precious");
        Files.writeString(data.resolveSibling("volume.json"), "{\"name\":\"hu");
        store = store();
        assertEquals(List.of(), names());
        assertTrue(journal.getFirst().contains("hurt"), journal.toString());
        assertEquals("precious", Files.readString(data.resolve("f")));
        assertThrows(IOException.class, () -> store.create("hurt", Map.of()));
        assertEquals("precious", Files.readString(data.resolve("f")));
    }

    @Test
    void oneInUseIsNotRemoved() throws Exception {
        store.claim("c1", "db");
        VolumeException refused = assertThrows(VolumeException.class, () -> store.remove("db"));
        assertEquals(VolumeException.Reason.IN_USE, refused.reason());
        assertEquals(List.of("c1"), refused.containerIds());
        store.release("c1", true);
        assertEquals(List.of("db"), names());
        store.remove("db");
        assertEquals(List.of(), names());
        assertThrows(VolumeException.class, () -> store.get("db"));
    }

    @Test
    void anAnonymousOneGoesWithItsLastContainerIfAsked() throws Exception {
        String one = store.claim("c1", "");
        String other = store.claim("c2", "");
        store.claim("c3", other);
        store.release("c1", true);
        assertEquals(List.of(other), names());
        assertTrue(store.get(other).anonymous());
        store.release("c2", true);
        assertEquals(List.of(other), names());
        store.release("c3", false);
        assertEquals(List.of(other), names());
        assertFalse(one.equals(other));
    }

    @Test
    void whoHasAVolumeIsKnownAfterARestart() throws Exception {
        store.claim("c1", "db");
        store = store();
        store.adopt("c1", Set.of("db"));
        assertThrows(VolumeException.class, () -> store.remove("db"));
        assertEquals(Set.of("c1"), store.holders("db"));
    }

    @Test
    @NeedsKernel
    void anEmptyOneIsFilledFromTheImageOnce() throws Exception {
        Requires.root();
        Path lower = Files.createDirectories(temporary.resolve("lower/srv/app")).getParent()
                .getParent();
        Files.writeString(lower.resolve("srv/app/db"), "init");
        Files.createSymbolicLink(lower.resolve("way"), Path.of("/srv/app"));
        store.claim("c1", "one");
        store.fill("one", List.of(lower), "/way");
        Path file = store.get("one").files().resolve("db");
        assertEquals("init", Files.readString(file));
        Files.writeString(file, "changed");
        store.fill("one", List.of(lower), "/way");
        assertEquals("changed", Files.readString(file));
        store.claim("c1", "two");
        store.fill("two", List.of(lower), "/not/there");
        store.fill("two", List.of(lower), "/srv/app/db");
        try (var entries = Files.list(store.get("two").files())) {
            assertEquals(0, entries.count());
        }
    }

    @Test
    @NeedsKernel
    void aTarBringsBackWhatWasSaved() throws Exception {
        Requires.root();
        Path files = store.create("from", Map.of()).files();
        Files.writeString(files.resolve("f"), "saved");
        Files.setAttribute(files.resolve("f"), "unix:uid", 1234);
        Files.setAttribute(files, "unix:gid", 77);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.export("from", out);
        Path back = store.create("back", Map.of()).files();
        store.add("back", new ByteArrayInputStream(out.toByteArray()));
        assertEquals("saved", Files.readString(back.resolve("f")));
        assertEquals(1234, Files.getAttribute(back.resolve("f"), "unix:uid"));
        assertEquals(77, Files.getAttribute(back, "unix:gid"));
    }
}
