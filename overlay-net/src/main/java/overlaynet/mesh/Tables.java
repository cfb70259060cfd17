package overlaynet.mesh;

import java.util.List;
import java.util.Optional;
import linux.netlink.LinkInfo;
import linux.netlink.NeighbourInfo;
import linux.netlink.RouteInfo;
import linux.netlink.VxlanInfo;
import linux.netlink.WireGuardInfo;

/**
 * What the kernel has of one network's tunnel, at one moment.
 *
 * @param link       of the tunnel's name, if there is one
 * @param vxlan      what it carries, if it is a VXLAN
 * @param routes     through it, of all tables
 * @param neighbours on it
 * @param forwarding which hardware address is behind which host
 * @param encrypted  its key and peers, if it is WireGuard
 */
public record Tables(Optional<LinkInfo> link, Optional<VxlanInfo> vxlan, List<RouteInfo> routes,
        List<NeighbourInfo> neighbours, List<NeighbourInfo> forwarding, Optional<Encrypted> encrypted) {
    /**
     * A WireGuard link.
     *
     * @param family under which the kernel takes requests about it
     * @param info   what it has
     */
    public record Encrypted(int family, WireGuardInfo info) {
    }

    /** Where there is no such link. */
    public static final Tables NOTHING = new Tables(Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Tables {
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
        forwarding = List.copyOf(forwarding);
    }

    /** Of a tunnel that is not encrypted. */
    public Tables(Optional<LinkInfo> link, Optional<VxlanInfo> vxlan, List<RouteInfo> routes,
            List<NeighbourInfo> neighbours, List<NeighbourInfo> forwarding) {
        this(link, vxlan, routes, neighbours, forwarding, Optional.empty());
    }
}
