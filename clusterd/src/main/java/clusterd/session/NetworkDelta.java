package clusterd.session;

import clusterd.model.NetworkId;
import clusterd.model.ServiceId;
import java.util.List;

/**
 * What has changed of networks and of what is found in them.
 *
 * @param whole        whether this is all there is; what is not named is gone then
 * @param networks     new, or others than they were
 * @param gone         networks that are no more
 * @param services     new, or others than they were
 * @param goneServices that are found in a network no more
 */
public record NetworkDelta(boolean whole, List<NetworkShare> networks, List<NetworkId> gone,
        List<ServiceShare> services, List<GoneService> goneServices) {
    /** A service that left a network. */
    public record GoneService(NetworkId network, ServiceId service) {
    }

    /** Copies the lists. */
    public NetworkDelta {
        networks = List.copyOf(networks);
        gone = List.copyOf(gone);
        services = List.copyOf(services);
        goneServices = List.copyOf(goneServices);
    }

    /** Whether it says nothing. */
    public boolean isEmpty() {
        return !whole && networks.isEmpty() && gone.isEmpty() && services.isEmpty() && goneServices.isEmpty();
    }
}
