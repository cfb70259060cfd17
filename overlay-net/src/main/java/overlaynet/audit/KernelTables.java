package overlaynet.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import linux.socket.NetlinkSocket;
import overlaynet.mesh.Difference;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Tables;

/** The kernel's tables of a network's tunnel: read, compared, and mended. */
public final class KernelTables {
    private static final int ROUNDS = 4;

    private final NetlinkSocket socket;

    /** @param socket of the namespace the tunnel is in */
    public KernelTables(NetlinkSocket socket) {
        this.socket = socket;
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
                neighbours(NeighbourMessages.dumpForwarding(), link.index()));
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
     * @throws IOException if the kernel refuses one of them: what was sent before stays, and the next attempt goes on
     */
    public List<NetlinkRequest> mend(Mesh wanted) throws IOException {
        List<NetlinkRequest> sent = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Difference difference = Difference.between(wanted, read(wanted.linkName()));
            for (NetlinkRequest each : difference.requests()) {
                socket.request(each);
                sent.add(each);
            }
            if (difference.complete()) {
                return List.copyOf(sent);
            }
        }
        throw new IOException("link " + wanted.linkName() + " is changed by somebody else as fast as it is made");
    }

    /** Takes the tunnel away, with all that hangs on it. */
    public void remove(Mesh wanted) throws IOException {
        socket.requestUnless(Errno.ENODEV, LinkMessages.delete(wanted.linkName()));
    }
}
