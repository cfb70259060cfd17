package sriov.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import sriov.inventory.SysTree;

/** The network devices by which the host itself reaches elsewhere, which no container gets ({@code proc_net(5)}). */
final class HostRoutes {
    private static final String ANYWHERE = "0".repeat(8);
    private static final String ANYWHERE_OF_SIX = "0".repeat(32);
    private static final String LOWER = "lower_";
    private static final int HEXADECIMAL = 16;
    private static final int REJECTS = 0x200;
    private static final int UP = 1;

    private final Path folder;

    /** @param folder {@code /proc/net} */
    HostRoutes(Path folder) {
        this.folder = folder;
    }

    /**
     * Those a default route leads through, and those that these consist of, as a bridge or a bond does.
     *
     * @throws IOException if the kernel does not say: nobody may take that for none
     */
    Set<String> devices(SysTree tree) throws IOException {
        Set<String> all = new TreeSet<>();
        for (String line : lines("route")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 7 && words[1].equals(ANYWHERE) && words[7].equals(ANYWHERE) && leadsOn(words[3])) {
                all.add(words[0]);
            }
        }
        for (String line : lines("ipv6_route")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 9 && words[0].equals(ANYWHERE_OF_SIX) && words[1].equals("00") && leadsOn(words[8])) {
                all.add(words[9]);
            }
        }
        return withLower(all, tree);
    }

    private List<String> lines(String name) throws IOException {
        try {
            return Files.readAllLines(folder.resolve(name));
        } catch (NoSuchFileException none) {
            return List.of(); // a kernel without IPv6, for one
        }
    }

    /** Routes that refuse are of the loopback device. */
    private static boolean leadsOn(String flags) {
        int bits = Integer.parseUnsignedInt(flags, HEXADECIMAL);
        return (bits & UP) != 0 && (bits & REJECTS) == 0;
    }

    private static Set<String> withLower(Collection<String> upper, SysTree tree) {
        Set<String> all = new TreeSet<>();
        Deque<String> left = new ArrayDeque<>(upper);
        while (!left.isEmpty()) {
            String device = left.pop();
            if (all.add(device)) {
                tree.list("class/net/" + device).stream().filter(name -> name.startsWith(LOWER)).forEach(name ->
                        left.push(name.substring(LOWER.length())));
            }
        }
        return all;
    }
}
