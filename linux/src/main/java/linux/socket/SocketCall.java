package linux.socket;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import linux.abi.Architecture;
import linux.abi.Errno;
import linux.abi.SystemCall;

/** The way into the kernel for the socket calls; holds the memory errno is captured in. */
final class SocketCall {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Architecture ARCHITECTURE =
            Architecture.ofJvm(System.getProperty("os.arch"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private final MemorySegment captured;

    /** @param allocator gives the memory; calls through this object may not overlap in time */
    SocketCall(SegmentAllocator allocator) {
        captured = allocator.allocate(CAPTURED);
    }

    /** The result, or minus the errno; made again while interrupted. */
    long call(SystemCall call, long a, long b, long c, long d, long e, long f) {
        long result;
        do {
            result = once(call.number(ARCHITECTURE), a, b, c, d, e, f);
        } while (result == -Errno.EINTR.number());
        return result;
    }

    long call(SystemCall call, long a, long b, long c) {
        return call(call, a, b, c, 0, 0, 0);
    }

    /** Closes a descriptor; never made again, since the number is free even after EINTR. */
    void close(int descriptor) {
        once(SystemCall.CLOSE.number(ARCHITECTURE), descriptor, 0, 0, 0, 0, 0);
    }

    private long once(long number, long a, long b, long c, long d, long e, long f) {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(captured, number, a, b, c, d, e, f);
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
        return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
    }
}
