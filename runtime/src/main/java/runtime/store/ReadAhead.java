package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads a stream ahead in a thread of its own, so that what the stream costs (unpacking, hashing) and
 * what its reader does run at the same time.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int CHUNKS = 4;

    /** Part of the stream; an empty one is the end, with what ended it if that was an error. */
    private record Chunk(byte[] bytes, int length, Throwable failure) {
    }

    private final InputStream source;
    private final BlockingQueue<Chunk> filled = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(CHUNKS);
    private final Thread thread;
    private Chunk current = new Chunk(new byte[0], 0, null);
    private int at;
    private boolean ended;

    ReadAhead(InputStream source, String threadName) {
        this.source = source;
        for (int i = 0; i < CHUNKS; i++) {
            free.add(new byte[CHUNK_BYTES]);
        }
        this.thread = Thread.ofPlatform().daemon().name(threadName).start(this::run);
    }

    private void run() {
        try {
            while (true) {
                byte[] bytes = free.take();
                int count = source.readNBytes(bytes, 0, bytes.length);
                filled.put(new Chunk(bytes, count, null));
                if (count == 0) {
                    return;
                }
            }
        } catch (InterruptedException closed) {
            // The reader went away and wants nothing more.
        } catch (Throwable failure) {
            // There is room: of the chunks one at most is in our hands.
            filled.add(new Chunk(new byte[0], 0, failure));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == current.length && !nextChunk()) {
            return -1;
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current.bytes, at, into, offset, count);
        at += count;
        return count;
    }

    private boolean nextChunk() throws IOException {
        if (ended) {
            return false;
        }
        try {
            if (current.bytes.length == CHUNK_BYTES) {
                free.add(current.bytes);
            }
            current = filled.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading an archive");
        }
        at = 0;
        ended = current.length == 0;
        return switch (current.failure) {
            case null -> !ended;
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IOException("reading an archive failed", current.failure);
        };
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        source.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
