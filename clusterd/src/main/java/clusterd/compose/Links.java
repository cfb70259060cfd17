package clusterd.compose;

import java.util.List;

/**
 * How a service's containers meet others.
 *
 * @param hostname    {@code ""} = made up
 * @param domainName  {@code ""} = none
 * @param mode        {@code host}, {@code none} or {@code bridge}; {@code ""} = the networks
 * @param networks    the first one has the way out
 * @param ports       that are published
 * @param expose      {@code 80/tcp}
 * @param dns         servers; none = the node's
 * @param dnsSearch   domains
 * @param dnsOptions  as in resolv.conf(5)
 * @param extraHosts  {@code name:address}
 */
public record Links(String hostname, String domainName, String mode, List<NetworkUse> networks,
        List<ServicePort> ports, List<String> expose, List<String> dns, List<String> dnsSearch,
        List<String> dnsOptions, List<String> extraHosts) {
    /** Copies the lists. */
    public Links {
        networks = List.copyOf(networks);
        ports = List.copyOf(ports);
        expose = List.copyOf(expose);
        dns = List.copyOf(dns);
        dnsSearch = List.copyOf(dnsSearch);
        dnsOptions = List.copyOf(dnsOptions);
        extraHosts = List.copyOf(extraHosts);
    }

    /** The same with other ports. */
    public Links with(List<ServicePort> others) {
        return new Links(hostname, domainName, mode, networks, others, expose, dns, dnsSearch, dnsOptions,
                extraHosts);
    }

    /**
     * A network the containers are in.
     *
     * @param network     as the file calls it
     * @param aliases     further names of the service in it
     * @param ipv4Address {@code ""} = any
     * @param ipv6Address {@code ""} = any
     * @param priority    the highest is joined first
     * @param interfaceName what its link is called in the containers; {@code ""} = eth0, eth1 and so on
     */
    public record NetworkUse(String network, List<String> aliases, String ipv4Address, String ipv6Address,
            int priority, String interfaceName) {
        /** Copies the list. */
        public NetworkUse {
            aliases = List.copyOf(aliases);
        }
    }
}
