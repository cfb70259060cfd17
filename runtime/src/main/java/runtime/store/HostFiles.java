package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import runtime.image.ElfFile;
import runtime.image.ImageFormatException;
import runtime.image.LibraryCache;

/**
 * The files of a machine, by absolute paths as its programs see them.
 *
 * @param root       where that machine's {@code /} is
 * @param searchPath folders programs are looked up in
 * @param libraries  what {@code ldconfig(8)} knows
 */
record HostFiles(Path root, List<String> searchPath, LibraryCache libraries) {
    private static final List<String> STANDARD_SEARCH_PATH = List.of("/usr/local/sbin",
            "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
    private static final int FIRST_LINE_LIMIT_BYTES = 256;

    static HostFiles ofThisMachine() throws IOException {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            for (String folder : path.split(":")) {
                if (folder.startsWith("/")) {
                    folders.add(folder);
                }
            }
        }
        folders.addAll(STANDARD_SEARCH_PATH);
        return of(Path.of("/"), folders);
    }

    static HostFiles of(Path root, List<String> searchPath) throws IOException {
        LibraryCache cache = LibraryCache.EMPTY;
        try {
            cache = LibraryCache.parse(Files.readAllBytes(root.resolve("etc/ld.so.cache")));
        } catch (NoSuchFileException | ImageFormatException e) {
            // musl has none, and a foreign one says nothing to us: the default folders remain.
            cache = LibraryCache.EMPTY;
        }
        return new HostFiles(root, searchPath, cache);
    }

    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /** The file of a path after all links but a last one, or empty if there is none. */
    Optional<FileStatus> status(String absolute) throws IOException {
        try {
            return linux.syscall.Files.find(FileFlags.AT_FDCWD, name(absolute));
        } catch (linux.syscall.SystemCallException e) {
            // An ordinary user looks past a folder that is closed to him, as his shell does.
            if (e.is(linux.abi.Errno.ENOTDIR) || e.is(linux.abi.Errno.ELOOP)
                    || e.is(linux.abi.Errno.EACCES)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private byte[] name(String absolute) {
        return linux.syscall.Files.name(path(absolute).toString());
    }

    byte[] linkTarget(String absolute) throws IOException {
        return linux.syscall.Files.readlinkat(FileFlags.AT_FDCWD, name(absolute));
    }

    /** File capabilities, the one attribute a program cannot do without. */
    Map<String, byte[]> attributes(String absolute) throws IOException {
        String capability = "security.capability";
        return linux.syscall.Files.lgetxattr(FileFlags.AT_FDCWD, name(absolute),
                linux.syscall.Files.name(capability))
                .map(value -> Map.of(capability, value)).orElse(Map.of());
    }

    InputStream open(String absolute) throws IOException {
        return Files.newInputStream(path(absolute), LinkOption.NOFOLLOW_LINKS);
    }

    /** The ELF file at a path; empty if it is something else. */
    Optional<ElfFile> elf(String absolute) throws IOException {
        try (FileChannel channel = FileChannel.open(path(absolute), StandardOpenOption.READ)) {
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0,
                    Math.min(channel.size(), Integer.MAX_VALUE));
            return ElfFile.hasMagic(content) ? Optional.of(ElfFile.parse(content))
                    : Optional.empty();
        } catch (ImageFormatException e) {
            throw new ImageException(ImageException.Reason.MALFORMED,
                    "cannot read what " + absolute + " needs: " + e.getMessage(), e);
        }
    }

    /** The words after {@code #!} in the first line of a script, or none. */
    List<String> scriptInterpreter(String absolute) throws IOException {
        byte[] start;
        try (InputStream in = open(absolute)) {
            start = in.readNBytes(FIRST_LINE_LIMIT_BYTES);
        }
        String text = new String(start, java.nio.charset.StandardCharsets.ISO_8859_1);
        if (!text.startsWith("#!")) {
            return List.of();
        }
        String line = text.substring(2).lines().findFirst().orElse("").strip();
        return line.isEmpty() ? List.of() : List.of(line.split("[ \t]+", 2));
    }
}
