package linux.netlink;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Another end of a WireGuard link.
 *
 * @param key      it shows
 * @param endpoint where packets for it are sent; empty = wherever it last sent from
 * @param allowed  addresses that are behind it: what is for them is sent there, and what comes from there must be from
 *                 them
 */
public record WireGuardPeer(WireGuardKey key, Optional<Endpoint> endpoint, List<Prefix> allowed) {
    /** Copies the list. */
    public WireGuardPeer {
        allowed = List.copyOf(allowed);
    }

    /**
     * Where packets are sent.
     *
     * @param address of the host
     * @param port    of UDP
     */
    public record Endpoint(InetAddress address, int port) {
    }

    /**
     * Addresses that begin alike.
     *
     * @param address      the first of them
     * @param prefixLength bits that are alike
     */
    public record Prefix(InetAddress address, int prefixLength) {
        /** @throws IllegalArgumentException if an address has not so many bits */
        public Prefix {
            Family.checkPrefix(address, prefixLength);
        }

        @Override
        public String toString() {
            return address.getHostAddress() + "/" + prefixLength;
        }
    }

    /** In words, as {@code wg(8)} puts it. */
    String words() {
        return "peer " + key + endpoint.map(each -> " endpoint " + each.address().getHostAddress() + " port " + each.port())
                .orElse("") + " allowed-ips " + allowed.stream().map(Prefix::toString).collect(Collectors.joining(","));
    }
}
