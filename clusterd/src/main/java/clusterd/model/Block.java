package clusterd.model;

/**
 * A part of a network that one node gives addresses out of.
 *
 * @param network of which
 * @param node    whose
 * @param place   which part of each of the network's subnets, from 0
 */
public record Block(NetworkId network, NodeId node, int place) {
}
