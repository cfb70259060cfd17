package runtime.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.abi.FileFlags;
import linux.syscall.OwnUserNamespace;

/**
 * Looks files up in a stack of layers as an overlay mount would show them, without mounting: the topmost
 * entry wins, a whiteout (character device 0/0) hides, an opaque folder hides what is below it
 * ({@code Documentation/filesystems/overlayfs.rst}). Symbolic links are resolved within the stack, never
 * on the host.
 */
public final class LayerFiles {
    private static final int MAX_LINKS = 40;
    private static final byte[] OPAQUE =
            (OwnUserNamespace.overlayAttributes() + "opaque").getBytes(StandardCharsets.US_ASCII);
    private final List<Path> topFirst;

    /** Folders of the layers, topmost first. */
    public LayerFiles(List<Path> topFirst) {
        this.topFirst = List.copyOf(topFirst);
    }

    /**
     * What a path leads to.
     *
     * @param parts the file, or the folders that are merged into one, topmost first
     * @param isFolder which of the two
     */
    private record Found(List<Path> parts, boolean isFolder) {}

    /**
     * The content of a regular file, cut at a limit.
     *
     * @param path       absolute, as the container sees it
     * @param limitBytes the most to read
     * @return empty if there is no such file, or it is no regular one
     */
    public Optional<byte[]> read(String path, int limitBytes) throws IOException {
        Optional<Found> found = find(path);
        if (found.isEmpty() || found.get().isFolder
                || !Files.isRegularFile(found.get().parts.getFirst(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream stream = Files.newInputStream(found.get().parts.getFirst(),
                LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(stream.readNBytes(limitBytes));
        }
    }

    /** Whether the path leads to a folder. */
    public boolean isFolder(String path) throws IOException {
        return find(path).map(Found::isFolder).orElse(false);
    }

    private Optional<Found> find(String path) throws IOException {
        Deque<String> rest = new ArrayDeque<>(names(path));
        Deque<Found> trail = new ArrayDeque<>();
        Found root = new Found(topFirst, true);
        Found here = root;
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.equals("..")) {
                here = trail.isEmpty() ? root : trail.pop();
                continue;
            }
            Optional<Found> next = here.isFolder ? enter(here, name) : Optional.empty();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            Path first = next.get().parts.getFirst();
            if (!next.get().isFolder && Files.isSymbolicLink(first)) {
                if (++links > MAX_LINKS) {
                    return Optional.empty();
                }
                String target = Files.readSymbolicLink(first).toString();
                if (target.startsWith("/")) {
                    trail.clear();
                    here = root;
                }
                names(target).reversed().forEach(rest::push);
                continue;
            }
            trail.push(here);
            here = next.get();
        }
        return Optional.of(here);
    }

    private static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    private static Optional<Found> enter(Found folder, String name) throws IOException {
        List<Path> merged = new ArrayList<>();
        for (Path part : folder.parts) {
            Path entry = part.resolve(name);
            Map<String, Object> status = status(entry);
            if (status.isEmpty()) {
                continue;
            }
            int kind = (int) status.get("mode") & FileFlags.S_IFMT;
            if (kind != FileFlags.S_IFDIR) {
                boolean whiteout = kind == FileFlags.S_IFCHR && (long) status.get("rdev") == 0;
                if (merged.isEmpty() && !whiteout) {
                    return Optional.of(new Found(List.of(entry), false));
                }
                break;
            }
            merged.add(entry);
            if (isOpaque(entry)) {
                break;
            }
        }
        return merged.isEmpty() ? Optional.empty() : Optional.of(new Found(merged, true));
    }

    private static Map<String, Object> status(Path entry) throws IOException {
        try {
            return Files.readAttributes(entry, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException absent) {
            return Map.of();
        }
    }

    private static boolean isOpaque(Path folder) throws IOException {
        return linux.syscall.Files.lgetxattr(FileFlags.AT_FDCWD,
                linux.syscall.Files.name(folder.toString()), OPAQUE)
                .map(value -> value.length == 1 && (value[0] == 'y' || value[0] == 'x'))
                .orElse(false);
    }
}
