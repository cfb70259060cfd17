package linux.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.syscall.SystemCallException;

/** Unix datagrams to an address, which the JDK's channels cannot send ({@code unix(7)}). */
public final class NoticeSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH_BYTES = 108;

    private NoticeSocket() {}

    /**
     * Sends one datagram.
     *
     * @param address a path, or {@code @} and an abstract name
     */
    public static void send(String address, String text) throws SystemCallException {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = address.startsWith("@");
        String shown = "AF_UNIX, \"" + address + "\"";
        if (name.length >= PATH_BYTES) {
            throw new SystemCallException("sendto", shown + " of " + name.length
                    + " bytes, 107 fit", Errno.ENAMETOOLONG.number());
        }
        try (Arena arena = Arena.ofConfined()) {
            SocketCall calls = new SocketCall(arena);
            MemorySegment target = arena.allocate(2 + PATH_BYTES, 2);
            target.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, target, ValueLayout.JAVA_BYTE, 2, name.length);
            if (isAbstract) {
                target.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
            }
            // The length counts an abstract name's every byte, and a path's closing zero.
            long length = 2L + name.length + (isAbstract ? 0 : 1);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long socket = calls.call(SystemCall.SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (socket < 0) {
                throw new SystemCallException("socket", "AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC",
                        (int) -socket);
            }
            long sent = calls.call(SystemCall.SENDTO, socket, data.address(), bytes.length,
                    MSG_NOSIGNAL, target.address(), length);
            calls.close((int) socket);
            if (sent < 0) {
                throw new SystemCallException("sendto", shown, (int) -sent);
            }
        }
    }
}
