package runtime.network;

import java.util.List;

/**
 * A container's place in a network, while it runs.
 *
 * @param network       its name
 * @param networkId     64 hexadecimal digits
 * @param hasNames      whether containers find each other by name in it
 * @param ipv4Address   with prefix length: {@code 10.144.0.2/16}
 * @param ipv4Gateway   the host's address in the network
 * @param ipv6Address   with prefix length; empty where the network has no IPv6
 * @param ipv6Gateway   likewise
 * @param hardwareAddress Ethernet address of the container's link
 * @param names         what the others of the network may call it
 * @param ports         published ports
 */
public record Endpoint(
        String network,
        String networkId,
        boolean hasNames,
        String ipv4Address,
        String ipv4Gateway,
        String ipv6Address,
        String ipv6Gateway,
        String hardwareAddress,
        List<String> names,
        List<PortBinding> ports) {
    public Endpoint {
        names = List.copyOf(names);
        ports = List.copyOf(ports);
    }
}
