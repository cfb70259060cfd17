package clusterd.executor;

import api.node.ImageSummary;
import api.node.InfoRequest;
import api.node.InfoResponse;
import api.node.ListImagesRequest;
import api.node.NodeGrpc;
import clusterd.agent.NodeNetworks;
import clusterd.model.NodeDescription;
import clusterd.model.Platform;
import clusterd.model.Resources;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import runtime.container.Journal;

/** What this node has for tasks. */
public final class NodeFacts implements Supplier<NodeDescription> {
    private static final int MOST_IMAGES = 1000;
    private static final int MOST_TROUBLES = 16;
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages");
    private static final Path MOST_PIDS = Path.of("/proc/sys/kernel/pid_max");
    /** What the host's own programs need. */
    private static final long KEPT_PIDS = 1_000;

    private final NodeGrpc.NodeBlockingStub node;
    private final PluginDevices devices;
    private final Journal journal;
    private final String site;
    private final Supplier<String> underlay;
    private final NodeNetworks networks;
    private NodeDescription last;

    /**
     * Asks that node.
     *
     * @param site     where it was told that it stands; {@code ""} = nothing was said
     * @param underlay where other nodes' tunnels reach it; {@code ""} = nowhere
     * @param networks  that it shares with others
     */
    public NodeFacts(Channel node, Journal journal, String site, Supplier<String> underlay, NodeNetworks networks) {
        this.node = NodeGrpc.newBlockingStub(node);
        this.devices = new PluginDevices(this.node);
        this.journal = journal;
        this.site = site;
        this.underlay = underlay;
        this.networks = networks;
    }

    @Override
    public synchronized NodeDescription get() {
        try {
            last = read();
        } catch (StatusRuntimeException | IOException e) {
            journal.say("what this node has cannot be read" + (last == null ? "" : " and is said as before") + ": "
                    + e.getMessage());
            if (last == null) {
                last = NodeDescription.of("", Resources.NONE).in(site);
            }
        }
        return last;
    }

    private NodeDescription read() throws IOException {
        InfoResponse info = node.info(InfoRequest.getDefaultInstance());
        TreeMap<String, Long> named = new TreeMap<>(devices.amounts());
        if (Files.isDirectory(HUGE_PAGES)) {
            try (Stream<Path> sizes = Files.list(HUGE_PAGES)) {
                for (Path size : sizes.toList()) {
                    long pages = number(size.resolve("nr_hugepages"));
                    if (pages > 0) {
                        named.put("hugepages-" + name(size.getFileName().toString()), pages);
                    }
                }
            }
        }
        TreeSet<String> images = new TreeSet<>();
        for (ImageSummary image : node.listImages(ListImagesRequest.getDefaultInstance()).getImagesList()) {
            image.getTagsList().stream().map(NodeFacts::familiar).forEach(images::add);
        }
        while (images.size() > MOST_IMAGES) {
            images.pollLast();
        }
        return new NodeDescription(info.getHostname(),
                new Platform("linux", info.getVersion().getArchitecture()),
                new Resources(info.getProcessors() * 1000L, info.getMemoryBytes(),
                        Math.max(0, number(MOST_PIDS) - KEPT_PIDS), named),
                info.getVersion().getVersion(), new TreeMap<>(), images, site, underlay.get(), networks.tunnelKey(),
                networks.troubles().stream().limit(MOST_TROUBLES).toList());
    }

    /** As users write it: without the tag everybody means. */
    private static String familiar(String reference) {
        return reference.endsWith(":latest") ? reference.substring(0, reference.length() - ":latest".length())
                : reference;
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    /** {@code hugepages-2048kB} as {@code 2Mi}. */
    private static String name(String folder) {
        long kibibytes = Long.parseLong(folder.replaceAll("[^0-9]", ""));
        return kibibytes >= 1 << 20 ? (kibibytes >> 20) + "Gi" : kibibytes >= 1 << 10 ? (kibibytes >> 10) + "Mi"
                : kibibytes + "Ki";
    }
}
