package runtime.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A container, or a further process in one, as its keeper shows it. Safe for use by several threads. */
public interface Launched extends AutoCloseable {

    /** How far the keeper is; never moves back. */
    enum Phase { CREATING, CREATED, RUNNING, EXITED, FAILED }

    /** The first process, as the host numbers it. */
    int pid();

    /** The keeper, as the host numbers it. */
    int keeperPid();

    /** How far it is now. */
    Phase phase();

    /**
     * Releases a created container and returns once its program runs.
     *
     * @throws LaunchException if the last steps failed, for example {@code execve(2)} with ENOENT
     */
    void start() throws LaunchException;

    /** Completes when the first process has exited, also when that was before this object was made. */
    CompletableFuture<Exit> exit();

    /**
     * Sends a signal to the first process through its pidfd ({@code pidfd_send_signal(2)}).
     *
     * @return false if the process had exited already
     * @throws IOException if the kernel refused the signal
     */
    boolean signal(int signal) throws IOException;

    /** Whether it was launched with a terminal. */
    boolean hasTerminal();

    /** Sets the terminal's size ({@code TIOCSWINSZ}); ignored without a terminal. */
    void resize(int rows, int columns) throws IOException;

    /**
     * Writes all of the bytes to standard input or the terminal, waiting while it is full.
     *
     * @throws IOException if the other end is closed
     */
    void writeInput(ByteBuffer bytes) throws IOException;

    /** Closes standard input: the program reads end of file once it has read what was written. */
    void closeInput() throws IOException;

    /**
     * Moves the end of the lease its keeper ends it with ({@code timerfd_settime(2)}); nothing happens if it has
     * none, or has ended.
     *
     * @param bootNanos by {@code CLOCK_BOOTTIME}
     * @throws IOException if the kernel refused: the container ends when it would have
     */
    default void leaseUntil(long bootNanos) throws IOException { }

    /** What each step returned and when; empty unless the status page is still there. */
    List<StepResult> trace();

    /** Forgets the container without touching it. */
    @Override
    void close();
}
