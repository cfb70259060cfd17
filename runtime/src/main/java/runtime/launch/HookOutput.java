package runtime.launch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;

/**
 * What a hook prints: read while it runs, so that it never waits for a reader; only the beginning is kept.
 * When the hook has ended nobody reads any more, also if a process that it left behind could still write.
 */
final class HookOutput implements AutoCloseable {
    /** An error with it travels in the header of an answer, whose size clients limit. */
    static final int MAX_BYTES = 4096;
    /** The pipe's owner reads; a hook, of whatever user, may open its output by name and write. */
    private static final int MODE = 0622;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Descriptors.Pipe pipe;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment kept = arena.allocate(MAX_BYTES);
    private final MemorySegment surplus = arena.allocate(MAX_BYTES);
    private long keptBytes;
    private boolean isCut;
    private boolean isOver;
    private boolean isBegun;

    HookOutput() throws SystemCallException {
        pipe = Descriptors.pipe();
        Files.fchmod(pipe.writing(), MODE);
    }

    /** The descriptor to print to. */
    int writing() {
        return pipe.writing();
    }

    /** The hook has the descriptor now, and it alone. */
    void begun() {
        Descriptors.close(pipe.writing());
        isBegun = true;
    }

    /**
     * Reads until a child has ended, at most so long, and takes its exit status.
     *
     * @return as {@link Processes#awaitExit}
     */
    OptionalInt awaitExit(int pidfd, long timeoutMillis) throws IOException {
        long end = System.nanoTime() + timeoutMillis * NANOS_PER_MILLI;
        while (true) {
            long leftMillis = Math.max(0, (end - System.nanoTime()) / NANOS_PER_MILLI);
            OptionalInt ready = isOver ? Descriptors.awaitReadable(leftMillis, pidfd)
                    : Descriptors.awaitReadable(leftMillis, pidfd, pipe.reading());
            if (ready.isEmpty()) {
                return OptionalInt.empty();
            }
            if (ready.getAsInt() == pidfd) {
                return Processes.awaitExit(pidfd, 0);
            }
            readSome();
        }
    }

    /** As the end of a sentence: what was printed until now; nothing if nothing was. */
    String told() throws IOException {
        while (!isOver && !isCut && Descriptors.awaitReadable(0, pipe.reading()).isPresent()) {
            readSome();
        }
        byte[] bytes = kept.asSlice(0, keptBytes).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : "; it printed: " + text + (isCut ? " […]" : "");
    }

    private void readSome() throws IOException {
        boolean isFull = keptBytes == MAX_BYTES;
        long count = Files.read(pipe.reading(), isFull ? surplus : kept.asSlice(keptBytes));
        if (count == 0) {
            isOver = true;
        } else if (isFull) {
            isCut = true;
        } else {
            keptBytes += count;
        }
    }

    @Override
    public void close() {
        arena.close();
        if (!isBegun) {
            Descriptors.close(pipe.writing());
        }
        Descriptors.close(pipe.reading());
    }
}
