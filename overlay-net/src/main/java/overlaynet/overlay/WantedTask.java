package overlaynet.overlay;

import java.net.InetAddress;
import java.util.List;

/**
 * A task that has connections.
 *
 * @param place     what tells it from the others of its service: {@code 1} of {@code 1.web}
 * @param addresses in the network, IPv4 first
 * @param leaving   whether it is to end, and takes no new ones
 */
public record WantedTask(String place, List<InetAddress> addresses, boolean leaving) {
    /** Copies the list. */
    public WantedTask {
        addresses = List.copyOf(addresses);
    }
}
