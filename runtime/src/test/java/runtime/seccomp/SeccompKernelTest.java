package runtime.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import linux.abi.Capability;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.proc.KernelVersion;
import linux.syscall.Kernel;
import org.junit.jupiter.api.Test;

/**
 * Puts the standard filter on one thread, which needs no right, and holds what the kernel then does
 * against what the interpreter says it would.
 */
class SeccompKernelTest {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final long CLONE_NEWUSER = 0x10000000L;

    /** Calls that change nothing, whether they are allowed or not. */
    private record Attempt(SystemCall call, long... arguments) {}

    private static final List<Attempt> ATTEMPTS = List.of(
            new Attempt(SystemCall.GETPPID),
            new Attempt(SystemCall.PERSONALITY, 0xFFFFFFFFL),
            new Attempt(SystemCall.PERSONALITY, 0x0040000L),
            new Attempt(SystemCall.SOCKET, 40, 99, 0),
            new Attempt(SystemCall.SOCKET, 0x1_00000028L, 99, 0),
            new Attempt(SystemCall.SOCKET, 2, 99, 0),
            new Attempt(SystemCall.CLONE, CLONE_NEWUSER | 17, 0, 0, 0, 0),
            new Attempt(SystemCall.CLONE3, 0, 0),
            new Attempt(SystemCall.UNSHARE, 0),
            new Attempt(SystemCall.SETNS, -1, 0),
            new Attempt(SystemCall.MOUNT, 0, 0, 0, 0, 0),
            new Attempt(SystemCall.KEYCTL, 0, 0),
            new Attempt(SystemCall.BPF, 0, 0, 0),
            new Attempt(SystemCall.IO_URING_SETUP, 0, 0),
            new Attempt(SystemCall.MQ_UNLINK, 0),
            new Attempt(SystemCall.FUTEX_WAITV, 0, 0, 0, 0, 0),
            new Attempt(SystemCall.STATX, -1, 0, 0, 0, 0));

    @Test
    void theKernelDoesWhatTheInterpreterSays() throws Exception {
        SeccompFilter filter = SeccompCompiler.compile(StandardProfile.profile(),
                Kernel.ARCHITECTURE, Capability.containerSet(), new KernelVersion(6, 1));
        Map<Attempt, Long> results = new LinkedHashMap<>();
        List<Throwable> failures = new ArrayList<>();
        // A filter is a thread's own and cannot be taken off: it ends with the thread.
        Thread filtered = Thread.ofPlatform().unstarted(() -> {
            install(filter.toBytes());
            for (Attempt attempt : ATTEMPTS) {
                results.put(attempt, Kernel.call(attempt.call(), attempt.arguments()));
            }
        });
        filtered.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        filtered.start();
        filtered.join();
        assertEquals(List.of(), failures);
        assertEquals(ATTEMPTS.size(), results.size());
        results.forEach((attempt, result) -> {
            Verdict verdict = filter.verdict(attempt.call(), attempt.arguments());
            String place = attempt + " is " + verdict.inWords();
            if (verdict.isAllowed()) {
                assertTrue(result != -Errno.EPERM.number(), place);
            } else {
                assertEquals(-verdict.data(), result, place);
            }
        });
    }

    private static void install(byte[] program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocateFrom(ValueLayout.JAVA_BYTE, program);
            MemorySegment header = arena.allocate(16, 8);
            header.set(ValueLayout.JAVA_SHORT, 0,
                    (short) (program.length / BpfInstruction.SIZE_BYTES));
            header.set(ValueLayout.JAVA_LONG, 8, instructions.address());
            assertEquals(0, Kernel.call(SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
            assertEquals(0, Kernel.call(SystemCall.SECCOMP, SECCOMP_SET_MODE_FILTER, 0,
                    header.address()));
        }
    }
}
