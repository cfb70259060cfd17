package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import linux.abi.Architecture;
import linux.abi.Errno;
import linux.abi.SystemCall;

/**
 * The one door to the kernel: {@code syscall(2)} of the C library with the error number captured in
 * the same downcall, so that no other code can come between a call and its errno.
 */
public final class Kernel {
    /** The architecture this JVM runs on. */
    public static final Architecture ARCHITECTURE = Architecture.ofJvm(System.getProperty("os.arch"));

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private Kernel() {}

    /**
     * Performs a call once more as long as a signal interrupts it.
     *
     * @return the result, or the negative error number
     */
    public static long call(SystemCall call, long... arguments) {
        long result;
        do {
            result = once(call, arguments);
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /**
     * Performs a call and throws if the kernel refuses.
     *
     * @param shown the arguments as a reader wants them, for the exception
     */
    public static long check(SystemCall call, String shown, long... arguments)
            throws SystemCallException {
        long result = call(call, arguments);
        if (result < 0 && result > -4096) {
            throw new SystemCallException(call.manualName(), shown, (int) -result);
        }
        return result;
    }

    private static long once(SystemCall call, long... arguments) {
        long[] six = arguments.length == 6 ? arguments : java.util.Arrays.copyOf(arguments, 6);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURED);
            long result = (long) SYSCALL.invokeExact(captured, (long) call.number(ARCHITECTURE),
                    six[0], six[1], six[2], six[3], six[4], six[5]);
            return result == -1 ? -(long) (int) ERRNO.get(captured, 0L) : result;
        } catch (Throwable unexpected) {
            throw new IllegalStateException("downcall of " + call.manualName(), unexpected);
        }
    }
}
