package runtime.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.syscall.FileStatus;
import runtime.image.ElfFile;

/**
 * Finds a library as {@code ld.so(8)} does: RPATH, RUNPATH, the cache of {@code ldconfig(8)}, and the
 * default folders; only one of the same class and machine counts.
 */
final class LibrarySearch {
    private final HostFiles host;

    LibrarySearch(HostFiles host) {
        this.host = host;
    }

    /**
     * The path of a library.
     *
     * @param name   as in {@code DT_NEEDED}: a file name, or a path
     * @param user   the file that needs it
     * @param folder of that file, for {@code $ORIGIN}
     */
    Optional<String> find(String name, ElfFile user, String folder) throws IOException {
        if (name.contains("/")) {
            return fits(name, user) ? Optional.of(name) : Optional.empty();
        }
        List<String> candidates = new ArrayList<>();
        String own = user.runPath().or(user::searchPath).orElse("");
        for (String entry : own.split(":")) {
            if (!entry.isEmpty()) {
                candidates.add(expanded(entry, user, folder) + "/" + name);
            }
        }
        candidates.addAll(host.libraries().paths().getOrDefault(name, List.of()));
        for (String standard : standardFolders(user)) {
            candidates.add(standard + "/" + name);
        }
        for (String candidate : candidates) {
            if (candidate.startsWith("/") && fits(candidate, user)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private boolean fits(String path, ElfFile user) throws IOException {
        Optional<FileStatus> status = host.status(path);
        if (status.isEmpty() || status.get().isDirectory()) {
            return false;
        }
        Optional<ElfFile> library = Optional.empty();
        try {
            library = host.elf(path);
        } catch (java.nio.file.NoSuchFileException danglingLink) {
            return false;
        }
        return library.isPresent() && library.get().bits() == user.bits()
                && library.get().machine() == user.machine();
    }

    private static String expanded(String entry, ElfFile user, String folder) {
        String library = user.bits() == 64 ? "lib64" : "lib";
        return entry.replace("${ORIGIN}", folder).replace("$ORIGIN", folder)
                .replace("${LIB}", library).replace("$LIB", library);
    }

    private static List<String> standardFolders(ElfFile user) {
        List<String> folders = new ArrayList<>();
        // Debian's dynamic linker has its architecture's folders built in, others have lib64.
        String debian = switch (user.machine()) {
            case 62 -> user.bits() == 64 ? "x86_64-linux-gnu" : "x86_64-linux-gnux32";
            case 183 -> "aarch64-linux-gnu";
            case 3 -> "i386-linux-gnu";
            default -> "";
        };
        for (String top : List.of("/lib", "/usr/lib", "/usr/local/lib")) {
            if (!debian.isEmpty()) {
                folders.add(top + "/" + debian);
            }
            if (user.bits() == 64) {
                folders.add(top + "64");
            }
            folders.add(top);
        }
        return folders;
    }
}
