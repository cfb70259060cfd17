package overlaynet.mesh;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NeighbourInfo;
import linux.netlink.NeighbourMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.netlink.VxlanInfo;
import overlaynet.ipam.Subnet;

/**
 * What has to be sent so that the kernel has a network as it is wanted: the first time, after a change, after damage.
 *
 * @param encryption for a socket of the generic families, before the others, in that order: a tunnel's key and peers
 * @param requests   in that order; none if all is as wanted
 * @param complete   whether that is all; if not, the kernel's answers must be looked at first: a link gets its number
 *                   when it is made
 */
public record Difference(List<NetlinkRequest> encryption, List<NetlinkRequest> requests, boolean complete) {
    private static final int PERMANENT = 0x80;
    private static final int UNICAST = 1;

    /** Copies the lists. */
    public Difference {
        encryption = List.copyOf(encryption);
        requests = List.copyOf(requests);
    }

    Difference(List<NetlinkRequest> requests, boolean complete) {
        this(List.of(), requests, complete);
    }

    /** All of them, in the order in which they are sent. */
    public List<NetlinkRequest> all() {
        return Stream.concat(encryption.stream(), requests.stream()).toList();
    }

    /** Compares. What is not of the tunnel's link is not looked at. */
    public static Difference between(Mesh wanted, Tables there) {
        if (there.link().isEmpty()) {
            return new Difference(List.of(create(wanted)), false);
        }
        LinkInfo link = there.link().get();
        if (!isTunnel(wanted, there)) {
            return new Difference(List.of(LinkMessages.delete(link.index())
                    .because("link " + link.name() + " is not this network's tunnel, or comes from another address"),
                    create(wanted)), false);
        }
        return new Rows(wanted, there, link).difference();
    }

    private static boolean isTunnel(Mesh wanted, Tables there) {
        return wanted.secret().isPresent() ? there.encrypted().isPresent()
                : there.vxlan().equals(Optional.of(vxlan(wanted)));
    }

    private static VxlanInfo vxlan(Mesh wanted) {
        return new VxlanInfo(wanted.networkId(), Optional.of(wanted.underlay()), wanted.port());
    }

    private static NetlinkRequest create(Mesh wanted) {
        return wanted.secret().isPresent() ? LinkMessages.createWireGuard(wanted.linkName())
                : LinkMessages.createVxlan(wanted.linkName(), wanted.networkId(), wanted.underlay(), wanted.port());
    }

    /** A destination on the way to a peer. */
    private record Way(Subnet block, InetAddress gateway) {
    }

    private static final class Rows {
        private final Mesh wanted;
        private final Tables there;
        private final LinkInfo link;
        private final int index;
        private final List<NetlinkRequest> requests = new ArrayList<>();

        Rows(Mesh wanted, Tables there, LinkInfo link) {
            this.wanted = wanted;
            this.there = there;
            this.link = link;
            this.index = link.index();
        }

        Difference difference() {
            link();
            List<NetlinkRequest> encryption = List.of();
            if (wanted.secret().isPresent()) {
                encryption = new EncryptionRows(wanted, wanted.secret().get(), there.encrypted().orElseThrow()).lacking();
            } else {
                forwarding();
                neighbours();
            }
            routes();
            return new Difference(encryption, requests, true);
        }

        private void link() {
            if (wanted.secret().isEmpty() && !link.address().equals(Optional.of(wanted.tunnel()))) {
                // Some kernels change it of a link that is down alone; what hangs on it is looked at after that.
                requests.add(LinkMessages.setAddress(index, wanted.tunnel())
                        .because("peers send to this node's address"));
            }
            if (link.mtuBytes() != wanted.mtuBytes()) {
                requests.add(LinkMessages.setMtu(index, wanted.mtuBytes())
                        .because("with the tunnel's own bytes a larger packet would not fit between the nodes"));
            }
            if (!link.up()) {
                requests.add(LinkMessages.up(index));
            }
        }

        private void forwarding() {
            Map<HardwareAddress, InetAddress> lacks = new HashMap<>();
            wanted.peers().forEach(each -> lacks.put(each.tunnel(wanted.networkId()), each.underlay()));
            for (NeighbourInfo each : there.forwarding()) {
                if (each.hardware().isEmpty() || each.address().isEmpty()
                        || lacks.remove(each.hardware().get(), each.address().get())) {
                    continue;
                }
                requests.add(NeighbourMessages.deleteForwarding(each.hardware().get(), each.address().get(), index)
                        .because("no peer has that tunnel's end there"));
            }
            for (Peer each : wanted.peers()) {
                HardwareAddress tunnel = each.tunnel(wanted.networkId());
                if (lacks.containsKey(tunnel)) {
                    requests.add(NeighbourMessages.setForwarding(tunnel, each.underlay(), index)
                            .because("node " + each.nodeId() + " is at that address"));
                }
            }
        }

        private void neighbours() {
            Map<InetAddress, HardwareAddress> lacks = new HashMap<>();
            for (Peer each : wanted.peers()) {
                each.blocks().forEach(block -> lacks.put(Peer.gateway(block), each.tunnel(wanted.networkId())));
            }
            for (NeighbourInfo each : there.neighbours()) {
                if (each.address().isEmpty() || (each.state() & PERMANENT) == 0 || each.hardware().isPresent()
                        && lacks.remove(each.address().get(), each.hardware().get())) {
                    continue;
                }
                if (!lacks.containsKey(each.address().get())) {
                    requests.add(NeighbourMessages.delete(each.address().get(), index)
                            .because("no peer has that address"));
                }
            }
            for (Peer each : wanted.peers()) {
                for (Subnet block : each.blocks()) {
                    InetAddress gateway = Peer.gateway(block);
                    if (lacks.containsKey(gateway)) {
                        requests.add(NeighbourMessages.setPermanent(gateway, lacks.get(gateway), index)
                                .because("node " + each.nodeId() + " has that address in the network"));
                    }
                }
            }
        }

        private void routes() {
            Map<Subnet, Way> lacks = new HashMap<>();
            for (Peer each : wanted.peers()) {
                each.blocks().stream().filter(block -> wanted.source(block).isPresent())
                        .forEach(block -> lacks.put(block, new Way(block, Peer.gateway(block))));
            }
            for (RouteInfo each : there.routes()) {
                if (isOurs(each)) {
                    Subnet block = new Subnet(each.destination().orElseThrow(), each.prefixLength());
                    Way way = lacks.get(block);
                    if (way != null && each.gateway().equals(Optional.of(way.gateway()))) {
                        lacks.remove(block);
                    } else {
                        requests.add(RouteMessages.delete(block.network(), block.prefixLength(), index)
                                .because("no peer holds that block, or another way leads there"));
                    }
                }
            }
            for (Peer each : wanted.peers()) {
                each.blocks().stream().filter(lacks::containsKey).forEach(block -> requests.add(
                        RouteMessages.addThrough(block.network(), block.prefixLength(), Peer.gateway(block), index,
                                wanted.source(block).orElseThrow())
                                .because("node " + each.nodeId() + " holds that block")));
            }
        }

        /** The kernel itself makes routes to link-local addresses, and those of other tables. */
        private static boolean isOurs(RouteInfo route) {
            return route.table() == RouteMessages.MAIN_TABLE && route.type() == UNICAST
                    && route.destination().filter(each -> !each.isLinkLocalAddress() && !each.isMulticastAddress())
                            .isPresent();
        }
    }
}
