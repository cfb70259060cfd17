package overlaynet.mesh;

import java.net.InetAddress;
import java.util.List;
import linux.netlink.HardwareAddress;
import overlaynet.ipam.Subnet;

/**
 * Another node that has a part of the network.
 *
 * @param nodeId   its id in the cluster
 * @param underlay its address between the nodes
 * @param blocks   the parts of the network's subnets it holds, at most one of a family
 */
public record Peer(String nodeId, InetAddress underlay, List<Subnet> blocks) {
    /** Copies the list. */
    public Peer {
        blocks = List.copyOf(blocks);
    }

    /** The node's own address in a block: of the bridge its containers are on. */
    static InetAddress gateway(Subnet block) {
        return block.at(block.firstHostOffset());
    }

    /** The hardware address of its end of the tunnel. */
    HardwareAddress tunnel(int networkId) {
        return Mesh.tunnel(nodeId, networkId);
    }
}
