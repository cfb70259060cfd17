package linux.syscall;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import linux.abi.Errno;
import linux.abi.FileFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    @TempDir
    Path temporary;
    private int folder;

    @BeforeEach
    void open() throws Exception {
        folder = Files.openat(FileFlags.AT_FDCWD, Files.name(temporary.toString()),
                Files.O_DIRECTORY, 0);
    }

    @AfterEach
    void close() throws Exception {
        Files.close(folder);
    }

    private static byte[] name(String text) {
        return Files.name(text);
    }

    private void create(String file, String content) throws Exception {
        int descriptor = Files.openat(folder, name(file),
                FileFlags.O_CREAT | FileFlags.O_EXCL | FileFlags.O_WRONLY, 0600);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, name(content));
            Files.write(descriptor, bytes);
        } finally {
            Files.close(descriptor);
        }
    }

    @Test
    void aFailureNamesCallArgumentsAndErrno() {
        SystemCallException failure = assertThrows(SystemCallException.class,
                () -> Files.openat(folder, name("missing"), 0, 0));
        assertEquals("openat(" + folder + ", \"missing\", 0, 0): "
                + "ENOENT (No such file or directory)", failure.getMessage());
        assertTrue(failure.is(Errno.ENOENT));
        assertEquals("openat", failure.call());
    }

    @Test
    void writesReadsAndMeasures() throws Exception {
        create("file", "hello");
        int descriptor = Files.openat(folder, name("file"), FileFlags.O_RDONLY, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(64);
            assertEquals(5, Files.read(descriptor, into));
            assertEquals(0, Files.read(descriptor, into));
        } finally {
            Files.close(descriptor);
        }
        FileStatus status = Files.statx(folder, name("file"));
        assertEquals(5, status.sizeBytes());
        assertTrue(status.isRegularFile());
        assertEquals(1, status.links());
    }

    @Test
    void timesKeepTheirNanosecondsAlsoOfLinks() throws Exception {
        Files.symlinkat(name("nowhere"), folder, name("link"));
        Files.utimensat(folder, name("link"), 12345, 678_901_234);
        FileStatus status = Files.statx(folder, name("link"));
        assertEquals(12345, status.seconds());
        assertEquals(678_901_234, status.nanoseconds());
        assertTrue(status.isSymbolicLink());
        assertArrayEquals(name("nowhere"), Files.readlinkat(folder, name("link")));
    }

    @Test
    void openat2StaysInsideItsFolder() throws Exception {
        Files.symlinkat(name("/etc"), folder, name("escape"));
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> Files.openat2(folder, name("escape/passwd"), FileFlags.O_PATH, 0,
                        FileFlags.RESOLVE_BENEATH));
        assertTrue(refused.is(Errno.EXDEV), refused.getMessage());
        SystemCallException contained = assertThrows(SystemCallException.class,
                () -> Files.openat2(folder, name("escape/passwd"), FileFlags.O_PATH, 0,
                        FileFlags.RESOLVE_IN_ROOT));
        assertTrue(contained.is(Errno.ENOENT), contained.getMessage());
    }

    @Test
    void hardLinksRenamesAndRemoval() throws Exception {
        create("a", "x");
        Files.linkat(folder, name("a"), folder, name("b"));
        assertEquals(Files.statx(folder, name("a")).inode(),
                Files.statx(folder, name("b")).inode());
        SystemCallException exists = assertThrows(SystemCallException.class,
                () -> Files.renameat2(folder, name("a"), folder, name("b"),
                        FileFlags.RENAME_NOREPLACE));
        assertTrue(exists.is(Errno.EEXIST));
        Files.unlinkat(folder, name("a"), 0);
        assertTrue(Files.find(folder, name("a")).isEmpty());
        Files.mkdirat(folder, name("d"), 0755);
        Files.unlinkat(folder, name("d"), FileFlags.AT_REMOVEDIR);
    }

    @Test
    void attributesMayHoldAnyBytes() throws Exception {
        create("file", "");
        byte[] value = {0, (byte) 0xFF, 1, 0};
        Files.lsetxattr(folder, name("file"), name("user.binary"), value);
        assertArrayEquals(value,
                Files.lgetxattr(folder, name("file"), name("user.binary")).orElseThrow());
        assertArrayEquals(name("user.binary\0"), Files.llistxattr(folder, name("file")));
        assertTrue(Files.lgetxattr(folder, name("file"), name("user.other")).isEmpty());
    }

    @Test
    void aNameWithAZeroByteIsRefused() {
        SystemCallException refused = assertThrows(SystemCallException.class,
                () -> Files.mkdirat(folder, new byte[] {'a', 0, 'b'}, 0755));
        assertTrue(refused.is(Errno.EINVAL));
        assertTrue(assertThrows(SystemCallException.class,
                () -> Files.mkdirat(folder, new byte[5000], 0755)).is(Errno.ENAMETOOLONG));
    }

    @Test
    void aLockIsHeldByOneDescriptor() throws Exception {
        create("lock", "");
        int one = Files.openat(folder, name("lock"), FileFlags.O_RDWR, 0);
        int two = Files.openat(folder, name("lock"), FileFlags.O_RDWR, 0);
        assertTrue(Files.flock(one, FileFlags.LOCK_EX | FileFlags.LOCK_NB));
        assertFalse(Files.flock(two, FileFlags.LOCK_EX | FileFlags.LOCK_NB));
        Files.close(one);
        assertTrue(Files.flock(two, FileFlags.LOCK_EX | FileFlags.LOCK_NB));
        Files.close(two);
    }

    @Test
    void deviceNumbersArePackedAsTheKernelDoes() {
        assertEquals(0x0105, FileFlags.device(1, 5));
        assertEquals(0x12300545 | 0, FileFlags.device(5, 0x12345));
        assertThrows(IllegalArgumentException.class, () -> FileFlags.device(5000, 0));
        assertThrows(IllegalArgumentException.class, () -> FileFlags.device(0, -1));
    }
}
