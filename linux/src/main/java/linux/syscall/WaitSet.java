package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import linux.abi.Architecture;
import linux.abi.SystemCall;

/** Descriptors waited for together ({@code epoll(7)}); each is reported once, then forgotten. */
public final class WaitSet implements AutoCloseable {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int BATCH = 64;
    private static final int EFD_CLOEXEC = 02000000;
    /** {@code struct epoll_event} is packed on x86-64 only. */
    private static final int EVENT_BYTES = Kernel.ARCHITECTURE == Architecture.X86_64 ? 12 : 16;
    private static final int DATA_OFFSET = EVENT_BYTES - Long.BYTES;

    private final int epoll;
    private final int wakeUp;

    public WaitSet() throws SystemCallException {
        epoll = (int) Kernel.check(SystemCall.EPOLL_CREATE1, "EPOLL_CLOEXEC", EPOLL_CLOEXEC);
        wakeUp = (int) Kernel.check(SystemCall.EVENTFD2, "0, EFD_CLOEXEC", 0, EFD_CLOEXEC);
        add(wakeUp, EPOLLIN);
    }

    /** Reports the descriptor once, when it is readable. Closing it is the end of waiting for it. */
    public void add(int descriptor) throws SystemCallException {
        add(descriptor, EPOLLIN | EPOLLONESHOT);
    }

    private void add(int descriptor, int events) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
            event.set(ValueLayout.JAVA_INT, 0, events);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA_OFFSET, descriptor);
            Kernel.check(SystemCall.EPOLL_CTL, "EPOLL_CTL_ADD, fd " + descriptor,
                    epoll, EPOLL_CTL_ADD, descriptor, event.address());
        }
    }

    /**
     * Waits until at least one descriptor is readable; blocks the calling platform thread.
     *
     * @return those readable, which are waited for no more; empty after {@link #wakeUp}
     */
    public List<Integer> await() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) EVENT_BYTES * BATCH, Long.BYTES);
            long count = Kernel.check(SystemCall.EPOLL_PWAIT, "fd " + epoll,
                    epoll, events.address(), BATCH, -1, 0, 0);
            List<Integer> ready = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int descriptor = (int) events.get(ValueLayout.JAVA_LONG_UNALIGNED,
                        (long) i * EVENT_BYTES + DATA_OFFSET);
                if (descriptor != wakeUp) {
                    ready.add(descriptor);
                }
            }
            return ready;
        }
    }

    /** Makes {@link #await} return at once, from now on. */
    public void wakeUp() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
            Kernel.call(SystemCall.WRITE, wakeUp, one.address(), Long.BYTES);
        }
    }

    @Override
    public void close() {
        Kernel.call(SystemCall.CLOSE, epoll);
        Kernel.call(SystemCall.CLOSE, wakeUp);
    }
}
