package overlaynet.audit;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import linux.abi.Errno;
import linux.netlink.AddressMessages;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.socket.NetlinkSocket;

/** The kernel's settings of a tunnel's link for what is not from its network ({@code ip-sysctl.rst} of its documentation). */
public final class TunnelSettings {
    private static final Path ALL = Path.of("/proc/sys/net/ipv4/conf/all");
    /** Asked of nobody, and routed nowhere (RFC 3927). */
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("169.254.0.1");

    private final NetlinkSocket socket;

    /** @param socket of the calling thread's network namespace; stays the caller's to close */
    public TunnelSettings(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Makes them so.
     *
     * @param linkName of the tunnel, which is there
     * @param clients  whether clients from anywhere come through it
     */
    public void keep(String linkName, boolean clients) throws IOException {
        Path folder = ALL.resolveSibling(linkName);
        // What came from this host's loopback finds back through the tunnel; the bridge's rules let nothing else do so.
        write(folder.resolve("route_localnet"), "1");
        // A client may be this very host, asking another one; the rules let it go nowhere but to a container.
        write(folder.resolve("accept_local"), clients ? "1" : "0");
        if (clients) {
            keepWayBack(linkName, folder);
        }
    }

    /** The way to a client is not the one it came by. Of a link's value and that of all links the larger one counts. */
    private void keepWayBack(String linkName, Path folder) throws IOException {
        if (read(ALL.resolve("rp_filter")).equals("0")) {
            write(folder.resolve("rp_filter"), "0");
            return;
        }
        // Any way to the client is enough, but only for links that have an address.
        write(folder.resolve("rp_filter"), "2");
        byte[] answer = socket.get(LinkMessages.get(linkName), Errno.ENODEV)
                .orElseThrow(() -> new IOException("the tunnel " + linkName + " vanished while it was set up"));
        try {
            socket.requestUnless(Errno.EEXIST, AddressMessages.add(ADDRESS, Integer.SIZE, LinkInfo.decode(answer).index()));
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    private static void write(Path file, String value) throws IOException {
        if (!read(file).equals(value)) {
            Files.writeString(file, value);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }
}
