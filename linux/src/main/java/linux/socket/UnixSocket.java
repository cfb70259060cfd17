package linux.socket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.syscall.SystemCallException;

/**
 * A Unix socket that carries file descriptors beside bytes ({@code unix(7)},
 * {@code SCM_RIGHTS}), which the JDK's channels cannot. Blocking; one thread at a time.
 */
public final class UnixSocket implements AutoCloseable {
    /** {@code SCM_MAX_FD}: the most descriptors one message may carry. */
    public static final int MAX_DESCRIPTORS = 253;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_PEERCRED = 17;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    /** {@code struct sockaddr_un}: a family and 108 bytes of path. */
    private static final int PATH_BYTES = 108;
    /** {@code struct msghdr} and {@code struct cmsghdr} on 64-bit architectures. */
    private static final int MSGHDR_BYTES = 56;
    private static final int CMSGHDR_BYTES = 16;

    private final int descriptor;
    private boolean closed;

    private UnixSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * What one message brought. The receiver owns the descriptors and must close each.
     *
     * @param bytes       empty at the end of the stream
     * @param descriptors numbers in this process, close-on-exec
     */
    public record Received(byte[] bytes, List<Integer> descriptors) {}

    /** Takes over a connected socket; closing this object closes it. */
    public static UnixSocket of(int descriptor) {
        return new UnixSocket(descriptor);
    }

    /** Two sockets connected to each other ({@code socketpair(2)}). */
    public static List<UnixSocket> pair() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(8, 4);
            long result = new SocketCall(arena).call(SystemCall.SOCKETPAIR, AF_UNIX,
                    SOCK_STREAM_CLOEXEC, 0, both.address(), 0, 0);
            check(result, "socketpair", "AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC");
            return List.of(new UnixSocket(both.getAtIndex(ValueLayout.JAVA_INT, 0)),
                    new UnixSocket(both.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    /** Connects to a socket file. */
    public static UnixSocket connect(Path path) throws SystemCallException {
        return connect(path, SOCK_STREAM_CLOEXEC, "AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC");
    }

    /** Connects to a socket file that takes datagrams. */
    public static UnixSocket connectDatagram(Path path) throws SystemCallException {
        return connect(path, SOCK_DGRAM_CLOEXEC, "AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC");
    }

    private static UnixSocket connect(Path path, int type, String words)
            throws SystemCallException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new SystemCallException("connect", "AF_UNIX, \"" + path + "\" of " + name.length
                    + " bytes, 107 fit", Errno.ENAMETOOLONG.number());
        }
        try (Arena arena = Arena.ofConfined()) {
            SocketCall calls = new SocketCall(arena);
            long socket = calls.call(SystemCall.SOCKET, AF_UNIX, type, 0);
            check(socket, "socket", words);
            MemorySegment address = arena.allocate(2 + PATH_BYTES, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            long result = calls.call(SystemCall.CONNECT, socket, address.address(),
                    address.byteSize());
            if (result < 0) {
                calls.close((int) socket);
                throw new SystemCallException("connect", "AF_UNIX, \"" + path + "\"",
                        (int) -result);
            }
            return new UnixSocket((int) socket);
        }
    }

    /** The number of the descriptor in this process. */
    public int descriptor() {
        return descriptor;
    }

    /** Who is at the other end. */
    public PeerCredentials peerCredentials() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(12, 4);
            MemorySegment length = arena.allocate(4, 4);
            length.set(ValueLayout.JAVA_INT, 0, 12);
            long result = new SocketCall(arena).call(SystemCall.GETSOCKOPT, descriptor, SOL_SOCKET,
                    SO_PEERCRED, value.address(), length.address(), 0);
            check(result, "getsockopt", descriptor + ", SOL_SOCKET, SO_PEERCRED");
            return new PeerCredentials(value.getAtIndex(ValueLayout.JAVA_INT, 0),
                    value.getAtIndex(ValueLayout.JAVA_INT, 1),
                    value.getAtIndex(ValueLayout.JAVA_INT, 2));
        }
    }

    /**
     * Sends bytes, and descriptors with the first of them. The sender keeps its own descriptors.
     *
     * @param bytes       at least one
     * @param descriptors at most {@link #MAX_DESCRIPTORS}
     */
    public void send(byte[] bytes, List<Integer> descriptors) throws IOException {
        if (bytes.length == 0 || descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("sendmsg of " + bytes.length + " bytes and "
                    + descriptors.size() + " descriptors");
        }
        try (Arena arena = Arena.ofConfined()) {
            SocketCall calls = new SocketCall(arena);
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment control = rights(arena, descriptors);
            long sent = 0;
            while (sent < bytes.length) {
                MemorySegment carried = sent == 0 ? control : MemorySegment.NULL;
                MemorySegment message = message(arena, data.asSlice(sent), carried);
                long result = calls.call(SystemCall.SENDMSG, descriptor, message.address(),
                        MSG_NOSIGNAL);
                check(result, "sendmsg", descriptor + ", " + bytes.length
                        + " bytes, SCM_RIGHTS " + descriptors);
                sent += result;
            }
        }
    }

    /**
     * Sends one datagram, without waiting: EAGAIN if the receiver is behind.
     *
     * @param bytes at least one
     */
    public void sendDatagram(byte[] bytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment message = message(arena, data, MemorySegment.NULL);
            check(new SocketCall(arena).call(SystemCall.SENDMSG, descriptor, message.address(),
                    MSG_NOSIGNAL | MSG_DONTWAIT), "sendmsg", descriptor + ", " + bytes.length
                    + " bytes, MSG_DONTWAIT");
        }
    }

    /**
     * Sends one datagram of descriptors and no bytes, without waiting: EAGAIN if the receiver is behind.
     * The sender keeps its own descriptors.
     *
     * @param descriptors one to {@link #MAX_DESCRIPTORS}
     */
    public void sendDescriptors(List<Integer> descriptors) throws SystemCallException {
        if (descriptors.isEmpty() || descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("sendmsg of " + descriptors.size()
                    + " descriptors");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, arena.allocate(1).asSlice(0, 0),
                    rights(arena, descriptors));
            check(new SocketCall(arena).call(SystemCall.SENDMSG, descriptor, message.address(),
                    MSG_NOSIGNAL | MSG_DONTWAIT), "sendmsg", descriptor + ", SCM_RIGHTS "
                    + descriptors + ", MSG_DONTWAIT");
        }
    }

    /**
     * Waits for bytes and the descriptors that came with them.
     *
     * @param maxBytes       room for bytes
     * @param maxDescriptors room for descriptors
     * @throws IOException if more descriptors came than there was room for; those that came are
     *     closed
     */
    public Received receive(int maxBytes, int maxDescriptors) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SocketCall calls = new SocketCall(arena);
            MemorySegment data = arena.allocate(maxBytes);
            MemorySegment control = arena.allocate(
                    maxDescriptors == 0 ? 0 : space(4L * maxDescriptors), 8);
            MemorySegment message = message(arena, data, control);
            long result = calls.call(SystemCall.RECVMSG, descriptor, message.address(),
                    MSG_CMSG_CLOEXEC);
            check(result, "recvmsg", descriptor + ", " + maxBytes + " bytes");
            long controlBytes = message.get(ValueLayout.JAVA_LONG, 40);
            List<Integer> descriptors = descriptors(control, controlBytes);
            boolean cut = (message.get(ValueLayout.JAVA_INT, 48) & MSG_CTRUNC) != 0;
            if (cut || descriptors.size() > maxDescriptors) {
                descriptors.forEach(calls::close);
                throw new IOException("recvmsg(" + descriptor + "): more than " + maxDescriptors
                        + " file descriptors were sent");
            }
            return new Received(data.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE),
                    List.copyOf(descriptors));
        }
    }

    /** {@code struct msghdr} with one {@code struct iovec}. */
    private static MemorySegment message(Arena arena, MemorySegment data, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ValueLayout.JAVA_LONG, 0, data.address());
        vector.set(ValueLayout.JAVA_LONG, 8, data.byteSize());
        MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        message.set(ValueLayout.JAVA_LONG, 16, vector.address());
        message.set(ValueLayout.JAVA_LONG, 24, 1);
        message.set(ValueLayout.JAVA_LONG, 32, control.byteSize() == 0 ? 0 : control.address());
        message.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
        return message;
    }

    private static MemorySegment rights(Arena arena, List<Integer> descriptors) {
        if (descriptors.isEmpty()) {
            return MemorySegment.NULL;
        }
        long length = CMSGHDR_BYTES + 4L * descriptors.size();
        MemorySegment control = arena.allocate(space(4L * descriptors.size()), 8);
        control.set(ValueLayout.JAVA_LONG, 0, length);
        control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(ValueLayout.JAVA_INT, CMSGHDR_BYTES + 4L * i, descriptors.get(i));
        }
        return control;
    }

    private static List<Integer> descriptors(MemorySegment control, long controlBytes) {
        List<Integer> descriptors = new ArrayList<>();
        long offset = 0;
        while (offset + CMSGHDR_BYTES <= controlBytes) {
            long length = control.get(ValueLayout.JAVA_LONG, offset);
            if (length < CMSGHDR_BYTES || offset + length > controlBytes) {
                break;
            }
            boolean rights = control.get(ValueLayout.JAVA_INT, offset + 8) == SOL_SOCKET
                    && control.get(ValueLayout.JAVA_INT, offset + 12) == SCM_RIGHTS;
            for (long at = CMSGHDR_BYTES; rights && at + 4 <= length; at += 4) {
                descriptors.add(control.get(ValueLayout.JAVA_INT, offset + at));
            }
            offset += length + 7 & ~7L;
        }
        return descriptors;
    }

    /** {@code CMSG_SPACE}. */
    private static long space(long bytes) {
        return CMSGHDR_BYTES + (bytes + 7 & ~7L);
    }

    private static void check(long result, String call, String arguments)
            throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, arguments, (int) -result);
        }
    }

    /** Closes the socket. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (Arena arena = Arena.ofConfined()) {
                new SocketCall(arena).close(descriptor);
            }
        }
    }
}
