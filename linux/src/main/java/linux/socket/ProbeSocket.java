package linux.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.syscall.SystemCallException;

/**
 * Sends a host datagrams for a port that nobody has, with and without a checksum, to see which of them are answered
 * ({@code udp(7)}; RFC 1122, 4.1.3.1: "port unreachable"). A host looks at the checksum before it answers, so one that answers those
 * without alone gets wrong ones. Of one thread, whose network namespace it belongs to.
 */
public final class ProbeSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NO_CHECK = 11;
    private static final int SO_RCVTIMEO = 20;
    private static final int ADDRESS_BYTES = 16;
    private static final int OPTION_BYTES = 16;
    private static final int DATAGRAM_BYTES = 32;

    private final Arena arena = Arena.ofConfined();
    private final SocketCall calls = new SocketCall(arena);
    private final MemorySegment buffer = arena.allocate(64, 8);
    private final String shown;
    private final int descriptor;

    /**
     * Opens one that hears from nobody but that host.
     *
     * @param port of UDP, which nobody there has
     */
    public ProbeSocket(Inet4Address target, int port) throws SystemCallException {
        shown = target.getHostAddress() + ":" + port;
        long opened = calls.call(SystemCall.SOCKET, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (opened < 0) {
            arena.close();
            throw new SystemCallException("socket", "AF_INET, SOCK_DGRAM", (int) -opened);
        }
        descriptor = (int) opened;
        boolean done = false;
        try {
            buffer.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
            buffer.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >> 8));
            buffer.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
            MemorySegment.copy(target.getAddress(), 0, buffer, ValueLayout.JAVA_BYTE, 4, Integer.BYTES);
            check("connect", calls.call(SystemCall.CONNECT, descriptor, buffer.address(), ADDRESS_BYTES));
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /**
     * Whether the host says in time that nobody has the port.
     *
     * @param checksum whether the datagram has one
     * @throws SystemCallException if it could not even be tried
     */
    public boolean isAnswered(boolean checksum, int timeoutMillis) throws SystemCallException {
        buffer.set(ValueLayout.JAVA_INT, 0, checksum ? 0 : 1);
        check("setsockopt", calls.call(SystemCall.SETSOCKOPT, descriptor, SOL_SOCKET, SO_NO_CHECK, buffer.address(),
                Integer.BYTES, 0));
        buffer.set(ValueLayout.JAVA_LONG, 0, timeoutMillis / 1_000);
        buffer.set(ValueLayout.JAVA_LONG, 8, timeoutMillis % 1_000 * 1_000L);
        check("setsockopt", calls.call(SystemCall.SETSOCKOPT, descriptor, SOL_SOCKET, SO_RCVTIMEO, buffer.address(),
                OPTION_BYTES, 0));
        long sent = calls.call(SystemCall.SENDTO, descriptor, buffer.address(), DATAGRAM_BYTES, 0, 0, 0);
        if (sent == -Errno.ECONNREFUSED.number()) { // of the datagram before: it came late
            sent = calls.call(SystemCall.SENDTO, descriptor, buffer.address(), DATAGRAM_BYTES, 0, 0, 0);
        }
        if (sent == -Errno.EHOSTUNREACH.number() || sent == -Errno.ENETUNREACH.number() || sent == -Errno.EPERM.number()) {
            return false; // this host's own route or firewall does not let it out
        }
        check("sendto", sent);
        return calls.call(SystemCall.RECVFROM, descriptor, buffer.address(), DATAGRAM_BYTES, 0, 0, 0)
                == -Errno.ECONNREFUSED.number();
    }

    private void check(String call, long result) throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, descriptor + ", " + shown, (int) -result);
        }
    }

    @Override
    public void close() {
        calls.close(descriptor);
        arena.close();
    }
}
