package overlaynet.link;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import overlaynet.ipam.Subnet;

/**
 * A bridge that is ready to take containers.
 *
 * @param linkName name of the link
 * @param index    its index in the host's namespace
 * @param subnet   the IPv4 addresses of its containers
 * @param gateway  the bridge's own address, where containers send what is for elsewhere
 * @param ipv6     the same for IPv6, if it has that
 * @param internal whether nothing leaves it, so that it is no way to elsewhere
 * @param mtuBytes largest packet, that of the host's uplink
 * @param peers    where the other nodes' parts are, if it is this node's part of a network they share
 */
public record Bridge(String linkName, int index, Subnet subnet, InetAddress gateway,
        Optional<Ipv6> ipv6, boolean internal, int mtuBytes, Optional<Peers> peers) {

    /** The IPv6 side of a bridge. */
    public record Ipv6(Subnet subnet, InetAddress gateway) {}

    /**
     * How the other nodes' parts of a network are reached. Containers then have no neighbours: what they send goes to
     * the bridge's address, also what is for one beside them, so that all of it passes the host's rules.
     *
     * @param tunnel  the link that leads there; empty if routes of the host do, by whatever link
     * @param subnets the whole network's, IPv4 first
     */
    public record Peers(Optional<String> tunnel, List<Subnet> subnets) {
        /** Copies the list. */
        public Peers {
            subnets = List.copyOf(subnets);
        }
    }

    /** One of this host alone. */
    public Bridge(String linkName, int index, Subnet subnet, InetAddress gateway, Optional<Ipv6> ipv6,
            boolean internal, int mtuBytes) {
        this(linkName, index, subnet, gateway, ipv6, internal, mtuBytes, Optional.empty());
    }

    /** One of IPv4 alone, through which containers reach the world. */
    public Bridge(String linkName, int index, Subnet subnet, InetAddress gateway, int mtuBytes) {
        this(linkName, index, subnet, gateway, Optional.empty(), false, mtuBytes);
    }
}
