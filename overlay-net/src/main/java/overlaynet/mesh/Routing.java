package overlaynet.mesh;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import overlaynet.ipam.Subnet;

/**
 * One network as a node is to have it whose nodes share a segment: the host's own routes lead to the other nodes' parts,
 * and nowhere from the rest of it. IPv4 alone.
 *
 * @param subnets all of it
 * @param blocks  the parts of them this node holds
 * @param peers   the other nodes
 */
public record Routing(List<Subnet> subnets, List<Subnet> blocks, List<Peer> peers) {
    /** Copies the lists. */
    public Routing {
        subnets = List.copyOf(subnets);
        blocks = List.copyOf(blocks);
        peers = List.copyOf(peers);
    }

    /**
     * Something to be sent.
     *
     * @param request it
     * @param to      the node that it makes a way to; empty if it makes none
     */
    public record Step(NetlinkRequest request, Optional<Peer> to) {
    }

    /** A route, as far as it is this network's to say. */
    private record Way(Subnet to, int type, Optional<InetAddress> gateway) {
    }

    /**
     * What has to be sent so that the host has these routes, in that order.
     *
     * @param there its routes, of whatever kind
     */
    public List<Step> lacking(List<RouteInfo> there) {
        Map<Way, Optional<Peer>> lacks = ways();
        List<Step> steps = new ArrayList<>();
        for (RouteInfo each : there) {
            if (isOwn(each, subnets) && lacks.remove(wayOf(each)) == null) {
                steps.add(new Step(delete(each).because("no peer holds that block, or it is at another address"),
                        Optional.empty()));
            }
        }
        lacks.forEach((way, peer) -> steps.add(new Step(add(way, peer), peer)));
        return steps;
    }

    /** The way to nowhere comes first: at no moment is what nobody holds asked of the host's own gateway. */
    private Map<Way, Optional<Peer>> ways() {
        Map<Way, Optional<Peer>> ways = new LinkedHashMap<>();
        subnets.stream().filter(Subnet::ipv4).forEach(each -> ways.put(new Way(each, RouteMessages.UNREACHABLE,
                Optional.empty()), Optional.empty()));
        for (Peer peer : peers) {
            peer.blocks().stream().filter(block -> block.ipv4() && source().isPresent()).forEach(block -> ways.put(
                    new Way(block, RouteMessages.UNICAST, Optional.of(peer.underlay())), Optional.of(peer)));
        }
        return ways;
    }

    /** What the host's own packets to the network come from. */
    private Optional<InetAddress> source() {
        return blocks.stream().filter(Subnet::ipv4).map(Peer::gateway).findFirst();
    }

    private NetlinkRequest add(Way way, Optional<Peer> peer) {
        InetAddress network = way.to().network();
        int prefix = way.to().prefixLength();
        return peer.map(node -> RouteMessages.addOwn(network, prefix, node.underlay(), source().orElseThrow())
                .because("node " + node.nodeId() + " holds that block"))
                .orElseGet(() -> RouteMessages.addOwnUnreachable(network, prefix)
                        .because("what no node holds of the network is nowhere"));
    }

    private static Way wayOf(RouteInfo route) {
        return new Way(new Subnet(route.destination().orElseThrow(), route.prefixLength()), route.type(), route.gateway());
    }

    /** Whether that is a route of a network of these subnets, and made by what this describes. */
    public static boolean isOwn(RouteInfo route, List<Subnet> subnets) {
        return route.protocol() == RouteMessages.PROTOCOL_OWN && route.table() == RouteMessages.MAIN_TABLE
                && route.destination().isPresent() && subnets.stream().anyMatch(each ->
                        each.prefixLength() <= route.prefixLength() && each.contains(route.destination().get()));
    }

    /** What takes such a route away. */
    public static NetlinkRequest delete(RouteInfo route) {
        return RouteMessages.deleteOwn(route.destination().orElseThrow(), route.prefixLength(), route.type());
    }
}
