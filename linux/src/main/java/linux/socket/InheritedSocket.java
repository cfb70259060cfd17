package linux.socket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;

/** A listening Unix socket that another program opened and left open across {@code execve(2)}. */
public final class InheritedSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int F_SETFD = 2;
    private static final int F_SETFL = 4;
    private static final int FD_CLOEXEC = 1;

    private InheritedSocket() {}

    /**
     * Makes sure that a descriptor is such a socket; from then on accepting never waits, and no program
     * this process starts gets it.
     *
     * @throws IOException if it is none
     */
    public static void take(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SocketCall calls = new SocketCall(arena);
            if (option(arena, calls, descriptor, SO_DOMAIN) != AF_UNIX
                    || option(arena, calls, descriptor, SO_TYPE) != SOCK_STREAM
                    || option(arena, calls, descriptor, SO_ACCEPTCONN) != 1) {
                throw new IOException("the inherited descriptor " + descriptor
                        + " is no listening Unix stream socket: a .socket unit for jctl has one"
                        + " ListenStream= with a path");
            }
            check(calls.call(SystemCall.FCNTL, descriptor, F_SETFD, FD_CLOEXEC), descriptor);
            // systemd hands over blocking ones: a server that accepts until nobody waits would stay.
            check(calls.call(SystemCall.FCNTL, descriptor, F_SETFL,
                    OpenFlag.O_NONBLOCK.value()), descriptor);
        }
    }

    private static int option(Arena arena, SocketCall calls, int descriptor, int option)
            throws IOException {
        MemorySegment value = arena.allocate(4, 4);
        MemorySegment length = arena.allocate(4, 4);
        length.set(ValueLayout.JAVA_INT, 0, 4);
        check(calls.call(SystemCall.GETSOCKOPT, descriptor, SOL_SOCKET, option, value.address(),
                length.address(), 0), descriptor);
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    private static void check(long result, int descriptor) throws IOException {
        if (result < 0) {
            throw new IOException("the inherited descriptor " + descriptor
                    + " cannot be used as a socket (errno " + -result + "): LISTEN_FDS says that"
                    + " it is one");
        }
    }
}
