package overlaynet.link;

import java.io.IOException;
import java.util.ArrayList;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import linux.netlink.AddressInfo;
import linux.netlink.AddressMessages;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.socket.NetlinkSocket;
import overlaynet.ipam.Subnet;

/**
 * A network namespace as it was at one moment.
 *
 * @param links     its links
 * @param addresses their addresses
 * @param routes    the routes of all tables
 */
public record HostNetwork(List<LinkInfo> links, List<AddressInfo> addresses,
        List<RouteInfo> routes) {

    private interface Decoder<T> {
        T decode(byte[] payload) throws MalformedReplyException;
    }

    /** Reads the namespace the socket belongs to. */
    public static HostNetwork read(NetlinkSocket socket) throws IOException {
        return new HostNetwork(
                decode(socket.dump(LinkMessages.dump()), LinkInfo::decode),
                decode(socket.dump(AddressMessages.dump()), AddressInfo::decode),
                decode(socket.dump(RouteMessages.dump()), RouteInfo::decode));
    }

    /** The link of that name. */
    public Optional<LinkInfo> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** The IPv4 addresses of a link. */
    public List<AddressInfo> ipv4Addresses(int linkIndex) {
        return addresses.stream().filter(address -> address.linkIndex() == linkIndex)
                .filter(address -> address.address().getAddress().length == 4).toList();
    }

    /** Every network reached without the default route, and every address of the host. */
    public List<Subnet> taken() {
        // What is left of a network of this program's once its parts are gone is nobody's yet.
        Stream<Subnet> routed = routes.stream().filter(route -> route.prefixLength() > 0)
                .filter(route -> !isOwn(route) || route.type() != RouteMessages.UNREACHABLE)
                .flatMap(route -> route.destination()
                        .map(first -> Subnet.containing(first, route.prefixLength())).stream());
        Stream<Subnet> own = addresses.stream()
                .map(address -> Subnet.containing(address.address(), address.prefixLength()));
        return Stream.concat(routed, own).toList();
    }

    private static boolean isOwn(RouteInfo route) {
        return route.protocol() == RouteMessages.PROTOCOL_OWN;
    }

    /** As {@link #taken()}, without what is reached through these links, or by routes of this program's networks. */
    public List<Subnet> takenBeside(Set<String> linkNames) {
        Set<Integer> left = links.stream().filter(each -> linkNames.contains(each.name())).map(LinkInfo::index)
                .collect(Collectors.toSet());
        return new HostNetwork(links,
                addresses.stream().filter(each -> !left.contains(each.linkIndex())).toList(),
                routes.stream().filter(each -> !isOwn(each)).filter(each -> each.linkIndex().isEmpty()
                        || !left.contains(each.linkIndex().getAsInt())).toList()).taken();
    }

    /** The link that has the address. */
    public Optional<LinkInfo> linkOf(InetAddress address) {
        return addresses.stream().filter(each -> each.address().equals(address)).findFirst()
                .flatMap(each -> links.stream().filter(link -> link.index() == each.linkIndex()).findFirst());
    }

    /** The largest packet the link of the IPv4 default route carries, if there is one. */
    public OptionalInt uplinkMtuBytes() {
        return routes.stream().filter(route -> route.isDefault() && !route.ipv6())
                .flatMap(route -> route.linkIndex().stream().boxed())
                .flatMap(index -> links.stream().filter(link -> link.index() == index))
                .mapToInt(LinkInfo::mtuBytes).filter(mtu -> mtu > 0).min();
    }


    private static <T> List<T> decode(List<byte[]> payloads, Decoder<T> decoder)
            throws IOException {
        List<T> decoded = new ArrayList<>();
        for (byte[] payload : payloads) {
            try {
                decoded.add(decoder.decode(payload));
            } catch (MalformedReplyException malformed) {
                throw new IOException(malformed.getMessage(), malformed);
            }
        }
        return List.copyOf(decoded);
    }
}
