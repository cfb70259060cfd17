package runtime.network;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network there is.
 *
 * @param id        64 hexadecimal digits
 * @param name      unique
 * @param driver    {@code bridge}; {@code overlay} for one that the cluster's nodes share; {@code host} and {@code null} for what is no network of its own
 * @param createdAt when somebody made it; empty for jctl's own
 * @param internal  whether nothing leaves it
 * @param subnets   its addresses; empty if its bridge does not stand yet
 * @param labels    the user's
 * @param options   of the driver
 * @param members   the running containers in it
 */
public record NetworkView(
        String id,
        String name,
        String driver,
        Optional<Instant> createdAt,
        boolean internal,
        List<AddressBlock> subnets,
        Map<String, String> labels,
        Map<String, String> options,
        List<Member> members) {
    public NetworkView {
        subnets = List.copyOf(subnets);
        members = List.copyOf(members);
    }

    /**
     * A subnet.
     *
     * @param subnet  {@code 10.1.0.0/16}
     * @param gateway the host's address in it
     * @param range   the part addresses are given out of; empty for all of it
     */
    public record AddressBlock(String subnet, String gateway, String range) {}

    /** A running container's place. */
    public record Member(String containerId, Endpoint endpoint) {}

    /** Whether nodes of the cluster share it. */
    public boolean isShared() {
        return driver.equals("overlay");
    }

    /** Whether somebody made it on this host. */
    public boolean isUsers() {
        return createdAt.isPresent() && !isShared();
    }

    /** Whether it has IPv6. */
    public boolean ipv6() {
        return subnets.stream().anyMatch(block -> block.subnet().indexOf(':') >= 0);
    }
}
