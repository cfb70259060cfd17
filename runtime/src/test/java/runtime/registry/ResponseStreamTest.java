package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ResponseStreamTest {
    private final AtomicLong requested = new AtomicLong();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final Flow.Subscription subscription = new Flow.Subscription() {
        @Override
        public void request(long count) {
            requested.addAndGet(count);
        }

        @Override
        public void cancel() {
            cancelled.set(true);
        }
    };

    @Test
    void givesAllBytesInOrderAndAsksForMore() throws IOException {
        ResponseStream stream = stream(Duration.ofMinutes(1));
        long ahead = requested.get();
        stream.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.allocate(0)));
        stream.onNext(List.of(ByteBuffer.wrap(new byte[] {3})));
        stream.onNext(List.of(ByteBuffer.wrap(new byte[] {(byte) 255})));
        stream.onComplete();
        assertEquals(1, stream.read());
        assertArrayEquals(new byte[] {2, 3}, stream.readNBytes(2));
        assertEquals(255, stream.read());
        assertEquals(-1, stream.read());
        assertEquals(-1, stream.read());
        assertEquals(ahead + 3, requested.get());
        assertEquals(0, stream.read(new byte[0]));
    }

    @Test
    void bytesBeforeAFailureAreGivenFirst() throws IOException {
        ResponseStream stream = stream(Duration.ofMinutes(1));
        stream.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2})));
        stream.onError(new IOException("reset"));
        assertEquals(2, stream.read(new byte[10]));
        assertEquals("reset", assertThrows(IOException.class, stream::read).getMessage());
        assertThrows(IOException.class, stream::read);
    }

    @Test
    void silenceEndsInATimeout() {
        ResponseStream stream = stream(Duration.ofMillis(20));
        assertThrows(HttpTimeoutException.class, stream::read);
        stream.close();
        assertTrue(cancelled.get());
    }

    @Test
    void drippingEndsInATimeoutToo() {
        ResponseStream stream = stream(Duration.ofMillis(50));
        Thread dripping = Thread.ofVirtual().start(() -> {
            while (!cancelled.get()) {
                stream.onNext(List.of(ByteBuffer.wrap(new byte[1])));
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        });
        assertThrows(HttpTimeoutException.class, () -> {
            while (stream.read() >= 0) {
                assertTrue(dripping.isAlive());
            }
        });
        stream.close();
    }

    @Test
    void anInterruptEndsTheWaiting() {
        ResponseStream stream = stream(Duration.ofMinutes(5));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, stream::read);
        assertTrue(Thread.interrupted());
    }

    private ResponseStream stream(Duration stall) {
        ResponseStream stream = new ResponseStream(stall);
        stream.onSubscribe(subscription);
        return stream;
    }
}
