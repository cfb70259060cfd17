package overlaynet.attach;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import overlaynet.link.ContainerLink;
import overlaynet.link.PortMapping;
import overlaynet.link.PublishedPort;

/**
 * Who has which address, as kept on disk.
 *
 * @param containerId the owner
 * @param address     its IPv4 address
 * @param address6    its IPv6 address, where the network has IPv6
 * @param names       what the others of the network may call it
 * @param nameServers whom the network's name server asks for it; the host's if empty
 * @param number      of its link
 * @param way         whether what is for elsewhere goes through this network
 * @param ports       ports of the host that lead to it
 * @param interfaceName what its link is called in the container; {@code ""} = by its number
 */
public record Lease(String containerId, InetAddress address, Optional<InetAddress> address6,
        List<String> names, List<InetAddress> nameServers, int number, boolean way,
        List<PortMapping> ports, String interfaceName) {
    public Lease {
        names = List.copyOf(names);
        nameServers = List.copyOf(nameServers);
        ports = List.copyOf(ports);
    }

    /** What its link is called in the container. */
    public String linkName() {
        return interfaceName.isEmpty() ? ContainerLink.containerName(number) : interfaceName;
    }

    Lease withPorts(List<PortMapping> mappings) {
        return new Lease(containerId, address, address6, names, nameServers, number, way,
                mappings, interfaceName);
    }

    Lease withAddress6(Optional<InetAddress> other) {
        return new Lease(containerId, address, other, names, nameServers, number, way, ports,
                interfaceName);
    }

    Lease withNames(List<String> others) {
        return new Lease(containerId, address, address6, others, nameServers, number, way, ports,
                interfaceName);
    }

    Lease asWay() {
        return new Lease(containerId, address, address6, names, nameServers, number, true, ports,
                interfaceName);
    }

    List<PublishedPort> publishedPorts() {
        List<PublishedPort> published = new ArrayList<>();
        for (PortMapping port : ports) {
            if (port.covers(false)) {
                published.add(new PublishedPort(port, address));
            }
            if (port.covers(true) && address6.isPresent()) {
                published.add(new PublishedPort(port, address6.get()));
            }
        }
        return published;
    }
}
