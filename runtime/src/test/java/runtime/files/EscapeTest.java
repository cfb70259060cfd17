package runtime.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.SystemCallException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

/**
 * A container that swaps folders for links while files are copied (the class of CVE-2018-15664) never gets
 * at a file outside of its root, neither to read nor to write.
 */
@NeedsKernel
class EscapeTest {
    private static final int ROUNDS = 500;
    @TempDir Path temporary;
    private Path root;
    private Path outside;
    private RootView view;

    @BeforeEach
    void open() throws IOException {
        Requires.root();
        root = Files.createDirectory(temporary.resolve("root"));
        outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("file"), "SECRET");
        Files.createDirectories(root.resolve("way/deep"));
        Files.writeString(root.resolve("way/file"), "inside");
        Files.writeString(root.resolve("way/deep/file"), "inside");
        view = RootView.ofLayers(RootView.Layers.ofImage(List.of(root),
                Files.createDirectory(temporary.resolve("mount"))));
    }

    @AfterEach
    void close() throws IOException {
        if (view != null) {
            view.close();
        }
    }

    /** Swaps a folder and a link as fast as it can while something runs. */
    private long whileSwapping(String folder, String target, OwnThread.Work<Void> work)
            throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), Path.of(target));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong swaps = new AtomicLong();
        byte[] one = linux.syscall.Files.name(root.resolve(folder).toString());
        byte[] other = linux.syscall.Files.name(link.toString());
        Thread attacker = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                try {
                    linux.syscall.Files.renameat2(FileFlags.AT_FDCWD, one, FileFlags.AT_FDCWD, other,
                            FileFlags.RENAME_EXCHANGE);
                    swaps.incrementAndGet();
                } catch (SystemCallException gone) {
                    continue;
                }
            }
        });
        try {
            work.run();
        } finally {
            stop.set(true);
            attacker.join();
        }
        return swaps.get();
    }

    private String copied(String path, boolean follow) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            int file = view.open(path, follow);
            try (TreeArchive archive = TreeArchive.ofCopies(out, IdShift.NONE)) {
                archive.add(file, "copy".getBytes(StandardCharsets.UTF_8));
            } finally {
                linux.syscall.Files.close(file);
            }
        } catch (SystemCallException lost) {
            return "";
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void nothingOutsideIsRead() throws Exception {
        for (String target : List.of(outside.toString(), "../outside",
                "../../../../../../../.." + outside)) {
            long[] seen = new long[1];
            long swaps = whileSwapping("way", target, () -> {
                for (int round = 0; round < ROUNDS; round++) {
                    for (String path : List.of("/way/file", "/way", "/way/", "/link/file")) {
                        String text = copied(path, true);
                        assertFalse(text.contains("SECRET"), path);
                        seen[0] += text.contains("inside") ? 1 : 0;
                    }
                }
                return null;
            });
            assertTrue(swaps > 0 && seen[0] > 0, swaps + " swaps, read " + seen[0]);
            Files.delete(linkOf());
        }
    }

    /** After an odd number of swaps link and folder have changed names. */
    private Path linkOf() throws IOException {
        if (Files.isSymbolicLink(root.resolve("link"))) {
            return root.resolve("link");
        }
        linux.syscall.Files.renameat2(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.resolve("way").toString()), FileFlags.AT_FDCWD,
                linux.syscall.Files.name(root.resolve("link").toString()),
                FileFlags.RENAME_EXCHANGE);
        return root.resolve("link");
    }

    @Test
    void nothingOutsideIsWritten() throws Exception {
        for (String target : List.of(outside.toString(), "../outside")) {
            long[] done = new long[1];
            long swaps = whileSwapping("way", target, () -> {
                for (int round = 0; round < ROUNDS; round++) {
                    done[0] += written(round % 2 == 0 ? "/way" : "/", round % 2 == 0) ? 1 : 0;
                }
                return null;
            });
            assertTrue(swaps > 0 && done[0] > 0, swaps + " swaps, wrote " + done[0]);
            assertEquals("SECRET", Files.readString(outside.resolve("file")));
            try (var entries = Files.list(outside)) {
                assertEquals(1, entries.count());
            }
            Files.delete(linkOf());
        }
    }

    private boolean written(String into, boolean below) throws IOException {
        String prefix = below ? "" : "way/";
        try {
            int folder = view.open(into, true);
            try {
                Unpacked.into(folder, new Tars().folder(prefix + "deep/").file(prefix + "file", "evil")
                        .file(prefix + "deep/file", "evil").link(prefix + "made", "file").stream(),
                        UnpackRules.copy(UnpackRules.Owners.ROOT, IdShift.NONE));
                return true;
            } finally {
                linux.syscall.Files.close(folder);
            }
        } catch (SystemCallException | UnpackException lost) {
            return false;
        }
    }

    @Test
    void linksOfTheKernelAreNotFollowed() throws Exception {
        Files.createSymbolicLink(root.resolve("up"), Path.of("../../../../../.." + outside));
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> view.open("/up/file", true));
        assertTrue(refused.is(Errno.ENOENT), refused.getMessage());
        try (RootView own = RootView.ofProcess((int) ProcessHandle.current().pid())) {
            SystemCallException magic = assertThrows(SystemCallException.class,
                    () -> own.open("/proc/self/root/etc", true));
            assertTrue(magic.is(Errno.ELOOP), magic.getMessage());
        }
    }
}
