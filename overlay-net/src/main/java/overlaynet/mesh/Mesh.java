package overlaynet.mesh;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import linux.netlink.HardwareAddress;
import overlaynet.ipam.Subnet;

/**
 * One network as a node is to have it: its tunnel, and every other node that has a part of it.
 *
 * @param networkId VNI, 24 bits (RFC 7348)
 * @param nodeId    this node
 * @param underlay  its address between the nodes
 * @param port      of UDP, the same at all nodes
 * @param mtuBytes  the largest packet inside of the tunnel
 * @param blocks    the parts of the network's subnets this node holds, at most one of a family
 * @param peers     the other nodes
 * @param secret    this node's own, if the tunnel is encrypted: WireGuard instead of VXLAN
 */
public record Mesh(int networkId, String nodeId, InetAddress underlay, int port, int mtuBytes, List<Subnet> blocks,
        List<Peer> peers, Optional<TunnelSecret> secret) {
    /** The first port of UDP of encrypted networks: Linux gives programs ports below (ip_local_port_range) by itself. */
    public static final int FIRST_ENCRYPTED_PORT = 61_000;
    /** How many such ports there are, and so encrypted networks of a cluster. */
    public static final int ENCRYPTED_PORTS = 1_024;
    private static final int AROUND_IPV4_BYTES = 50;
    private static final int IPV6_LARGER_BYTES = 20;
    private static final int WIREGUARD_LARGER_BYTES = 10;
    private static final int NETWORK_BITS = 24;
    private static final int HARDWARE_BYTES = 6;

    /** Copies the lists. */
    public Mesh {
        blocks = List.copyOf(blocks);
        peers = List.copyOf(peers);
        if (networkId <= 0 || networkId >>> NETWORK_BITS != 0) {
            throw new IllegalArgumentException("a VXLAN's id has 24 bits and is not 0: " + networkId);
        }
    }

    /** One that is not encrypted. */
    public Mesh(int networkId, String nodeId, InetAddress underlay, int port, int mtuBytes, List<Subnet> blocks,
            List<Peer> peers) {
        this(networkId, nodeId, underlay, port, mtuBytes, blocks, peers, Optional.empty());
    }

    /**
     * What a tunnel puts around a packet: Ethernet inside and VXLAN (8), or WireGuard's header and tag (32); UDP (8); IP.
     *
     * @param ipv6 whether nodes have IPv6 between them
     */
    public static int aroundBytes(boolean encrypted, boolean ipv6) {
        return AROUND_IPV4_BYTES + (ipv6 ? IPV6_LARGER_BYTES : 0) + (encrypted ? WIREGUARD_LARGER_BYTES : 0);
    }

    /** The port of UDP of an encrypted network: a link has one alone, so the cluster gives no two the same remainder. */
    public static int encryptedPort(int networkId) {
        return FIRST_ENCRYPTED_PORT + networkId % ENCRYPTED_PORTS;
    }

    /** The name of the tunnel's link. */
    public String linkName() {
        return linkName(networkId);
    }

    /** The name of the link of a network's tunnel. */
    public static String linkName(int networkId) {
        return "jx" + Integer.toHexString(networkId);
    }

    /** The hardware address of this node's end of the tunnel. */
    HardwareAddress tunnel() {
        return tunnel(nodeId, networkId);
    }

    /** What the node's own packets to a block of that family come from; empty if it has no part of that family. */
    Optional<InetAddress> source(Subnet block) {
        return blocks.stream().filter(each -> each.ipv4() == block.ipv4()).map(Peer::gateway).findFirst();
    }

    /** Follows from who and where, so that nobody has to be told: of the locally administered range. */
    static HardwareAddress tunnel(String nodeId, int networkId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((nodeId + "/" + networkId).getBytes(StandardCharsets.UTF_8));
            byte[] bytes = Arrays.copyOf(digest, HARDWARE_BYTES);
            bytes[0] = (byte) (bytes[0] & 0xfc | 0x02);
            return HardwareAddress.of(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
