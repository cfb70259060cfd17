package testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A network namespace of the test's own, kept by a file descriptor and gone once that is closed.
 *
 * <p>Code runs in it on platform threads that enter it and never leave: {@code setns(2)} moves one
 * thread, so the rest of the JVM stays where it was. Sockets opened there stay there.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle UNSHARE = oneInt("unshare");
    private static final MethodHandle CLOSE = oneInt("close");
    private static final MethodHandle SETNS = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle OPEN = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("open"), FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(2));

    private final int descriptor;

    private NetworkNamespace(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Makes a namespace; its only link is a loopback that is down. Needs root. */
    public static NetworkNamespace create() throws Exception {
        return onNewThread(() -> {
            try (Arena arena = Arena.ofConfined()) {
                invoke(UNSHARE, "unshare(CLONE_NEWNET)", arena, CLONE_NEWNET);
                return open(arena);
            }
        });
    }

    private static NetworkNamespace open(Arena arena) {
        MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
        try {
            int descriptor = (int) OPEN.invokeExact(errno,
                    arena.allocateFrom("/proc/thread-self/ns/net"), O_RDONLY_CLOEXEC);
            return new NetworkNamespace(checked(descriptor, "open(ns/net)", errno));
        } catch (IllegalStateException failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Whether this process may make network namespaces. */
    public static boolean available() {
        try (NetworkNamespace made = create()) {
            return made.descriptor >= 0;
        } catch (Exception refused) {
            return false;
        }
    }

    /** A descriptor of the namespace in this process, valid until it is closed. */
    public int descriptor() {
        return descriptor;
    }

    /** Runs code in the namespace and returns what it returns. */
    public <T> T call(Callable<T> code) throws Exception {
        return onNewThread(() -> {
            enter();
            return code.call();
        });
    }

    /** Starts code in the namespace; the future fails with what the code throws. */
    public <T> CompletableFuture<T> start(Callable<T> code) {
        return startThread(() -> {
            enter();
            return code.call();
        });
    }

    private void enter() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            checked((int) SETNS.invokeExact(errno, descriptor, CLONE_NEWNET), "setns", errno);
        } catch (IllegalStateException failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            invoke(CLOSE, "close", arena, descriptor);
        }
    }

    private static MethodHandle oneInt(String name) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
    }

    private static void invoke(MethodHandle handle, String call, Arena arena, int argument) {
        MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
        try {
            checked((int) handle.invokeExact(errno, argument), call, errno);
        } catch (IllegalStateException failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int checked(int result, String call, MemorySegment errno) {
        if (result < 0) {
            long offset = Linker.Option.captureStateLayout()
                    .byteOffset(MemoryLayout.PathElement.groupElement("errno"));
            throw new IllegalStateException(call + ": errno "
                    + errno.get(ValueLayout.JAVA_INT, offset));
        }
        return result;
    }

    private static <T> T onNewThread(Callable<T> code) throws Exception {
        try {
            return startThread(code).get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw failed;
            }
        }
    }

    private static <T> CompletableFuture<T> startThread(Callable<T> code) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("network-namespace").start(() -> {
            try {
                result.complete(code.call());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        return result;
    }
}
