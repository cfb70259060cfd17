package overlaynet.overlay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who has a port of UDP ({@code proc(5)}: {@code net/udp}, {@code fd}). */
final class UdpSockets {
    private static final int HEXADECIMAL = 16;
    private static final int LOCAL = 1;
    private static final int INODE = 9;

    private UdpSockets() {
    }

    /**
     * The sockets bound to a port in a process' network namespace, as links of descriptors name them; the kernel's own,
     * too.
     */
    static Set<String> of(Path process, int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/udp", "net/udp6")) {
            Path file = process.resolve(table);
            if (Files.exists(file)) {
                sockets.addAll(bound(Files.readAllLines(file), port));
            }
        }
        return sockets;
    }

    /** Of the lines of such a table, the first of which names the columns. */
    static Set<String> bound(List<String> lines, int port) {
        Set<String> sockets = new HashSet<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > INODE && Integer.parseInt(columns[LOCAL].substring(columns[LOCAL].lastIndexOf(':')
                    + 1),
                    HEXADECIMAL) == port) {
                sockets.add("socket:[" + columns[INODE] + "]");
            }
        }
        return sockets;
    }

    /** The programs that hold one of these sockets, in words; a process that ends meanwhile is left out. */
    static List<String> programs(Path processes, Set<String> sockets) throws IOException {
        List<String> programs = new ArrayList<>();
        if (sockets.isEmpty()) {
            return programs;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
            for (Path process : all) {
                if (holds(process, sockets)) {
                    programs.add(name(process) + " (process " + process.getFileName() + ")");
                }
            }
        }
        return programs;
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException ended) {
            return "a program";
        }
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path each : descriptors) {
                if (sockets.contains(Files.readSymbolicLink(each).toString())) {
                    return true;
                }
            }
        } catch (IOException | UncheckedIOException | DirectoryIteratorException ended) {
            return false;
        }
        return false;
    }
}
