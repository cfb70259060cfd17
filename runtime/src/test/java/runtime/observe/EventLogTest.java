package runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import runtime.event.Event;

class EventLogTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    private Instant now = Instant.parse("2026-01-02T12:00:00Z");
    private final EventLog log = new EventLog(() -> now, 4, 1000);

    private void tell(String action) {
        log.tell(Event.Type.CONTAINER, action, "id", Map.of("name", "web"));
    }

    private String action(long number) throws Exception {
        return log.await(number, 0).orElseThrow().action();
    }

    @Test
    void whatHappenedIsReadInOrder() throws Exception {
        assertEquals(1, log.upcoming());
        tell("create");
        tell("start");
        assertEquals("create", action(1));
        assertEquals("start", action(2));
        assertTrue(log.await(3, 0).isEmpty());
    }

    @Test
    void theOldestGoFirstAndTheirReaderIsTold() throws Exception {
        for (int i = 1; i <= 6; i++) {
            tell("e" + i);
        }
        assertEquals(3, log.oldest());
        assertEquals("e3", action(3));
        assertEquals("e6", action(6));
        String message = assertThrows(EventLog.EventsLostException.class, () -> log.await(1, 0))
                .getMessage();
        assertTrue(message.startsWith("2 events "), message);
    }

    @Test
    void muchTextPushesOutOldEventsButNeverTheNewest() throws Exception {
        tell("a");
        tell("x".repeat(995));
        assertEquals(2, log.oldest());
        tell("y".repeat(5000));
        assertEquals(3, log.oldest());
        assertEquals("y".repeat(5000), action(3));
        tell("b");
        assertEquals(4, log.oldest());
        assertEquals("b", action(4));
    }

    @Test
    void aReaderWaitsForWhatComes() throws Exception {
        Thread teller = Thread.ofVirtual().start(() -> tell("later"));
        assertEquals("later", log.await(1, LONG_NANOS).orElseThrow().action());
        teller.join();
    }

    @Test
    void theClockMayGoBack() throws Exception {
        Instant begun = now;
        tell("first");
        now = begun.minusSeconds(3600);
        tell("second");
        assertEquals(begun, log.await(1, 0).orElseThrow().at());
        assertEquals(begun.minusSeconds(3600), log.await(2, 0).orElseThrow().at());
        assertEquals(begun, log.knownSince());
    }

    @Test
    void sinceWhenEventsAreKnown() {
        Instant begun = now;
        assertEquals(begun, log.knownSince());
        for (int i = 1; i <= 6; i++) {
            now = begun.plusSeconds(i);
            tell("e" + i);
        }
        assertEquals(begun.plusSeconds(3), log.knownSince());
    }

    @Test
    void readersEndWithTheDaemon() {
        log.close();
        assertThrows(InterruptedException.class, () -> log.await(1, LONG_NANOS));
    }
}
