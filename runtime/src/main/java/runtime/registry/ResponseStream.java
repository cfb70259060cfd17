package runtime.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response body as a stream that gives up when nothing worth mentioning comes for a while; the
 * JDK's own waits for ever. A few buffers are asked for ahead, so that network, hashing and disk overlap while a slow
 * reader still slows the sender down.
 */
final class ResponseStream extends InputStream implements BodySubscriber<ResponseStream> {
    private static final int ITEMS_AHEAD = 16;
    // A server that drips single bytes stalls as well.
    private static final int LEAST_BYTES = 1024;

    private sealed interface Item { }

    private record Bytes(List<ByteBuffer> buffers) implements Item { }

    private record End() implements Item { }

    private record Failure(Throwable cause) implements Item { }

    private final Duration stall;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> current = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private Item last;
    private long waitedNanos;
    private long cameBytes;

    ResponseStream(Duration stall) {
        this.stall = stall;
    }

    @Override
    public CompletionStage<ResponseStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.complete(given);
        given.request(ITEMS_AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        items.add(new Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        items.add(new Failure(cause));
    }

    @Override
    public void onComplete() {
        items.add(new End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Fills as much as has come already; waits only for the first byte. */
    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, target.length);
        if (count == 0) {
            return 0;
        }
        int filled = 0;
        while (filled < count) {
            ByteBuffer buffer = current.peek();
            if (buffer == null) {
                if (filled > 0 && items.isEmpty() || !fetch()) {
                    break;
                }
                continue;
            }
            int part = Math.min(buffer.remaining(), count - filled);
            buffer.get(target, offset + filled, part);
            filled += part;
            if (!buffer.hasRemaining()) {
                current.remove();
            }
        }
        if (filled > 0) {
            return filled;
        }
        if (last instanceof Failure failure) {
            throw new IOException(failure.cause().getMessage(), failure.cause());
        }
        return -1;
    }

    @Override
    public void close() {
        subscription.thenAccept(Flow.Subscription::cancel);
    }

    /** Takes the next buffers; false if the body has ended, for good or bad. */
    private boolean fetch() throws IOException {
        if (last != null) {
            return false;
        }
        switch (poll()) {
            case null -> throw new HttpTimeoutException(
                    "only " + cameBytes + " bytes came in " + stall.toMillis() + " ms");
            case Bytes bytes -> {
                for (ByteBuffer buffer : bytes.buffers()) {
                    cameBytes += buffer.remaining();
                    if (buffer.hasRemaining()) {
                        current.add(buffer);
                    }
                }
                subscription.join().request(1);
            }
            case End end -> last = end;
            case Failure failure -> last = failure;
        }
        return last == null;
    }

    /** Null once all waiting since the last bytes worth mentioning is too long. */
    private Item poll() throws InterruptedIOException {
        if (cameBytes >= LEAST_BYTES) {
            cameBytes = 0;
            waitedNanos = 0;
        }
        long start = System.nanoTime();
        try {
            return items.poll(stall.toNanos() - waitedNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a response");
        } finally {
            waitedNanos += System.nanoTime() - start;
        }
    }
}
