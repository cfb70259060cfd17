package runtime.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import linux.abi.FileFlags;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.TarEntry.Kind;
import runtime.image.TarFormatException;

/** What an archive makes of a folder, whoever unpacks it. */
class TreeUnpackerTest {
    @TempDir Path temporary;
    private Path into;
    private Path outside;

    @BeforeEach
    void folders() throws IOException {
        into = Files.createDirectory(temporary.resolve("into"));
        outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("marker"), "untouched");
    }

    private Unpacked unpack(Tars tar) throws IOException {
        int folder = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(into.toString()), linux.syscall.Files.O_DIRECTORY, 0);
        try {
            return Unpacked.into(folder, tar.stream(),
                    UnpackRules.copy(UnpackRules.Owners.CALLER, IdShift.NONE));
        } finally {
            linux.syscall.Files.close(folder);
        }
    }

    private void outsideIsUntouched() throws IOException {
        assertEquals("untouched", Files.readString(outside.resolve("marker")));
        try (var entries = Files.list(outside)) {
            assertEquals(1, entries.count());
        }
    }

    @Test
    void everyKindOfFileIsMade() throws Exception {
        Unpacked unpacked = unpack(new Tars().folder("d/").file("d/f", "hello")
                .link("d/l", "f").add(Kind.HARD_LINK, "d/h", "d/f", 0644, 0, "")
                .add(Kind.FIFO, "d/p", "", 0600, 0, "").file("deep/er/f", "x"));
        assertEquals("hello", Files.readString(into.resolve("d/l")));
        assertEquals(Files.getAttribute(into.resolve("d/f"), "unix:ino"),
                Files.getAttribute(into.resolve("d/h"), "unix:ino"));
        assertEquals(1000, Files.getLastModifiedTime(into.resolve("d")).toInstant()
                .getEpochSecond());
        assertEquals("x", Files.readString(into.resolve("deep/er/f")));
        assertEquals(6, unpacked.contentBytes());
    }

    @Test
    void aFileReplacesAFileAndAFolderIsAddedTo() throws Exception {
        Files.writeString(into.resolve("f"), "old");
        Files.createDirectory(into.resolve("d"));
        Files.writeString(into.resolve("d/kept"), "kept");
        unpack(new Tars().file("f", "new").folder("d/").file("d/added", "added"));
        assertEquals("new", Files.readString(into.resolve("f")));
        assertEquals("kept", Files.readString(into.resolve("d/kept")));
        assertEquals("added", Files.readString(into.resolve("d/added")));
        try (var entries = Files.list(into)) {
            assertEquals(2, entries.count());
        }
    }

    @Test
    void aFolderAndAFileDoNotReplaceOneAnother() throws Exception {
        Files.writeString(into.resolve("f"), "old");
        Files.createDirectory(into.resolve("d"));
        assertThrows(UnpackException.class, () -> unpack(new Tars().folder("f/")));
        assertThrows(UnpackException.class, () -> unpack(new Tars().file("d", "new")));
        assertThrows(UnpackException.class, () -> unpack(new Tars().link("d", "f")));
        assertEquals("old", Files.readString(into.resolve("f")));
        assertTrue(Files.isDirectory(into.resolve("d")));
    }

    @Test
    void noNameLeadsOut() throws Exception {
        for (String name : List.of("../escaped", "d/../../escaped", "a/../../outside/marker")) {
            assertThrows(TarFormatException.class, () -> unpack(new Tars().file(name, "evil")));
        }
        unpack(new Tars().file("/absolute", "inside"));
        assertEquals("inside", Files.readString(into.resolve("absolute")));
        assertFalse(Files.exists(temporary.resolve("escaped")));
        outsideIsUntouched();
    }

    @Test
    void noLinkOfTheArchiveIsFollowed() throws Exception {
        assertThrows(UnpackException.class, () -> unpack(
                new Tars().link("way", outside.toString()).file("way/marker", "evil")));
        assertThrows(UnpackException.class, () -> unpack(
                new Tars().link("up", "..").file("up/outside/marker", "evil")));
        unpack(new Tars().link("file", outside.resolve("marker").toString()).file("file", "own"));
        assertEquals("own", Files.readString(into.resolve("file")));
        assertThrows(IOException.class, () -> unpack(new Tars().link("way2", outside.toString())
                .add(Kind.HARD_LINK, "h", "way2/marker", 0644, 0, "")));
        outsideIsUntouched();
    }

    @Test
    void aLinkThatIsThereIsNotFollowed() throws Exception {
        Files.createSymbolicLink(into.resolve("way"), outside);
        assertThrows(UnpackException.class, () -> unpack(new Tars().file("way/marker", "evil")));
        assertThrows(UnpackException.class, () -> unpack(new Tars().folder("way/")));
        outsideIsUntouched();
    }

    @Test
    void devicesAreLeftOutAndSetuidBitsToo() throws Exception {
        Unpacked unpacked = unpack(new Tars().add(Kind.BLOCK_DEVICE, "disk", "", 0666, 0, "")
                .add(Kind.FILE, "su", "", 06755, 0, "x"));
        assertFalse(Files.exists(into.resolve("disk"), LinkOption.NOFOLLOW_LINKS));
        assertEquals(List.of("left out the device \"disk\""), unpacked.skipped());
        assertEquals(0755, (int) Files.getAttribute(into.resolve("su"), "unix:mode") & 07777);
    }

    @Test
    void aDamagedArchiveLeavesTheOldFile() throws Exception {
        Files.writeString(into.resolve("f"), "old");
        byte[] whole = new Tars().file("f", "x".repeat(5000)).stream().readAllBytes();
        int folder = linux.syscall.Files.openat(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(into.toString()), linux.syscall.Files.O_DIRECTORY, 0);
        try {
            assertThrows(TarFormatException.class, () -> Unpacked.into(folder,
                    new java.io.ByteArrayInputStream(whole, 0, 2000),
                    UnpackRules.copy(UnpackRules.Owners.CALLER, IdShift.NONE)));
        } finally {
            linux.syscall.Files.close(folder);
        }
        assertEquals("old", Files.readString(into.resolve("f")));
        try (var entries = Files.list(into)) {
            assertEquals(1, entries.count());
        }
    }
}
