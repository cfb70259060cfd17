package runtime.launch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalInt;
import linux.abi.FileFlags;
import linux.abi.OpenFlag;
import linux.program.Slot;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.Memory;
import runtime.plan.StatusPage;

/**
 * A keeper's status page, mapped. The other side may change it at any time. It stays mapped as long
 * as this object can be reached.
 */
final class StatusView {
    private static final int SIGNAL_MASK = 0x7f;
    private static final int SIGNALLED = 128;

    private final MemorySegment page;

    private StatusView(MemorySegment page) {
        this.page = page;
    }

    /** Maps a new, empty page in place of any that is there. */
    static StatusView make(Path file) throws IOException {
        byte[] name = Files.name(file.toString());
        if (Files.find(FileFlags.AT_FDCWD, name).isPresent()) {
            Files.unlinkat(FileFlags.AT_FDCWD, name, 0);
        }
        int descriptor = Files.openat(FileFlags.AT_FDCWD, name,
                FileFlags.O_RDWR | FileFlags.O_CREAT | FileFlags.O_EXCL, 0600);
        try {
            // Written, not only made that long: without space for it the keeper's first store would
            // end the keeper.
            try (Arena arena = Arena.ofConfined()) {
                Files.write(descriptor, arena.allocate(StatusPage.SIZE_BYTES));
            }
            return new StatusView(Memory.map(descriptor, StatusPage.SIZE_BYTES,
                    Memory.READ | Memory.WRITE));
        } finally {
            Descriptors.close(descriptor);
        }
    }

    static StatusView map(Path file) throws IOException {
        int descriptor = Descriptors.open(file, OpenFlag.O_RDWR);
        try {
            return new StatusView(Memory.map(descriptor, StatusPage.SIZE_BYTES,
                    Memory.READ | Memory.WRITE));
        } finally {
            Descriptors.close(descriptor);
        }
    }

    int integer(Slot slot) {
        return integer(StatusPage.offsetBytes(slot));
    }

    int integer(int offsetBytes) {
        return page.get(ValueLayout.JAVA_INT, offsetBytes);
    }

    long number(int offsetBytes) {
        return page.get(ValueLayout.JAVA_LONG, offsetBytes);
    }

    long number(Slot slot) {
        return number(StatusPage.offsetBytes(slot));
    }

    int phase() {
        return integer(StatusPage.PHASE);
    }

    /** Blocks while the keeper is in this phase, at most so long. */
    void awaitChange(int phase, long timeoutMillis) {
        Memory.waitWhile(word(StatusPage.PHASE), phase, timeoutMillis);
        Reference.reachabilityFence(page);
    }

    /** Blocks while a word has a value, at most so long. */
    void awaitChange(Slot slot, int value, long timeoutMillis) {
        Memory.waitWhile(word(slot), value, timeoutMillis);
        Reference.reachabilityFence(page);
    }

    void command(int command) {
        set(StatusPage.COMMAND, command);
    }

    /** Sets a word and wakes who sleeps on it. */
    void set(Slot slot, int value) {
        MemorySegment word = word(slot);
        word.set(ValueLayout.JAVA_INT, 0, value);
        Memory.wake(word);
        Reference.reachabilityFence(page);
    }

    private MemorySegment word(Slot slot) {
        return page.asSlice(StatusPage.offsetBytes(slot), Integer.BYTES);
    }

    /** How the process ended; meaningful in phase EXITED. */
    Exit exit() {
        int status = integer(StatusPage.WAIT_STATUS);
        int signal = status & SIGNAL_MASK;
        int usage = StatusPage.offsetBytes(StatusPage.RESOURCE_USAGE);
        int finished = StatusPage.offsetBytes(StatusPage.FINISHED_AT);
        return new Exit(
                signal == 0 ? status >> 8 & 0xff : SIGNALLED + signal,
                signal == 0 ? OptionalInt.empty() : OptionalInt.of(signal),
                Instant.ofEpochSecond(number(finished), number(finished + Long.BYTES)),
                number(usage) * 1_000_000 + number(usage + 8),
                number(usage + 16) * 1_000_000 + number(usage + 24),
                number(usage + 32),
                number(StatusPage.LOG_ERROR) != 0,
                number(StatusPage.LEASE_OVER));
    }
}
