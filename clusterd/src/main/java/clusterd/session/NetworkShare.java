package clusterd.session;

import clusterd.model.Network;
import java.util.List;

/**
 * A network as nodes are told of it.
 *
 * @param network which
 * @param holders the nodes that have a part of it, in their order; none, if the one that is told has none
 */
public record NetworkShare(Network network, List<NetworkPeer> holders) {
    /** Copies the list. */
    public NetworkShare {
        holders = List.copyOf(holders);
    }
}
