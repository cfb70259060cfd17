package overlaynet.link;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import linux.abi.Errno;
import linux.netlink.ConntrackInfo;
import linux.netlink.ConntrackMessages;
import linux.socket.NetlinkException;
import linux.socket.NetlinkSocket;

/**
 * The connections the host keeps track of, of the calling thread's network namespace. A client that goes on sending datagrams is
 * led where its first one went for ever, also when nobody is there any more.
 */
public final class TrackedConnections {
    private TrackedConnections() {
    }

    /** Forgets all whose answers would come from one of these addresses. */
    public static void forget(Collection<InetAddress> addresses) throws IOException {
        forget(addresses, false);
    }

    /** The same of datagrams alone: other connections may still be had by both ends. */
    public static void forgetDatagrams(Collection<InetAddress> addresses) throws IOException {
        forget(addresses, true);
    }

    private static void forget(Collection<InetAddress> addresses, boolean datagrams) throws IOException {
        if (addresses.isEmpty()) {
            return;
        }
        Set<InetAddress> left = new HashSet<>(addresses);
        try (NetlinkSocket netfilter = NetlinkSocket.netfilter()) {
            for (InetAddress each : addresses) {
                if (each instanceof Inet4Address ipv4 && isForgotten(ipv4, datagrams, netfilter)) {
                    left.remove(each);
                }
            }
            forgetEach(left, datagrams, netfilter);
        }
    }

    /** By the kernel itself; false if it is one before Linux 6.8. */
    private static boolean isForgotten(Inet4Address address, boolean datagrams, NetlinkSocket netfilter) throws IOException {
        try {
            netfilter.requestUnless(Errno.ENOENT, datagrams ? ConntrackMessages.deleteDatagramsAnsweredFrom(address)
                    : ConntrackMessages.deleteAnsweredFrom(address));
            return true;
        } catch (NetlinkException beforeLinux68) {
            return false;
        }
    }

    /** Looks for them here, and names each to the kernel. */
    static void forgetEach(Set<InetAddress> addresses, boolean datagrams, NetlinkSocket netfilter) throws IOException {
        if (addresses.isEmpty()) {
            return;
        }
        for (byte[] each : netfilter.dump(ConntrackMessages.dump())) {
            ConntrackInfo connection = ConntrackInfo.decode(each).orElse(null);
            if (connection != null && addresses.contains(connection.answeredFrom())
                    && (!datagrams || connection.isOfDatagrams())) {
                netfilter.requestUnless(Errno.ENOENT, ConntrackMessages.delete(connection));
            }
        }
    }
}
