package runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import runtime.image.TarFormatException;

/** Copies the content of one folder into another, owners and attributes included. */
public final class TreeCopy {
    private static final int PIPE_BYTES = 1 << 20;
    private static final byte[] CONTENT = {'.'};

    private TreeCopy() {}

    /**
     * Copies.
     *
     * @param from open folder
     * @param to   open folder; it gets owner and mode of the other
     */
    public static void content(int from, int to) throws IOException {
        PipedInputStream in = new PipedInputStream(PIPE_BYTES);
        PipedOutputStream pipe = new PipedOutputStream(in);
        IOException[] failure = new IOException[1];
        Thread reading = Thread.ofVirtual().name("tree-copy").start(() -> {
            try (OutputStream out = pipe;
                    TreeArchive archive = TreeArchive.ofRoot(out, IdShift.NONE)) {
                archive.add(from, CONTENT);
            } catch (IOException e) {
                failure[0] = e;
            }
        });
        try {
            unpack(in, to);
        } catch (TarFormatException cut) {
            // An archive cut short is the other side's failure.
            join(reading);
            throw failure[0] == null ? cut : failure[0];
        }
        join(reading);
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Closes the pipe in any case, so that the other side does not wait for ever. */
    private static void unpack(PipedInputStream pipe, int to) throws IOException {
        try (InputStream in = pipe) {
            Unpacked.into(to, in, UnpackRules.volume());
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("copy");
        }
    }
}
