package runtime.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** A small root file system made of the host's own programs, for tests. */
public final class HostRoot {
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    /** What ldd said: it takes a second a program where the processor is emulated. */
    private static final Map<Path, List<Path>> LIBRARIES = new ConcurrentHashMap<>();

    private HostRoot() {}

    /** Copies programs and what they need into the folder. */
    public static Path make(Path folder, String... programs) throws Exception {
        for (String name : List.of("bin", "etc", "tmp", "proc", "sys", "dev", "root")) {
            Files.createDirectories(folder.resolve(name));
        }
        for (String program : programs) {
            Path source = find(program);
            copy(source, folder.resolve("bin").resolve(program));
            for (Path library : libraries(source)) {
                copy(library, folder.resolve(library.toString().substring(1)));
            }
        }
        Files.writeString(folder.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
        return folder;
    }

    private static List<Path> libraries(Path program) throws IOException {
        List<Path> known = LIBRARIES.get(program);
        if (known == null) {
            Process ldd = new ProcessBuilder("ldd", program.toString())
                    .redirectErrorStream(true).start();
            known = LIBRARY.matcher(new String(ldd.getInputStream().readAllBytes())).results()
                    .map(result -> Path.of(result.group(1))).toList();
            LIBRARIES.put(program, known);
        }
        return known;
    }

    private static Path find(String program) {
        for (String folder : List.of("/bin", "/usr/bin", "/sbin", "/usr/sbin")) {
            if (Files.exists(Path.of(folder, program))) {
                return Path.of(folder, program);
            }
        }
        throw new IllegalStateException("the host has no " + program);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from.toRealPath(), to, StandardCopyOption.REPLACE_EXISTING);
    }
}
