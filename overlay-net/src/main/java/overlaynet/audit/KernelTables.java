package overlaynet.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.NeighbourInfo;
import linux.netlink.NeighbourMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.netlink.VxlanInfo;
import linux.netlink.WireGuardInfo;
import linux.netlink.WireGuardMessages;
import linux.socket.NetlinkException;
import linux.socket.NetlinkSocket;
import overlaynet.mesh.Difference;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Routing;
import overlaynet.mesh.Tables;

/** The kernel's tables of a network's tunnel: read, compared, and mended. */
public final class KernelTables implements AutoCloseable {
    /** What a kernel without WireGuard means for an encrypted network. */
    public static final String NO_WIREGUARD = "this host's kernel has no WireGuard, which encrypted networks are made of:"
            + " load its module (modprobe wireguard), take a kernel that has it (Linux 5.6 and later), keep tasks of the"
            + " network from this node (--constraint), or make the network without --encrypted";
    private static final int ROUNDS = 4;

    private final NetlinkSocket socket;
    /** Of the generic families; none until an encrypted tunnel is looked at. */
    private NetlinkSocket generic;
    private OptionalInt family = OptionalInt.empty();

    /** @param socket of the namespace the tunnel is in, which is the calling thread's; stays the caller's to close */
    public KernelTables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Whether the kernel has WireGuard: a module is loaded for the question. */
    public boolean hasWireGuard() throws IOException {
        return family().isPresent();
    }

    /** Once there it stays; a module may come later. */
    private OptionalInt family() throws IOException {
        if (generic == null) {
            generic = NetlinkSocket.generic();
        }
        if (family.isEmpty()) {
            Optional<byte[]> answer = generic.get(WireGuardMessages.family(), Errno.ENOENT);
            family = answer.isEmpty() ? OptionalInt.empty() : WireGuardMessages.familyOf(answer.get());
        }
        return family;
    }

    private interface Decoder<T> {
        T decode(byte[] payload) throws MalformedReplyException;
    }

    /** Reads what there is of the link of that name. */
    public Tables read(String linkName) throws IOException {
        Optional<byte[]> answer = socket.get(LinkMessages.get(linkName), Errno.ENODEV);
        if (answer.isEmpty()) {
            return Tables.NOTHING;
        }
        LinkInfo link = decode(answer.get(), LinkInfo::decode);
        List<RouteInfo> routes = new ArrayList<>();
        for (byte[] each : socket.dump(RouteMessages.dump())) {
            RouteInfo route = decode(each, RouteInfo::decode);
            if (route.linkIndex().isPresent() && route.linkIndex().getAsInt() == link.index()) {
                routes.add(route);
            }
        }
        return new Tables(Optional.of(link), VxlanInfo.decode(answer.get()), routes,
                neighbours(NeighbourMessages.dump(), link.index()),
                neighbours(NeighbourMessages.dumpForwarding(), link.index()), encrypted(link));
    }

    private Optional<Tables.Encrypted> encrypted(LinkInfo link) throws IOException {
        if (!link.kind().equals(Optional.of("wireguard")) || family().isEmpty()) {
            return Optional.empty();
        }
        int number = family().getAsInt();
        return Optional.of(new Tables.Encrypted(number,
                WireGuardInfo.decode(generic.dump(WireGuardMessages.get(number, link.name())))));
    }

    private List<NeighbourInfo> neighbours(NetlinkRequest dump, int linkIndex) throws IOException {
        List<NeighbourInfo> neighbours = new ArrayList<>();
        for (byte[] each : socket.dump(dump)) {
            NeighbourInfo neighbour = decode(each, NeighbourInfo::decode);
            if (neighbour.linkIndex() == linkIndex) {
                neighbours.add(neighbour);
            }
        }
        return neighbours;
    }

    private static <T> T decode(byte[] payload, Decoder<T> decoder) throws IOException {
        try {
            return decoder.decode(payload);
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    /**
     * Makes the kernel's tables as they are wanted.
     *
     * @return what had to be sent; none if all was as wanted
     * @throws IOException if the kernel refuses one of them: what was sent before stays, and the next attempt goes on;
     *                     {@link #NO_WIREGUARD} if it cannot encrypt
     */
    public List<NetlinkRequest> mend(Mesh wanted) throws IOException {
        List<NetlinkRequest> sent = new ArrayList<>();
        if (wanted.secret().isPresent() && !hasWireGuard()) {
            throw new IOException(NO_WIREGUARD);
        }
        for (int round = 0; round < ROUNDS; round++) {
            Difference difference = Difference.between(wanted, read(wanted.linkName()));
            for (NetlinkRequest each : difference.encryption()) {
                send(generic, each, wanted);
                sent.add(each);
            }
            for (NetlinkRequest each : difference.requests()) {
                send(socket, each, wanted);
                sent.add(each);
            }
            if (difference.complete()) {
                return List.copyOf(sent);
            }
        }
        throw new IOException("link " + wanted.linkName() + " is changed by somebody else as fast as it is made");
    }

    /**
     * Makes the host's routes as they are wanted.
     *
     * @return what had to be sent; none if all was as wanted
     * @throws IOException if the kernel refuses one of them: all others were sent, and the next attempt goes on
     */
    public List<NetlinkRequest> mend(Routing wanted) throws IOException {
        List<NetlinkRequest> sent = new ArrayList<>();
        IOException first = null;
        for (Routing.Step each : lacking(wanted)) {
            try {
                socket.request(each.request());
                sent.add(each.request());
            } catch (NetlinkException refused) {
                first = first != null ? first : explained(refused, each);
            }
        }
        if (first != null) {
            throw first;
        }
        return List.copyOf(sent);
    }

    /** What has to be sent for that, in that order. */
    public List<Routing.Step> lacking(Routing wanted) throws IOException {
        List<RouteInfo> routes = new ArrayList<>();
        for (byte[] each : socket.dump(RouteMessages.dump())) {
            routes.add(decode(each, RouteInfo::decode));
        }
        return wanted.lacking(routes);
    }

    private static IOException explained(NetlinkException refused, Routing.Step step) {
        if (step.to().isEmpty() || !refused.is(Errno.ENETUNREACH) && !refused.is(Errno.EHOSTUNREACH)) {
            return refused;
        }
        String there = step.to().get().underlay().getHostAddress();
        return new IOException("node " + step.to().get().nodeId() + " is at " + there + ", which no link of this host leads to"
                + " without a router (ip route get " + there + "): the plain routes of a host-gw network need nodes on one"
                + " segment; keep tasks of the network on such nodes (--constraint), or make it without --backend host-gw",
                refused);
    }

    /** A link gets its port of UDP when it comes up, or when it is told. */
    private static void send(NetlinkSocket socket, NetlinkRequest request, Mesh wanted) throws IOException {
        try {
            socket.request(request);
        } catch (NetlinkException refused) {
            if (wanted.secret().isPresent() && refused.is(Errno.EADDRINUSE)) {
                throw new IOException("UDP port " + wanted.port() + " of this host, which the encrypted tunnel needs, is"
                        + " somebody else's (ss -lup): " + refused.getMessage(), refused);
            }
            throw refused;
        }
    }

    /** Takes the tunnel away, with all that hangs on it. */
    public void remove(Mesh wanted) throws IOException {
        socket.requestUnless(Errno.ENODEV, LinkMessages.delete(wanted.linkName()));
    }

    /** The socket that was given stays open. */
    @Override
    public void close() {
        if (generic != null) {
            generic.close();
        }
    }
}
