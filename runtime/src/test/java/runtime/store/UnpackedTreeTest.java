package runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import runtime.image.Digest;
import runtime.image.Reference;
import testkit.NeedsKernel;
import testkit.Requires;

/** Trees unpacked by us against those of GNU tar, and unpacking on a disk that is full. */
@NeedsKernel
class UnpackedTreeTest {
    @TempDir
    Path temporary;

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), String.join(" ", command) + ": " + output);
    }

    private Path tree() throws Exception {
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        String longName = "long-".repeat(40);
        Path folder = Files.createDirectories(tree.resolve(longName).resolve(longName + "2"));
        Files.writeString(folder.resolve("file"), "deep");
        Files.writeString(tree.resolve("caps"), "x");
        Files.write(tree.resolve("large"), new byte[3_000_000]);
        Files.createLink(tree.resolve("hard"), tree.resolve("large"));
        Files.createSymbolicLink(tree.resolve("soft"), Path.of("/" + longName));
        Files.writeString(tree.resolve("ümlaut"), "y");
        try (FileChannel sparse = FileChannel.open(tree.resolve("sparse"),
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long offset = 0; offset < 40; offset++) {
                sparse.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), offset << 20);
            }
            sparse.write(ByteBuffer.wrap(new byte[] {4}), (1L << 27) + 7);
        }
        Path emptySparse = Files.createFile(tree.resolve("only-a-hole"));
        run("truncate", "-s", "10M", emptySparse.toString());
        run("mkfifo", tree.resolve("fifo").toString());
        run("mknod", tree.resolve("device").toString(), "c", "1", "5");
        run("chown", "12345:3000000", tree.resolve("caps").toString());
        run("chmod", "6751", tree.resolve("caps").toString());
        run("chmod", "1777", folder.toString());
        run("touch", "-h", "-d", "1969-05-05 05:05:05.123456789 UTC",
                tree.resolve("soft").toString());
        run("touch", "-d", "2001-02-03 04:05:06.987654321 UTC", folder.toString());
        linux.syscall.Files.lsetxattr(FileFlags.AT_FDCWD, name(tree.resolve("large")),
                linux.syscall.Files.name("user.note"), linux.syscall.Files.name("attribute"));
        return tree;
    }

    private static byte[] name(Path path) {
        return linux.syscall.Files.name(path.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--format=pax --sparse", "--format=gnu --sparse", "--format=gnu",
        "--format=pax --sparse --sparse-version=0.0", "--format=pax --sparse --sparse-version=0.1"})
    void theTreeIsTheOneGnuTarMakes(String format) throws Exception {
        Requires.root();
        Requires.program("tar");
        Path tree = tree();
        boolean attributes = format.contains("pax");
        if (!format.contains("sparse")) {
            Files.delete(tree.resolve("sparse"));
        }
        Path archive = temporary.resolve("archive.tar");
        run(("tar " + (attributes ? "--xattrs --xattrs-include=* " : "") + format + " -cf "
                + archive + " -C " + tree + " .").split(" "));
        Path ours = Files.createDirectory(temporary.resolve("ours"));
        Path theirs = Files.createDirectory(temporary.resolve("theirs"));
        run("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-xpf", archive.toString(),
                "-C", theirs.toString());
        try (InputStream in = Files.newInputStream(archive)) {
            new LayerArchive(UnpackLimits.STANDARD).unpack(in, Files.size(archive),
                    Digest.Algorithm.SHA256, ours, done -> { });
        }
        assertEquals(described(theirs), described(ours));
        assertEquals(attributes, described(ours).get("large").contains("user.note"));
        run("diff", "-r", "--no-dereference", "-x", "fifo", "-x", "sparse", "-x", "device",
                theirs.toString(), ours.toString());
        if (format.contains("sparse")) {
            run("cmp", theirs.resolve("sparse").toString(), ours.resolve("sparse").toString());
        }
        TreeRemoval.remove(ours);
        TreeRemoval.remove(theirs);
        TreeRemoval.remove(tree);
    }

    private static TreeMap<String, String> described(Path root) throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                FileStatus status = linux.syscall.Files.statx(FileFlags.AT_FDCWD, name(file));
                String blocks = status.isDirectory() ? "" : Long.toString(status.blocks());
                files.put(root.relativize(file).toString(), String.join(" ",
                        Integer.toOctalString(status.mode()), "" + status.links(),
                        "" + status.userId(), "" + status.groupId(),
                        status.isDirectory() ? "" : "" + status.sizeBytes(), blocks,
                        status.seconds() + "." + status.nanoseconds(),
                        status.major() + ":" + status.minor(),
                        new String(linux.syscall.Files.llistxattr(FileFlags.AT_FDCWD,
                                name(file)))));
            }
        }
        return files;
    }

    @Test
    void aFullDiskIsSaidAndNothingStays() throws Exception {
        Requires.root();
        Path data = Files.createDirectory(temporary.resolve("data"));
        run("mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=200", "images-test", data.toString());
        try (ImageStore store = ImageStore.open(data)) {
            byte[] large = TarBuilder.gzip(
                    new TarBuilder().file("large", new byte[8 << 20]).build());
            refusedForSpace(store, data, large);
            TarBuilder many = new TarBuilder();
            for (int i = 0; i < 300; i++) {
                many.file("f" + i, "x");
            }
            refusedForSpace(store, data, many.build());
            byte[] random = new byte[6 << 20];
            new java.util.Random(1).nextBytes(random);
            refusedForSpace(store, data, new TarBuilder().file("blob", random).build());
            store.importRootFilesystem(new ByteArrayInputStream(
                    new TarBuilder().file("small", "x").build()), Reference.parse("x:1"),
                    Progress.SILENT);
            assertEquals(1, store.list().size());
        } finally {
            run("umount", data.toString());
        }
    }

    private static void refusedForSpace(ImageStore store, Path data, byte[] tar)
            throws Exception {
        IOException full = assertThrows(IOException.class, () -> store.importRootFilesystem(
                new ByteArrayInputStream(tar), Reference.parse("x:1"), Progress.SILENT));
        assertTrue(full.getMessage().contains("space") || full.getMessage().contains("full"),
                full.getMessage());
        assertEquals(List.of(), store.list());
        try (Stream<Path> files = Files.walk(data)) {
            assertEquals(List.of(), files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(file -> !file.endsWith("lock") && !file.equals("index.json")
                            && !file.equals("oci-layout")).toList());
        }
    }
}
