package runtime.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A process with its input and output, as one client sees it. While a session is open, none of the output
 * after its beginning is lost, also if the process ends and its container is removed.
 */
public interface Session extends AutoCloseable {

    /** The process, as the host numbers it; 0 if it has ended. */
    int pid();

    /** Whether it has a terminal. */
    boolean terminal();

    /** Whether it takes input. */
    boolean interactive();

    /** Writes all of the bytes to its input, waiting while that is full. */
    void writeInput(ByteBuffer bytes) throws IOException;

    /** Ends its input. */
    void closeInput() throws IOException;

    /** Sets the size of its terminal, if it has one. */
    void resize(int rows, int columns) throws IOException;

    /** Sends it a signal; nothing happens if it has ended. */
    void signal(int number) throws IOException;

    /** Completes when it has ended. */
    CompletableFuture<ContainerRecord.RunExit> ended();

    /** Gives its output to a receiver until it has ended and all was given. */
    void follow(LogStream.Sink sink) throws IOException, InterruptedException;

    /**
     * Completes when nothing is left to wait for after {@link #close()}: at once, or once a container with
     * --rm that has ended is removed.
     */
    CompletableFuture<Void> settled();

    @Override
    void close();
}
