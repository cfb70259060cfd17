package runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Reference;
import testkit.NeedsKernel;
import testkit.Requires;

@NeedsKernel
class HostImageTest {
    @TempDir
    Path data;

    @Test
    void programsOfTheHostRunInTheirImage() throws Exception {
        Requires.root();
        Path chroot = Requires.program("chroot");
        try (ImageStore store = ImageStore.open(data)) {
            StoredImage image =
                    store.fromHost(List.of("sh", "ls", "id"), Reference.parse("host:latest"));
            assertTrue(image.config().defaults().command().getFirst().endsWith("/sh"));
            Path root = store.prepare(image, Progress.SILENT).lowerDirectoriesTopFirst().getFirst();
            Process process = new ProcessBuilder(chroot.toString(), root.toString(), "/bin/sh",
                    "-c", "cd /tmp && ls -ld / && id -un && ls /etc/passwd")
                    .redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), output);
            assertTrue(output.contains("root\n/etc/passwd\n"), output);
            assertEquals(Files.isSymbolicLink(Path.of("/bin")),
                    Files.isSymbolicLink(root.resolve("bin")));
        } finally {
            TreeRemoval.remove(data.resolve("layers"));
        }
    }

    @Test
    void scriptsBringTheirInterpreter() throws Exception {
        Path bin = Files.createDirectories(data.resolve("usr/bin"));
        Files.createSymbolicLink(data.resolve("bin"), Path.of("usr/bin"));
        Files.writeString(bin.resolve("tool"), "#!/usr/bin/env -S lang -x\nprint\n");
        Files.writeString(bin.resolve("env"), "text");
        Files.createSymbolicLink(bin.resolve("lang"), Path.of("/usr/bin/lang1"));
        Files.writeString(bin.resolve("lang1"), "#!/bin/missing\n");
        HostFiles host = HostFiles.of(data, List.of("/usr/bin"));
        ImageException missing = assertThrows(ImageException.class,
                () -> HostImage.of(host, List.of("tool")));
        assertTrue(missing.getMessage().contains("/usr/bin/missing does not exist"),
                missing.getMessage());
        Files.writeString(bin.resolve("lang1"), "no script");
        assertEquals("/usr/bin/tool", HostImage.of(host, List.of("tool")).defaults().command()
                .getFirst());
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        HostFiles host = HostFiles.of(data, List.of("/usr/bin"));
        assertTrue(assertThrows(ImageException.class,
                () -> HostImage.of(host, List.of("nothing"))).getMessage().contains("/usr/bin"));
        assertThrows(ImageException.class, () -> HostImage.of(host, List.of("/no/such")));
        assertThrows(ImageException.class, () -> HostImage.of(host, List.of("a/b")));
        assertThrows(ImageException.class, () -> HostImage.of(host, List.of()));
        Path bin = Files.createDirectories(data.resolve("usr/bin"));
        Files.createSymbolicLink(bin.resolve("loop"), Path.of("loop"));
        assertThrows(ImageException.class, () -> HostImage.of(host, List.of("loop")));
        Files.write(bin.resolve("broken"), new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 62, 0, 0});
        assertEquals(ImageException.Reason.MALFORMED, assertThrows(ImageException.class,
                () -> HostImage.of(host, List.of("broken"))).reason());
    }
}
