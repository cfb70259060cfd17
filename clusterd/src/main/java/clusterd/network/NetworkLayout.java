package clusterd.network;

import clusterd.model.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import overlaynet.ipam.Subnet;

/**
 * How a network's subnets are divided: into blocks for nodes, which give addresses out of them without asking
 * anybody, and a last quarter for services' virtual addresses.
 *
 * @param subnets     that of IPv4 first
 * @param blockPrefix length of the prefix of a block of the IPv4 subnet
 */
public record NetworkLayout(List<Subnet> subnets, int blockPrefix) {
    /** The longest prefix a block has: six addresses, one of them the node's. */
    public static final int LONGEST_BLOCK_PREFIX = 29;
    /** The shortest, which is that of a node's bridge. */
    public static final int SHORTEST_BLOCK_PREFIX = 16;
    private static final int USUAL_BLOCK_PREFIX = 24;
    private static final int BLOCK_BITS = 8;
    private static final int BLOCK_BITS_IPV6 = 14;
    private static final int QUARTERS = 4;
    private static final int MOST_VIRTUALS = 1 << 20;

    /** Copies the list. */
    public NetworkLayout {
        subnets = List.copyOf(subnets);
    }

    /** That of a network. */
    public static NetworkLayout of(Network network) {
        return new NetworkLayout(network.subnets().stream().map(Subnet::parse).toList(),
                network.spec().blockPrefix());
    }

    /** How long a block's prefix is where nobody asks for another: room for at least 256 blocks where it can be had. */
    public static int usualBlockPrefix(Subnet subnet) {
        return Math.clamp((long) subnet.prefixLength() + BLOCK_BITS, USUAL_BLOCK_PREFIX, LONGEST_BLOCK_PREFIX);
    }

    private int hostBits(Subnet subnet) {
        return subnet.ipv4() ? Integer.SIZE - blockPrefix : subnet.offsetBits() - BLOCK_BITS_IPV6;
    }

    /** How many nodes can have a block. */
    public int blocks() {
        return subnets.stream().mapToInt(each -> (1 << each.offsetBits() - hostBits(each)) / QUARTERS * (QUARTERS - 1))
                .min().orElse(0);
    }

    /** The parts of the subnets that are a node's. */
    public List<Subnet> block(int place) {
        List<Subnet> parts = new ArrayList<>();
        for (Subnet each : subnets) {
            InetAddress first = each.at((long) place << hostBits(each));
            parts.add(new Subnet(first, first.getAddress().length * Byte.SIZE - hostBits(each)));
        }
        return parts;
    }

    /** How many services can have a virtual address. */
    public int virtuals() {
        long quarter = 1L << subnets.getFirst().offsetBits() - 2;
        return (int) Math.min(quarter - 2, MOST_VIRTUALS);
    }

    /** A service's virtual addresses, one of each subnet. */
    public List<InetAddress> virtual(int place) {
        return subnets.stream().map(each -> each.at(virtualOffset(each) + place + 1)).toList();
    }

    private static long virtualOffset(Subnet subnet) {
        return (1L << subnet.offsetBits()) / QUARTERS * (QUARTERS - 1);
    }
}
