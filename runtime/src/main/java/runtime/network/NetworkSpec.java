package runtime.network;

import java.util.List;
import java.util.Map;

/**
 * A network somebody wants, as {@code network create} says it.
 *
 * @param name     as given
 * @param subnets  {@code 10.1.0.0/16}, {@code fd00:1::/64}: at most one of each family
 * @param gateways the host's addresses in them
 * @param ranges   parts of them that addresses are given out of
 * @param ipv6     whether it gets an IPv6 subnet although none is given
 * @param internal whether nothing leaves it
 * @param labels   the user's
 * @param options  of the driver
 */
public record NetworkSpec(
        String name,
        List<String> subnets,
        List<String> gateways,
        List<String> ranges,
        boolean ipv6,
        boolean internal,
        Map<String, String> labels,
        Map<String, String> options) {
    public NetworkSpec {
        subnets = List.copyOf(subnets);
        gateways = List.copyOf(gateways);
        ranges = List.copyOf(ranges);
    }
}
