package overlaynet.attach;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import overlaynet.link.PortRequest;

/**
 * A place in a network that a container shall have.
 *
 * @param containerId         at most 128 letters, digits, dots, dashes and underscores
 * @param names               what the others of the network may call it
 * @param address             the IPv4 address it is to have; the next free one if empty
 * @param address6            the IPv6 address, likewise
 * @param ports               ports of it to publish
 * @param number              0 for its first link, {@code eth0}, 1 for {@code eth1} …
 * @param way                 whether what is for elsewhere goes through this network
 * @param namespaceDescriptor the container's network namespace, as a file descriptor of the
 *                            process that will send the messages
 */
public record AttachRequest(
        String containerId,
        List<String> names,
        Optional<InetAddress> address,
        Optional<InetAddress> address6,
        List<PortRequest> ports,
        int number,
        boolean way,
        int namespaceDescriptor) {
    public AttachRequest {
        names = List.copyOf(names);
        ports = List.copyOf(ports);
    }

    /** A container's only place, without names or ports. */
    public AttachRequest(String containerId, Optional<InetAddress> address,
            int namespaceDescriptor) {
        this(containerId, List.of(), address, Optional.empty(), List.of(), 0, true,
                namespaceDescriptor);
    }
}
