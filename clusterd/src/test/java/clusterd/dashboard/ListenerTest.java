package clusterd.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private static byte[] event(int number) {
        return (number + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void writesInOrderUntilItEnds() throws IOException {
        Listener listener = new Listener();
        for (int i = 0; i < 3; i++) {
            listener.offer(event(i));
        }
        listener.end();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        listener.write(out);
        assertEquals("0\n1\n2\n", out.toString(StandardCharsets.UTF_8));
        assertTrue(listener.isEnded());
    }

    @Test
    void whoReadsTooSlowlyIsCutOff() throws IOException {
        Listener listener = new Listener();
        int offered = 0;
        while (!listener.isEnded() && offered < 10_000) {
            listener.offer(event(offered++));
        }
        assertTrue(listener.isEnded());
        assertTrue(Thread.interrupted(), "a write that is stuck would end");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        listener.write(out);
        assertEquals(0, out.size());
    }
}
