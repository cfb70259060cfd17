package runtime.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.FileFlags;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

/** What overlayfs keeps of changes, read back; the changes are made through a real overlay. */
@NeedsKernel
class LayerDiffTest {
    private static final IdShift RANGE = new IdShift(1 << 20, 65_536);
    @TempDir Path temporary;
    private Path lower;
    private Path upper;
    private Path mountPoint;

    @BeforeEach
    void layers() throws IOException {
        Requires.root();
        lower = Files.createDirectories(temporary.resolve("lower/etc")).getParent();
        Files.writeString(lower.resolve("etc/kept"), "kept");
        Files.writeString(lower.resolve("etc/changed"), "before");
        Files.writeString(lower.resolve("etc/gone"), "gone");
        Files.createDirectories(lower.resolve("old/deep"));
        Files.writeString(lower.resolve("old/file"), "old");
        upper = Files.createDirectory(temporary.resolve("upper"));
        mountPoint = Files.createDirectory(temporary.resolve("mount"));
        Path work = Files.createDirectory(temporary.resolve("work"));
        for (Path each : List.of(upper, work)) {
            linux.syscall.Files.fchownat(FileFlags.AT_FDCWD,
                    linux.syscall.Files.name(each.toString()), 1 << 20, 1 << 20);
        }
        try (RootView view = RootView.ofLayers(new RootView.Layers(List.of(lower),
                Optional.of(upper), Optional.of(work), RANGE, mountPoint, List.of()))) {
            Path root = Path.of("/proc/self/fd/" + view.folder());
            OwnThread.run("changes", () -> {
                linux.syscall.FileIdentity.assume(RANGE.base());
                change(root);
                return null;
            });
        }
    }

    private static void change(Path root) throws IOException {
        Files.writeString(root.resolve("etc/changed"), "after");
        Files.writeString(root.resolve("etc/added"), "added");
        Files.delete(root.resolve("etc/gone"));
        Files.delete(root.resolve("old/file"));
        Files.delete(root.resolve("old/deep"));
        Files.delete(root.resolve("old"));
        Files.createDirectories(root.resolve("old/new"));
        Files.createDirectories(root.resolve("mnt/volume"));
        Files.createDirectories(root.resolve("fresh"));
    }

    private interface Use<T> {
        T with(LayerDiff diff, int upper) throws IOException;
    }

    private <T> T diff(Use<T> use) throws IOException {
        int folder = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(upper.toString()), linux.syscall.Files.O_DIRECTORY, 0);
        try (RootView image =
                RootView.ofLayers(RootView.Layers.ofImage(List.of(lower), mountPoint))) {
            return use.with(new LayerDiff(image.folder(), RANGE, Set.of("/mnt/volume")), folder);
        } finally {
            linux.syscall.Files.close(folder);
        }
    }

    @Test
    void everyChangeIsTold() throws Exception {
        List<String> lines = diff((diff, folder) -> diff.changes(folder).stream()
                .map(each -> each.kind().letter() + " " + each.path()).toList());
        assertEquals(List.of("C /etc", "A /etc/added", "C /etc/changed", "D /etc/gone",
                "A /fresh", "C /old", "D /old/deep", "D /old/file", "A /old/new"), lines);
    }

    @Test
    void aLayerSaysTheSame() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        diff((diff, folder) -> {
            try (TreeArchive archive = TreeArchive.ofRoot(out, RANGE)) {
                LayerDiff.write(diff.changes(folder), folder, archive);
            }
            return null;
        });
        assertEquals(List.of("DIRECTORY ./ 0:0", "DIRECTORY etc/ 0:0", "FILE etc/added 0:0 added",
                "FILE etc/changed 0:0 after", "FILE etc/.wh.gone 0:0", "DIRECTORY fresh/ 0:0",
                "DIRECTORY old/ 0:0", "FILE old/.wh..wh..opq 0:0", "DIRECTORY old/new/ 0:0"),
                Tars.list(out.toByteArray()));
    }

    @Test
    void aFileThatLooksLikeAWhiteoutIsRefused() throws Exception {
        Files.writeString(upper.resolve("etc/.wh.kept"), "not deleted");
        IOException refused = assertThrows(IOException.class, () -> diff((diff, folder) -> {
            try (TreeArchive archive =
                    TreeArchive.ofRoot(new ByteArrayOutputStream(), RANGE)) {
                LayerDiff.write(diff.changes(folder), folder, archive);
            }
            return null;
        }));
        assertTrue(refused.getMessage().contains(".wh."), refused.getMessage());
    }
}
