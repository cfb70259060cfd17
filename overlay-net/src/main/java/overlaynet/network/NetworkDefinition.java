package overlaynet.network;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import overlaynet.ipam.Subnet;

/**
 * A network somebody made.
 *
 * @param id        64 hexadecimal digits
 * @param name      unique among the networks of an agent
 * @param createdAt when it was made
 * @param subnet    IPv4 addresses of its containers
 * @param gateway   the host's address in it
 * @param range     the part of the subnet addresses are given out of, if not all of it
 * @param ipv6      the same for IPv6, if it has that
 * @param internal  whether nothing leaves it
 * @param linkName  name of its bridge
 * @param mtuBytes  largest packet; that of the host's uplink if empty
 * @param labels    the user's
 * @param options   of the driver, as given
 * @param shared    what there is to say of it if nodes share it, and the subnet is this node's part alone
 */
public record NetworkDefinition(
        String id,
        String name,
        Instant createdAt,
        Subnet subnet,
        InetAddress gateway,
        Optional<Subnet> range,
        Optional<Ipv6> ipv6,
        boolean internal,
        String linkName,
        OptionalInt mtuBytes,
        Map<String, String> labels,
        Map<String, String> options,
        Optional<Shared> shared) {

    /** IPv6 subnet and the host's address in it. */
    public record Ipv6(Subnet subnet, InetAddress gateway) {}

    /**
     * Of a network that nodes share.
     *
     * @param number     its VNI
     * @param subnets    all of it, IPv4 first
     * @param attachable whether containers that are no tasks may join it
     * @param routed     whether routes of the host lead to the other nodes' parts, and no tunnel
     */
    public record Shared(int number, List<Subnet> subnets, boolean attachable, boolean routed) {
        /** Copies the list. */
        public Shared {
            subnets = List.copyOf(subnets);
        }

        /** One with a tunnel. */
        public Shared(int number, List<Subnet> subnets, boolean attachable) {
            this(number, subnets, attachable, false);
        }
    }

    /** One of this host alone. */
    public NetworkDefinition(String id, String name, Instant createdAt, Subnet subnet, InetAddress gateway,
            Optional<Subnet> range, Optional<Ipv6> ipv6, boolean internal, String linkName, OptionalInt mtuBytes,
            Map<String, String> labels, Map<String, String> options) {
        this(id, name, createdAt, subnet, gateway, range, ipv6, internal, linkName, mtuBytes, labels, options,
                Optional.empty());
    }

    /** Copies the maps. */
    public NetworkDefinition {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }
}
