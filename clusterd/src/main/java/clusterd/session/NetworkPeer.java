package clusterd.session;

import clusterd.model.NodeId;

/**
 * A node that has a part of a network.
 *
 * @param node     which
 * @param underlay its address that tunnels lead to; {@code ""} = it is not known yet
 * @param place    which part of each subnet
 * @param key      that its end of an encrypted network's tunnel shows; {@code ""} = it has none yet, or the network is
 *                 not encrypted
 */
public record NetworkPeer(NodeId node, String underlay, int place, String key) {
    /** One without a key. */
    public NetworkPeer(NodeId node, String underlay, int place) {
        this(node, underlay, place, "");
    }
}
