package runtime.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import runtime.topology.CpuList;
import runtime.topology.NumaNode;

/**
 * The NUMA nodes of this machine, their processors and free huge pages ({@code Documentation/ABI/stable/sysfs-devices-node}).
 *
 * @param folder the kernel's {@code devices/system}
 */
record HostTopology(Path folder) {
    static final HostTopology OF_HOST = new HostTopology(Path.of("/sys/devices/system"));
    private static final String PAGES = "hugepages-";
    private static final long KIB = 1_024;

    /** All nodes, by number; a kernel that knows of none is one node. Nothing is said of devices. */
    List<NumaNode> read() throws IOException {
        List<NumaNode> nodes = new ArrayList<>();
        for (Path node : entries(folder.resolve("node"), "node[0-9]*")) {
            nodes.add(new NumaNode(Integer.parseInt(node.getFileName().toString().substring("node".length())), list(node.resolve("cpulist")),
                    pages(node.resolve("hugepages"), "free_hugepages"), Map.of()));
        }
        if (nodes.isEmpty()) {
            nodes.add(new NumaNode(0, list(folder.resolve("cpu/online")), Map.of(), Map.of()));
        }
        nodes.sort(Comparator.comparingInt(NumaNode::id));
        return nodes;
    }

    private static CpuList list(Path file) throws IOException {
        String text = Files.readString(file);
        return CpuList.parse(text).orElseThrow(() -> new IOException(file + " says \"" + text.strip() + "\", which is no list of processors"));
    }

    private static Map<Long, Long> pages(Path folder, String name) throws IOException {
        Map<Long, Long> pages = new TreeMap<>();
        for (Path each : entries(folder, PAGES + "*kB")) {
            String size = each.getFileName().toString();
            pages.put(Long.parseLong(size.substring(PAGES.length(), size.length() - "kB".length())) * KIB,
                    Long.parseLong(Files.readString(each.resolve(name)).strip()));
        }
        return pages;
    }

    private static List<Path> entries(Path folder, String pattern) throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            found.forEach(all::add);
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        return all;
    }
}
