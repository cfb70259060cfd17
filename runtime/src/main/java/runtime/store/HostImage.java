package runtime.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import linux.syscall.FileStatus;
import runtime.image.ElfFile;
import runtime.image.ImageDefaults;
import runtime.image.TarEntry;

/**
 * A small root file system out of a machine's own programs: each with its dynamic linker, libraries and
 * script interpreter, every link on the way kept as it is, so that {@code /bin} stays a link to
 * {@code usr/bin} where it is one. Data a program reads (Perl's or Python's modules) is not followed.
 */
final class HostImage {
    private static final List<String> STANDARD = List.of("sh", "bash", "ls", "cat", "echo", "id",
            "hostname", "ps", "ip", "ping", "mount", "umount", "sleep", "true", "false", "env",
            "head", "tail", "wc", "grep", "sed", "cut", "sort", "tr", "uname", "date", "df", "free",
            "kill", "mkdir", "rm", "cp", "mv", "ln", "chmod", "chown", "touch", "dd", "stat", "seq",
            "yes", "tee", "find", "timeout", "nproc", "stty", "ss", "top", "od", "readlink", "test");

    private static final String SEARCH_PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int LINK_LIMIT = 40;
    private static final int PERMISSIONS = 07777;
    /** Loaded by name at run time, so that names of users and hosts can be looked up. */
    private static final List<String> NAME_SERVICES =
            List.of("libnss_files.so.2", "libnss_dns.so.2");
    private static final List<String> TERMINALS = List.of("linux", "xterm", "xterm-256color",
            "screen", "screen-256color", "tmux-256color", "vt100", "dumb");

    private final HostFiles host;
    private final LibrarySearch libraries;
    /** Entries by path, so that a folder comes before what is in it. */
    private final TreeMap<String, TarEntry> entries = new TreeMap<>();
    private final Map<String, byte[]> contents = new TreeMap<>();
    private final Deque<String> unread = new ArrayDeque<>();
    private final Set<String> read = new HashSet<>();
    private final List<String> programPaths = new ArrayList<>();

    private HostImage(HostFiles host) {
        this.host = host;
        this.libraries = new LibrarySearch(host);
    }

    /**
     * Collects what the programs need; without any named, those one looks around with.
     *
     * @throws ImageException NOT_FOUND for a program, an interpreter or a library that is not there
     */
    static HostImage of(HostFiles host, List<String> programs) throws IOException {
        HostImage image = new HostImage(host);
        image.addSkeleton();
        for (String program : programs.isEmpty() ? image.standard() : programs) {
            String path = image.lookUp(program);
            image.programPaths.add(path);
            image.addFile(path);
        }
        image.addNeeded();
        image.addConveniences();
        return image;
    }

    /** Those of the standard programs that this host has. */
    private List<String> standard() throws IOException {
        List<String> present = new ArrayList<>();
        for (String program : STANDARD) {
            try {
                lookUp(program);
                present.add(program);
            } catch (ImageException absent) {
                if (absent.reason() != ImageException.Reason.NOT_FOUND) {
                    throw absent;
                }
            }
        }
        if (present.isEmpty()) {
            throw new ImageException(ImageException.Reason.NOT_FOUND, "the host has none of "
                    + STANDARD + "; name programs: jctl image from-host PROGRAM...");
        }
        return present;
    }

    /** The default program: a shell if there is one, otherwise the first. */
    ImageDefaults defaults() {
        String program = programPaths.stream().filter(path -> path.matches(".*/(bash|sh)"))
                .findFirst().orElse(programPaths.getFirst());
        return ImageDefaults.NONE.withCommand(List.of(program))
                .withEnvironment(List.of(SEARCH_PATH));
    }

    /** Writes the root file system as a tar. */
    void write(OutputStream out) throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            for (Map.Entry<String, TarEntry> entry : entries.entrySet()) {
                byte[] made = contents.get(entry.getKey());
                boolean file = entry.getValue().kind() == TarEntry.Kind.FILE;
                try (InputStream content = made != null ? new ByteArrayInputStream(made)
                        : file ? host.open(entry.getKey()) : InputStream.nullInputStream()) {
                    tar.write(entry.getValue(), content);
                }
            }
        }
    }

    private String lookUp(String program) throws IOException {
        if (program.startsWith("/")) {
            if (isFile(program)) {
                return program;
            }
            throw new ImageException(ImageException.Reason.NOT_FOUND,
                    "no such program on this machine: " + program);
        }
        if (!program.contains("/")) {
            for (String folder : host.searchPath()) {
                if (isFile(folder + "/" + program)) {
                    return folder + "/" + program;
                }
            }
        }
        throw new ImageException(ImageException.Reason.NOT_FOUND, "no program " + program
                + " on this machine (looked in " + String.join(", ",
                host.searchPath().stream().distinct().toList()) + ")");
    }

    private boolean isFile(String path) throws IOException {
        Optional<FileStatus> status = host.status(path);
        return status.isPresent() && !status.get().isDirectory();
    }

    /**
     * Adds the file a path leads to, with every folder and link on the way.
     *
     * @return its path without links
     */
    private String addFile(String path) throws IOException {
        Deque<String> left = new ArrayDeque<>(parts(path));
        String at = "";
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.pop();
            if (part.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
                continue;
            }
            String next = at + "/" + part;
            FileStatus status = host.status(next).orElseThrow(() -> new ImageException(
                    ImageException.Reason.NOT_FOUND, path + " is not there: " + next
                    + " does not exist"));
            add(next, status);
            if (!status.isSymbolicLink()) {
                at = next;
                continue;
            }
            if (++links > LINK_LIMIT) {
                throw new ImageException(ImageException.Reason.MALFORMED,
                        path + " leads through more than " + LINK_LIMIT + " links");
            }
            String target = new String(host.linkTarget(next), StandardCharsets.UTF_8);
            at = target.startsWith("/") ? "" : at;
            List<String> parts = parts(target);
            for (int i = parts.size() - 1; i >= 0; i--) {
                left.push(parts.get(i));
            }
        }
        if (read.add(at)) {
            unread.add(at);
        }
        return at;
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals(".")).toList();
    }

    private void add(String path, FileStatus status) throws IOException {
        if (entries.containsKey(path)) {
            return;
        }
        boolean link = status.isSymbolicLink();
        boolean file = status.isRegularFile();
        if (!link && !file && !status.isDirectory()) {
            throw new ImageException(ImageException.Reason.MALFORMED,
                    path + " is neither a file nor a folder nor a link");
        }
        TarEntry.Kind kind = link ? TarEntry.Kind.SYMBOLIC_LINK
                : file ? TarEntry.Kind.FILE : TarEntry.Kind.DIRECTORY;
        entries.put(path, new TarEntry(kind, name(path), link ? host.linkTarget(path)
                : new byte[0], status.mode() & PERMISSIONS, status.userId(), status.groupId(),
                file ? status.sizeBytes() : 0, file ? status.sizeBytes() : 0, status.seconds(),
                status.nanoseconds(), 0, 0, file ? host.attributes(path) : Map.of(),
                Optional.empty()));
    }

    private static byte[] name(String path) {
        return path.substring(1).getBytes(StandardCharsets.UTF_8);
    }

    private void addNeeded() throws IOException {
        while (!unread.isEmpty()) {
            String path = unread.pop();
            TarEntry entry = entries.get(path);
            if (entry == null || entry.kind() != TarEntry.Kind.FILE) {
                continue;
            }
            Optional<ElfFile> elf = host.elf(path);
            if (elf.isPresent()) {
                addNeeded(path, elf.get());
            } else {
                addInterpreter(path);
            }
        }
    }

    private void addNeeded(String path, ElfFile elf) throws IOException {
        if (elf.interpreter().isPresent()) {
            addFile(elf.interpreter().get());
            addNameServices(elf);
        }
        for (String library : elf.needed()) {
            addFile(libraries.find(library, elf, folder(path)).orElseThrow(
                    () -> new ImageException(ImageException.Reason.NOT_FOUND, path + " needs the"
                            + " library " + library + ", which this machine does not have")));
        }
    }

    private void addNameServices(ElfFile elf) throws IOException {
        for (String service : NAME_SERVICES) {
            Optional<String> library = libraries.find(service, elf, "/");
            if (library.isPresent()) {
                addFile(library.get());
            }
        }
    }

    private static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** A script's interpreter; for {@code env} also the program it is asked to find. */
    private void addInterpreter(String path) throws IOException {
        List<String> words = host.scriptInterpreter(path);
        if (words.isEmpty()) {
            return;
        }
        addFile(words.getFirst());
        if (words.getFirst().endsWith("/env") && words.size() > 1) {
            String program = words.get(1).replaceFirst("^-S +", "").split("[ \t]")[0];
            addFile(lookUp(program));
        }
    }

    private void addSkeleton() throws IOException {
        for (String top : List.of("/bin", "/sbin", "/lib", "/lib64", "/usr")) {
            Optional<FileStatus> status = host.status(top);
            if (status.isPresent()) {
                addFile(top);
            }
        }
        for (String folder : List.of("/etc", "/dev", "/proc", "/sys", "/run", "/home", "/var",
                "/usr/bin", "/usr/lib")) {
            folder(folder, 0755);
        }
        folder("/root", 0700);
        folder("/tmp", 01777);
        folder("/var/tmp", 01777);
        file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                + "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
        file("/etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n");
        file("/etc/nsswitch.conf",
                "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n");
        for (String mountPoint : List.of("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")) {
            file(mountPoint, "");
        }
    }

    private void folder(String path, int mode) {
        entries.put(path, entry(TarEntry.Kind.DIRECTORY, path, mode, 0));
    }

    private void file(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        contents.put(path, bytes);
        entries.put(path, entry(TarEntry.Kind.FILE, path, 0644, bytes.length));
    }

    private static TarEntry entry(TarEntry.Kind kind, String path, int mode, long sizeBytes) {
        return new TarEntry(kind, name(path), new byte[0], mode, 0, 0, sizeBytes, sizeBytes, 0, 0,
                0, 0, Map.of(), Optional.empty());
    }

    /** Where libraries lie that are in no default folder, and what interactive programs look up. */
    private void addConveniences() throws IOException {
        if (isFile("/etc/ld.so.cache")) {
            addFile("/etc/ld.so.cache");
        }
        for (String folder : List.of("/lib/terminfo", "/usr/share/terminfo")) {
            for (String terminal : TERMINALS) {
                String path = folder + "/" + terminal.charAt(0) + "/" + terminal;
                if (isFile(path)) {
                    addFile(path);
                }
            }
        }
    }
}
