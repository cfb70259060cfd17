package overlaynet.overlay;

import java.net.InetAddress;
import java.util.List;

/**
 * A task that has connections.
 *
 * @param place     what tells it from the others of its service: {@code 1} of {@code 1.web}
 * @param addresses in the network, IPv4 first
 * @param leaving   whether it takes no new ones: it is not ready yet, is to end, or its node is lost
 * @param lost      whether its node is lost
 */
public record WantedTask(String place, List<InetAddress> addresses, boolean leaving, boolean lost) {
    /** One whose node is not lost. */
    public WantedTask(String place, List<InetAddress> addresses, boolean leaving) {
        this(place, addresses, leaving, false);
    }

    /** Copies the list. */
    public WantedTask {
        addresses = List.copyOf(addresses);
    }
}
