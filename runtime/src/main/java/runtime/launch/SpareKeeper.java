package runtime.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import linux.abi.Signal;
import linux.program.EncodedProgram;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;

/** A keeper that waits for what it shall keep. Used once, by one thread. */
final class SpareKeeper {
    /** What {@code eventfd(2)} takes: 64 bits, little endian as this machine's. */
    private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

    private final int pid;
    private final int pidfd;
    private final int program;
    private final int life;
    private final int word;

    /**
     * @param pid     as the host numbers it
     * @param pidfd   this object's own until {@link #begin}
     * @param program the file it reads its program from
     * @param life    the end of a pipe that tells it that this process lives
     * @param word    the eventfd it waits for
     */
    SpareKeeper(int pid, int pidfd, int program, int life, int word) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.program = program;
        this.life = life;
        this.word = word;
    }

    int pid() {
        return pid;
    }

    /** To be closed by whoever has called {@link #begin}. */
    int pidfd() {
        return pidfd;
    }

    /** Whether it still waits: somebody may have killed it. */
    boolean isAlive() {
        return !Processes.hasEnded(pidfd);
    }

    /**
     * Lets it run a program.
     *
     * @param encoded       by {@link KeeperPrologue#program}
     * @param userNamespace the path of a user namespace, at most 63 bytes; empty for none
     * @throws IOException if it cannot be told; it is gone then
     */
    void begin(EncodedProgram encoded, String userNamespace) throws IOException {
        boolean done = false;
        try {
            if (encoded.memoryBytes() > KeeperPrologue.MEMORY_BYTES) {
                throw new IOException("the plan needs " + encoded.memoryBytes()
                        + " bytes of memory; a keeper has " + KeeperPrologue.MEMORY_BYTES);
            }
            byte[] path = userNamespace.getBytes(StandardCharsets.US_ASCII);
            if (path.length >= KeeperPrologue.PATH_BYTES) {
                throw new IOException("the path " + userNamespace + " is too long for a keeper");
            }
            ByteBuffer content = ByteBuffer.allocate(
                    KeeperPrologue.PATH_BYTES + encoded.bytes().length);
            content.put(path).position(KeeperPrologue.PATH_BYTES).put(encoded.bytes()).flip();
            Descriptors.writeAll(program, content);
            Descriptors.writeAll(word, ByteBuffer.wrap(ONE));
            done = true;
        } finally {
            close();
            if (!done) {
                kill();
            }
        }
    }

    /** Lets go of it, as the end of this process does: it ends by itself. */
    void abandon() {
        close();
    }

    /** Ends it unused. */
    void discard() {
        abandon();
        kill();
    }

    private void close() {
        Descriptors.close(program);
        Descriptors.close(word);
        Descriptors.close(life);
    }

    private void kill() {
        try {
            Processes.signal(pidfd, Signal.SIGKILL.number());
        } catch (SystemCallException impossible) {
            throw new IllegalStateException("a child that cannot be killed", impossible);
        }
        Processes.reap(pidfd);
        Descriptors.close(pidfd);
    }
}
