package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRemovalTest {
    @TempDir Path temporary;

    @Test
    void linksAreRemovedAndNotFollowed() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), outside);
        Files.createSymbolicLink(tree.resolve("dangling"), Path.of("/nowhere"));
        Files.createDirectory(tree.resolve("folder"));
        Files.writeString(tree.resolve("folder/file"), "y");
        FolderRemoval.remove(tree);
        assertFalse(Files.exists(tree));
        assertEquals("x", Files.readString(outside.resolve("kept")));
        FolderRemoval.remove(tree);
    }

    @Test
    void aTreeDeeperThanAnyPathGoes() throws IOException {
        Path tree = Files.createDirectory(temporary.resolve("deep"));
        String name = "d".repeat(200);
        // Grown from below: what there is moves into a new folder, so no path is ever too long.
        Path inner = Files.createDirectory(tree.resolve(name));
        for (int depth = 0; depth < 100; depth++) {
            Path outer = Files.createDirectory(temporary.resolve("next"));
            Files.move(inner, outer.resolve(name));
            Files.move(outer, inner);
        }
        FolderRemoval.remove(tree);
        assertFalse(Files.exists(tree));
    }
}
