package clusterd.model;

/**
 * A service's one address in a network, behind which its tasks come and go.
 *
 * @param network in which
 * @param service whose
 * @param place   which address of the part that is kept for services, from 0
 */
public record VirtualAddress(NetworkId network, ServiceId service, int place) {
}
