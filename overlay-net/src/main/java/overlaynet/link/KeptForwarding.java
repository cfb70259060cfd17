package overlaynet.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Forwarding that was off before this program needed it ({@code ip-sysctl.rst} of the kernel's documentation): what it
 * turned on it may turn on again. What somebody else had turned on is theirs to turn off.
 */
public final class KeptForwarding {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    private final Set<String> own;

    private KeptForwarding(Set<String> own) {
        this.own = own;
    }

    /**
     * Looks what is off, before anything is turned on.
     *
     * @param file where it is noted for the program's next start; until the host starts anew
     */
    public static KeptForwarding open(Path file) throws IOException {
        String boot = Files.readString(BOOT).strip();
        Set<String> own = new TreeSet<>();
        if (Files.exists(file)) {
            List<String> words = List.of(Files.readString(file).strip().split(" "));
            if (words.getFirst().equals(boot)) {
                own.addAll(words.subList(1, words.size()));
            }
        }
        Set<String> before = Set.copyOf(own);
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (Forwarding.isOff(ipv6)) {
                own.add(word(ipv6));
            }
        }
        if (!own.equals(before)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, boot + " " + String.join(" ", own) + "\n");
        }
        return new KeptForwarding(own);
    }

    private static String word(boolean ipv6) {
        return ipv6 ? "IPv6" : "IPv4";
    }

    /**
     * Turns on again what this program may.
     *
     * @return what that was: {@code IPv4}, {@code IPv6}
     */
    public List<String> keep(boolean ipv6) throws IOException {
        List<String> mended = new ArrayList<>();
        for (boolean each : ipv6 ? new boolean[] {false, true} : new boolean[] {false}) {
            if (own.contains(word(each)) && Forwarding.isOff(each)) {
                Forwarding.turnOn(each);
                mended.add(word(each));
            }
        }
        return mended;
    }
}
