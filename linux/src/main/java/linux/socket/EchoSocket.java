package linux.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.syscall.SystemCallException;

/**
 * Asks another host for an echo (RFC 792, RFC 4443) with a packet that must not be fragmented on its way, which the JDK
 * cannot ({@code raw(7)}, {@code ip(7)}). For root; of one thread, whose network namespace it belongs to.
 */
public final class EchoSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_DONTFRAG = 62;
    /** Not fragmented, whatever the kernel has heard of the path. */
    private static final int PMTUDISC_PROBE = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int ADDRESS4_BYTES = 16;
    private static final int ADDRESS6_BYTES = 28;
    private static final int MOST_BYTES = 65_536;

    private final Arena arena = Arena.ofConfined();
    private final SocketCall calls = new SocketCall(arena);
    private final MemorySegment buffer = arena.allocate(MOST_BYTES, 8);
    private final boolean ipv4;
    private final String shown;
    private final int descriptor;
    private final int identifier;
    private int sequence;

    /** Opens one that hears from nobody but that host. */
    public EchoSocket(InetAddress target) throws SystemCallException {
        ipv4 = target.getAddress().length == Integer.BYTES;
        shown = target.getHostAddress();
        long opened = calls.call(SystemCall.SOCKET, ipv4 ? AF_INET : AF_INET6, SOCK_RAW_CLOEXEC,
                ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
        if (opened < 0) {
            arena.close();
            throw new SystemCallException("socket", (ipv4 ? "AF_INET" : "AF_INET6") + ", SOCK_RAW", (int) -opened);
        }
        descriptor = (int) opened;
        identifier = descriptor ^ (int) ProcessHandle.current().pid();
        boolean done = false;
        try {
            set(ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
            if (!ipv4) {
                set(IPPROTO_IPV6, IPV6_DONTFRAG, 1);
            }
            connect(target);
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void set(int level, int option, int value) throws SystemCallException {
        buffer.set(ValueLayout.JAVA_INT, 0, value);
        check("setsockopt", calls.call(SystemCall.SETSOCKOPT, descriptor, level, option, buffer.address(), 4, 0));
    }

    /** {@code struct sockaddr_in}, {@code struct sockaddr_in6}: no port, no flow, no scope. */
    private void connect(InetAddress target) throws SystemCallException {
        int length = ipv4 ? ADDRESS4_BYTES : ADDRESS6_BYTES;
        buffer.asSlice(0, length).fill((byte) 0);
        buffer.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv4 ? AF_INET : AF_INET6));
        byte[] bytes = target.getAddress();
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, ipv4 ? 4 : 8, bytes.length);
        check("connect", calls.call(SystemCall.CONNECT, descriptor, buffer.address(), length));
    }

    private long check(String call, long result) throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, descriptor + ", " + shown, (int) -result);
        }
        return result;
    }

    /**
     * Whether the host answers a packet of that size in time.
     *
     * @param packetBytes with its IP header
     * @throws SystemCallException if it could not even be tried
     */
    public boolean answers(int packetBytes, int timeoutMillis) throws SystemCallException {
        sequence = sequence + 1 & 0xffff;
        byte[] request = EchoMessages.request(ipv4, packetBytes, identifier, sequence);
        MemorySegment.copy(request, 0, buffer, ValueLayout.JAVA_BYTE, 0, request.length);
        long sent = send(request.length);
        if (sent == -Errno.EMSGSIZE.number()) {
            sent = send(request.length); // the first may have been told what came back of a packet before
        }
        if (sent == -Errno.EMSGSIZE.number() || sent == -Errno.EHOSTUNREACH.number()
                || sent == -Errno.ENETUNREACH.number() || sent == -Errno.ECONNREFUSED.number()
                || sent == -Errno.EPERM.number()) {
            return false; // this host's own link, route or firewall does not let it out
        }
        check("sendto", sent);
        long end = System.nanoTime() + timeoutMillis * 1_000_000L;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (receives(left)) {
                return true;
            }
        }
        return false;
    }

    private long send(int length) {
        return calls.call(SystemCall.SENDTO, descriptor, buffer.address(), length, 0, 0, 0);
    }

    private boolean receives(long waitNanos) throws SystemCallException {
        buffer.set(ValueLayout.JAVA_LONG, 0, waitNanos / 1_000_000_000L);
        buffer.set(ValueLayout.JAVA_LONG, 8, Math.max(1, waitNanos % 1_000_000_000L / 1_000));
        check("setsockopt", calls.call(SystemCall.SETSOCKOPT, descriptor, SOL_SOCKET, SO_RCVTIMEO, buffer.address(),
                16, 0));
        long received = calls.call(SystemCall.RECVFROM, descriptor, buffer.address(), MOST_BYTES, 0, 0, 0);
        if (received < 0) {
            // Time is over, or an error of the way came back: what counts is whether an answer comes.
            return false;
        }
        return EchoMessages.isReply(ipv4, buffer.asSlice(0, received).toArray(ValueLayout.JAVA_BYTE), identifier,
                sequence);
    }

    @Override
    public void close() {
        calls.close(descriptor);
        arena.close();
    }
}
