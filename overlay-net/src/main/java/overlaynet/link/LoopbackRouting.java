package overlaynet.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Links through which answers may come back to the host's loopback addresses ({@code route_localnet}, {@code ip-sysctl.rst} of
 * the kernel's documentation), noted so that it is taken back from those, and no others, where it was turned on. Rules of whoever
 * needs it keep everything but such answers away from the loopback addresses.
 */
public final class LoopbackRouting {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4/conf");

    private final Path file;
    private final String boot;
    private final Set<String> own = new TreeSet<>();

    private LoopbackRouting(Path file, String boot) {
        this.file = file;
        this.boot = boot;
    }

    /**
     * Remembers what was turned on since the host started.
     *
     * @param file where that is noted; made when it is needed
     */
    public static LoopbackRouting open(Path file) throws IOException {
        LoopbackRouting opened = new LoopbackRouting(file, Files.readString(BOOT).strip());
        if (Files.exists(file)) {
            List<String> words = List.of(Files.readString(file).strip().split(" "));
            if (words.getFirst().equals(opened.boot)) {
                opened.own.addAll(words.subList(1, words.size()));
            }
        }
        return opened;
    }

    /** From now on it is so for these links, and no more for others where it was not so before. */
    public void keep(Set<String> linkNames) throws IOException {
        for (String each : linkNames) {
            if (isOff(each)) {
                own.add(each);
                note();
                Files.writeString(setting(each), "1");
            }
        }
        for (String each : new ArrayList<>(own)) {
            if (!linkNames.contains(each)) {
                if (Files.exists(setting(each))) {
                    Files.writeString(setting(each), "0");
                }
                own.remove(each);
                note();
            }
        }
    }

    private static Path setting(String linkName) {
        return SETTINGS.resolve(linkName).resolve("route_localnet");
    }

    private static boolean isOff(String linkName) throws IOException {
        return Files.exists(setting(linkName)) && Files.readString(setting(linkName)).strip().equals("0");
    }

    private void note() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, boot + " " + String.join(" ", own) + "\n");
    }
}
