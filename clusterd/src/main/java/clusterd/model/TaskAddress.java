package clusterd.model;

/**
 * Where a task is found in a network.
 *
 * @param network which
 * @param address IPv4 or IPv6, without a prefix length
 */
public record TaskAddress(NetworkId network, String address) {
}
