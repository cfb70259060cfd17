package overlaynet.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import overlaynet.network.NetworkNames;

/** What a name server may tell whom. */
@FunctionalInterface
public interface Directory {

    /**
     * What one client may know.
     *
     * @param networks    those it is in, that asked from first
     * @param nameServers whom to ask about other names on its behalf; empty for nobody
     */
    record View(List<NetworkNames> networks, List<InetAddress> nameServers) {
        public View {
            networks = List.copyOf(networks);
            nameServers = List.copyOf(nameServers);
        }
    }

    /** The view of who has that address; empty for strangers, who get no answer. */
    Optional<View> of(InetAddress client);
}
