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
 * @param nameServers         whom the network's name server asks for this container about other
 *                            names; the host's if empty
 * @param ports               ports of it to publish
 * @param number              0 for its first link, {@code eth0}, 1 for {@code eth1} …
 * @param way                 whether what is for elsewhere goes through this network
 * @param namespaceDescriptor the container's network namespace, as a file descriptor of the
 *                            process that will send the messages
 * @param interfaceName       what its link is called there; {@code ""} = by the number
 */
public record AttachRequest(
        String containerId,
        List<String> names,
        Optional<InetAddress> address,
        Optional<InetAddress> address6,
        List<InetAddress> nameServers,
        List<PortRequest> ports,
        int number,
        boolean way,
        int namespaceDescriptor,
        String interfaceName) {
    public AttachRequest {
        names = List.copyOf(names);
        nameServers = List.copyOf(nameServers);
        ports = List.copyOf(ports);
    }

    /** One whose link is called by its number. */
    public AttachRequest(String containerId, List<String> names, Optional<InetAddress> address,
            Optional<InetAddress> address6, List<InetAddress> nameServers, List<PortRequest> ports,
            int number, boolean way, int namespaceDescriptor) {
        this(containerId, names, address, address6, nameServers, ports, number, way, namespaceDescriptor, "");
    }

    /** A container's only place, without names or ports. */
    public AttachRequest(String containerId, Optional<InetAddress> address,
            int namespaceDescriptor) {
        this(containerId, List.of(), address, Optional.empty(), List.of(), List.of(), 0, true,
                namespaceDescriptor);
    }

    /** The same for another link of the container. */
    AttachRequest at(int otherNumber, boolean otherWay, int otherDescriptor) {
        return new AttachRequest(containerId, names, address, address6, nameServers, ports,
                otherNumber, otherWay, otherDescriptor, interfaceName);
    }
}
