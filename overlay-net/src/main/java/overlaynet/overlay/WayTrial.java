package overlaynet.overlay;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import linux.abi.Errno;
import linux.socket.EchoSocket;
import linux.socket.ProbeSocket;
import linux.syscall.SystemCallException;
import overlaynet.trace.NodeEvidence;

/** Sends packets to another node, and sees which of them are answered. */
interface WayTrial {
    /** Whether a node answers beside all networks. */
    boolean answers(InetAddress underlay) throws IOException;

    /** What passes on a way. */
    NodeEvidence.Tunnel tunnel(String node, InetAddress bridge, int mtuBytes) throws IOException;

    /** In the network namespace of the thread that tries; takes some seconds if nobody answers. */
    WayTrial BY_PACKETS = new WayTrial() {
        private static final int SMALL_BYTES = 128;
        private static final int TRIES = 3;
        private static final int ANSWER_MILLIS = 700;
        /** Of which a search needs about ten. */
        private static final int SEARCH_MILLIS = 250;
        /** "Discard" (RFC 863), which hardly anybody has any more. */
        private static final int NOBODYS_PORT = 9;

        @Override
        public boolean answers(InetAddress underlay) throws IOException {
            return Tracing.answers(underlay);
        }

        @Override
        public NodeEvidence.Tunnel tunnel(String node, InetAddress bridge, int mtuBytes) throws IOException {
            try (EchoSocket socket = new EchoSocket(bridge)) {
                if (!passes(socket, SMALL_BYTES)) {
                    return new NodeEvidence.Tunnel(node, bridge, false, 0, true);
                }
                return new NodeEvidence.Tunnel(node, bridge, true, passes(socket, mtuBytes) ? mtuBytes
                        : largest(socket, mtuBytes), hasRightChecksums(bridge));
            } catch (SystemCallException noWay) {
                if (noWay.is(Errno.EHOSTUNREACH) || noWay.is(Errno.ENETUNREACH)) {
                    return new NodeEvidence.Tunnel(node, bridge, false, 0, true);
                }
                throw noWay;
            }
        }

        /** One packet may be lost without a reason. */
        private boolean passes(EchoSocket socket, int bytes) throws IOException {
            for (int i = 0; i < TRIES; i++) {
                if (socket.answers(bytes, ANSWER_MILLIS)) {
                    return true;
                }
            }
            return false;
        }

        private int largest(EchoSocket socket, int tooLarge) throws IOException {
            int passes = SMALL_BYTES;
            int fails = tooLarge;
            while (fails - passes > 1) {
                int middle = (passes + fails) / 2;
                if (socket.answers(middle, SEARCH_MILLIS)) {
                    passes = middle;
                } else {
                    fails = middle;
                }
            }
            return passes;
        }

        /** Pings have theirs from the kernel, datagrams from the network card: only what passes without one says that it is wrong. */
        private boolean hasRightChecksums(InetAddress bridge) throws SystemCallException {
            if (!(bridge instanceof Inet4Address address)) {
                return true;
            }
            try (ProbeSocket socket = new ProbeSocket(address, NOBODYS_PORT)) {
                for (int i = 0; i < TRIES; i++) {
                    if (socket.isAnswered(true, SEARCH_MILLIS)) {
                        return true;
                    }
                }
                return !socket.isAnswered(false, SEARCH_MILLIS) || socket.isAnswered(true, ANSWER_MILLIS);
            }
        }
    };
}
