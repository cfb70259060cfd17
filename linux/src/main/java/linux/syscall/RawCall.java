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
import java.util.concurrent.ConcurrentLinkedDeque;
import linux.abi.Architecture;
import linux.abi.Errno;
import linux.abi.SystemCall;

/**
 * Native memory for one system call at a time and the way into the kernel, {@code syscall(2)} of the
 * C library. Borrowed and given back, so that a call costs no allocation.
 */
final class RawCall implements AutoCloseable {
    private static final int SLOT_BYTES = 4096;
    private static final Architecture ARCHITECTURE =
            Architecture.ofJvm(System.getProperty("os.arch"));
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            Linker.Option.captureCallState("errno"));
    /** The number of each call on this machine, by ordinal; below 0 if it does not exist here. */
    private static final int[] NUMBERS = numbers();
    private static final ConcurrentLinkedDeque<RawCall> FREE = new ConcurrentLinkedDeque<>();

    // The memory lives as long as this object, which the list of free ones keeps.
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment captured = arena.allocate(CAPTURED);
    private final MemorySegment first = arena.allocate(SLOT_BYTES);
    private final MemorySegment second = arena.allocate(SLOT_BYTES);
    private final MemorySegment structure = arena.allocate(256, 8);
    private MemorySegment large = MemorySegment.NULL;

    private RawCall() {
    }

    private static int[] numbers() {
        SystemCall[] calls = SystemCall.values();
        int[] numbers = new int[calls.length];
        for (SystemCall call : calls) {
            numbers[call.ordinal()] =
                    call.existsOn(ARCHITECTURE) ? call.number(ARCHITECTURE) : -1;
        }
        return numbers;
    }

    static RawCall borrow() {
        RawCall free = FREE.pollFirst();
        return free == null ? new RawCall() : free;
    }

    @Override
    public void close() {
        FREE.offerFirst(this);
    }

    /** The address of a zero-ended copy of a name. */
    long first(byte[] name) throws SystemCallException {
        return copy(first, name);
    }

    /** As {@link #first}, for a call with two names. */
    long second(byte[] name) throws SystemCallException {
        return copy(second, name);
    }

    /** Room for a name the kernel writes. */
    MemorySegment secondSlot() {
        return second;
    }

    /** 256 bytes for a struct. */
    MemorySegment structure() {
        return structure;
    }

    /** Memory holding these bytes. */
    MemorySegment large(byte[] bytes) {
        MemorySegment memory = large(bytes.length);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    /** Memory of at least that size. */
    MemorySegment large(int sizeBytes) {
        if (large.byteSize() < sizeBytes) {
            large = arena.allocate(sizeBytes, 8);
        }
        return large;
    }

    private static long copy(MemorySegment slot, byte[] name) throws SystemCallException {
        Files.checkName(name);
        MemorySegment.copy(name, 0, slot, ValueLayout.JAVA_BYTE, 0, name.length);
        slot.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
        return slot.address();
    }

    /** The result, or minus the errno; made again while interrupted. */
    long call(SystemCall call, long a) {
        return call(call, a, 0, 0, 0, 0);
    }

    long call(SystemCall call, long a, long b) {
        return call(call, a, b, 0, 0, 0);
    }

    long call(SystemCall call, long a, long b, long c) {
        return call(call, a, b, c, 0, 0);
    }

    long call(SystemCall call, long a, long b, long c, long d) {
        return call(call, a, b, c, d, 0);
    }

    long call(SystemCall call, long a, long b, long c, long d, long e) {
        long result;
        do {
            result = once(call, a, b, c, d, e);
        } while (result == -Errno.EINTR.number());
        return result;
    }

    long callOnce(SystemCall call, long a) {
        return once(call, a, 0, 0, 0, 0);
    }

    private long once(SystemCall call, long a, long b, long c, long d, long e) {
        int number = NUMBERS[call.ordinal()];
        if (number < 0) {
            return -Errno.ENOSYS.number();
        }
        long result;
        try {
            result = (long) SYSCALL.invokeExact(captured, (long) number, a, b, c, d, e, 0L);
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing: " + call, impossible);
        }
        return result == -1 ? -(int) ERRNO.get(captured, 0L) : result;
    }
}
