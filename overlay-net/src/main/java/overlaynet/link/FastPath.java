package overlaynet.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import linux.abi.Errno;
import linux.netlink.FilterMessages;
import linux.netlink.MalformedReplyException;
import linux.socket.NetlinkException;
import linux.socket.NetlinkSocket;
import linux.syscall.BpfObjects;
import linux.syscall.BpfObjects.MapKind;
import linux.syscall.Descriptors;
import linux.syscall.SystemCallException;
import overlaynet.fastpath.FastPathPrograms;
import overlaynet.fastpath.Guard;
import overlaynet.fastpath.Passage;

/**
 * The programs of {@link FastPathPrograms} in the kernel, with maps of their own. Links keep them when this is closed, and lose them
 * when they go themselves. For one thread, but for {@link #counts}.
 */
public final class FastPath implements AutoCloseable {
    /** Containers with a place in a shared network. */
    private static final int MOST_GUARDS = 4_096;
    /** Connections' directions of each family; about 100 bytes each. */
    private static final int MOST_FLOWS = 32_768;
    private static final Path POSSIBLE_PROCESSORS = Path.of("/sys/devices/system/cpu/possible");
    private static final Path LIBERAL = Path.of("/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal");
    private static final String LICENSE = "Apache-2.0";

    private final List<Integer> descriptors = new ArrayList<>();
    private final int processors;
    private final int guards;
    private final int counts;
    private final int fromContainer;
    private final int toContainer;
    private final int fromNodes;
    private final int toNodes;

    private FastPath() throws IOException {
        try {
            processors = possibleProcessors(Files.readString(POSSIBLE_PROCESSORS).strip());
            guards = keep(BpfObjects.createMap(MapKind.HASH, "jctl_guards", Guard.KEY_BYTES, Guard.VALUE_BYTES, MOST_GUARDS));
            int flows = keep(BpfObjects.createMap(MapKind.FORGETFUL_HASH, "jctl_flows", FastPathPrograms.FLOW_KEY_BYTES,
                    FastPathPrograms.FLOW_VALUE_BYTES, MOST_FLOWS));
            int flows6 = keep(BpfObjects.createMap(MapKind.FORGETFUL_HASH, "jctl_flows6", FastPathPrograms.FLOW6_KEY_BYTES,
                    FastPathPrograms.FLOW_VALUE_BYTES, MOST_FLOWS));
            counts = keep(BpfObjects.createMap(MapKind.PER_PROCESSOR_ARRAY, "jctl_passages", Integer.BYTES, Long.BYTES,
                    Passage.values().length));
            FastPathPrograms programs = new FastPathPrograms(guards, flows, flows6, counts);
            fromContainer = keep(load("jctl_from_ctr", programs.fromContainer()));
            toContainer = keep(load("jctl_to_ctr", programs.toContainer()));
            fromNodes = keep(load("jctl_from_nodes", programs.fromNodes()));
            toNodes = keep(load("jctl_to_nodes", programs.toNodes()));
        } catch (IOException | RuntimeException refused) {
            close();
            throw refused;
        }
    }

    /**
     * Loads all of it.
     *
     * @throws IOException if the kernel has no such programs, or does not let this process load any
     */
    public static FastPath open() throws IOException {
        return new FastPath();
    }

    private int keep(int descriptor) {
        descriptors.add(descriptor);
        return descriptor;
    }

    private static int load(String name, byte[] program) throws SystemCallException {
        return BpfObjects.loadClassifier(name, program, LICENSE);
    }

    /** Of the last one's number, as in {@code 0-3,8-11}, one more. */
    static int possibleProcessors(String list) {
        return Integer.parseInt(list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1)) + 1;
    }

    /**
     * Tracking sees few of a connection's segments, and must not take the others for lost ones ({@code nf_conntrack-sysctl.rst} of
     * the kernel's documentation). Of the network namespace of the calling thread.
     *
     * @throws IOException if that cannot be told to it: then nothing may pass the fast path
     */
    public static void keepTracking() throws IOException {
        if (!Files.readString(LIBERAL).strip().equals("1")) {
            Files.writeString(LIBERAL, "1");
        }
    }

    /**
     * Lets the programs look at what a container's cable carries. Done again, it is mended.
     *
     * @param link  index of its end on the host
     * @param guard what may come out of it
     */
    public void container(NetlinkSocket socket, int link, Guard guard) throws IOException {
        BpfObjects.update(guards, Guard.key(link), guard.value());
        filter(socket, link, toContainer, "jctl_to_ctr", fromContainer, "jctl_from_ctr");
    }

    /** Lets the programs look at what a tunnel carries. Done again, it is mended. */
    public void tunnel(NetlinkSocket socket, int link) throws IOException {
        filter(socket, link, toNodes, "jctl_to_nodes", fromNodes, "jctl_from_nodes");
    }

    /** Indexes of links that programs may be looking at; a link that was made anew under its old index is none. */
    public static Set<Integer> watched(NetlinkSocket socket) throws IOException {
        Set<Integer> links = new HashSet<>();
        try {
            for (byte[] each : socket.dump(FilterMessages.dumpPlaces())) {
                FilterMessages.linkOf(each).ifPresent(links::add);
            }
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
        return links;
    }

    private static void filter(NetlinkSocket socket, int link, int out, String outName, int in, String inName) throws IOException {
        socket.requestUnless(Errno.EEXIST, FilterMessages.place(link));
        socket.request(FilterMessages.put(link, false, out, outName));
        socket.request(FilterMessages.put(link, true, in, inName));
    }

    /** Nothing is expected of that link any more, which may be gone. */
    public void forget(int link) throws IOException {
        BpfObjects.delete(guards, Guard.key(link));
    }

    /** Takes the programs off a link, whoever put them there; content if there are none. */
    public static void remove(NetlinkSocket socket, int link) throws IOException {
        for (boolean in : new boolean[] {true, false}) {
            try {
                socket.request(FilterMessages.remove(link, in));
            } catch (NetlinkException refused) {
                if (!refused.is(Errno.ENOENT) && !refused.is(Errno.EINVAL) && !refused.is(Errno.ENODEV)) {
                    throw refused;
                }
            }
        }
    }

    /** How often it went by each of them, since this was opened. */
    public Map<Passage, Long> counts() throws IOException {
        Map<Passage, Long> sums = new EnumMap<>(Passage.class);
        for (Passage each : Passage.values()) {
            ByteBuffer values = ByteBuffer.wrap(BpfObjects.lookup(counts, Guard.key(each.ordinal()), processors * Long.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            long sum = 0;
            for (int i = 0; i < processors; i++) {
                sum += values.getLong(i * Long.BYTES);
            }
            sums.put(each, sum);
        }
        return sums;
    }

    @Override
    public void close() {
        descriptors.forEach(Descriptors::close);
        descriptors.clear();
    }
}
