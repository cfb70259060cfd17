package overlaynet.mesh;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import linux.netlink.HardwareAddress;
import linux.netlink.WireGuardKey;
import linux.netlink.WireGuardPeer;
import overlaynet.ipam.Subnet;

/**
 * Another node that has a part of the network.
 *
 * @param nodeId   its id in the cluster
 * @param underlay its address between the nodes
 * @param blocks   the parts of the network's subnets it holds, at most one of a family
 * @param key      that its end of an encrypted network's tunnel shows; empty if nobody has told it
 */
public record Peer(String nodeId, InetAddress underlay, List<Subnet> blocks, Optional<WireGuardKey> key) {
    /** Copies the list. */
    public Peer {
        blocks = List.copyOf(blocks);
    }

    /** One without a key. */
    public Peer(String nodeId, InetAddress underlay, List<Subnet> blocks) {
        this(nodeId, underlay, blocks, Optional.empty());
    }

    /** One whose key is that text; without one, if it is none. */
    public static Peer of(String nodeId, InetAddress underlay, List<Subnet> blocks, String key) {
        return new Peer(nodeId, underlay, blocks, WireGuardKey.parse(key));
    }

    /** The node's own address in a block: of the bridge its containers are on. */
    static InetAddress gateway(Subnet block) {
        return block.at(block.firstHostOffset());
    }

    /** The hardware address of its end of the tunnel. */
    public HardwareAddress tunnel(int networkId) {
        return Mesh.tunnel(nodeId, networkId);
    }

    /** As WireGuard is to know it. */
    WireGuardPeer encrypted(WireGuardKey shown, int port) {
        return new WireGuardPeer(shown, Optional.of(new WireGuardPeer.Endpoint(underlay, port)), blocks.stream()
                .map(each -> new WireGuardPeer.Prefix(each.network(), each.prefixLength())).toList());
    }
}
