package runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUsageTest {
    @TempDir Path folder;

    private Path file(String name, int bytes) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, new byte[bytes]);
    }

    @Test
    void filesAreSummedUp() throws Exception {
        file("a", 5_000);
        file("b/c/d", 10_000);
        assertEquals(new TreeSize.Result(15_000, true), TreeSize.of(folder));
        assertEquals(new TreeSize.Result(0, true), TreeSize.of(folder.resolve("absent")));
    }

    @Test
    void aFileWithTwoNamesCountsOnce() throws Exception {
        Files.createLink(folder.resolve("b"), file("a", 5_000));
        assertEquals(5_000, TreeSize.of(folder).bytes());
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        file("big", 100_000);
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("out"), folder);
        Files.createSymbolicLink(tree.resolve("self"), tree);
        assertTrue(TreeSize.of(tree).bytes() < 10_000);
        Files.createSymbolicLink(folder.resolve("link"), tree);
        assertEquals(0, TreeSize.of(folder.resolve("link")).bytes());
    }

    @Test
    void holesDoNotCount() throws Exception {
        try (SeekableByteChannel channel = Files.newByteChannel(folder.resolve("sparse"),
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.position(1L << 30);
            channel.write(ByteBuffer.wrap(new byte[] {1}));
        }
        assertTrue(TreeSize.of(folder).bytes() < 1 << 20);
    }

    @Test
    void aTreeTooDeepIsSaidToBe() throws Exception {
        Path deep = folder;
        for (int i = 0; i < 600; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        assertFalse(TreeSize.of(folder).complete());
    }

    @Test
    void contentImagesShareIsCountedOnce() {
        ImageShares shares = ImageShares.of(List.of(
                new ImageShares.Content(Map.of("base", 100L, "a", 10L), true),
                new ImageShares.Content(Map.of("base", 100L, "b", 20L), false),
                new ImageShares.Content(Map.of("c", 7L), false)));
        assertEquals(137, shares.totalBytes());
        assertEquals(27, shares.reclaimableBytes());
        assertEquals(List.of(new ImageShares.Share(100, 10), new ImageShares.Share(100, 20),
                new ImageShares.Share(0, 7)), shares.shares());
    }
}
