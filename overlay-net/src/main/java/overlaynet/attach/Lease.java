package overlaynet.attach;

import java.net.InetAddress;
import java.util.List;
import overlaynet.link.PortMapping;
import overlaynet.link.PublishedPort;

/**
 * Who has which address, as kept on disk.
 *
 * @param containerId the owner
 * @param address     its address
 * @param ports       ports of the host that lead to it
 */
record Lease(String containerId, InetAddress address, List<PortMapping> ports) {

    Lease withPorts(List<PortMapping> mappings) {
        return new Lease(containerId, address, List.copyOf(mappings));
    }

    List<PublishedPort> publishedPorts() {
        return ports.stream().map(port -> new PublishedPort(port, address)).toList();
    }
}
