package clusterd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReopeningTest {
    private static final long UP_LONG_MILLIS = 61_000;

    @Test
    void restsGrowTo15SecondsWhileItStopsAgainAndAgain() {
        List<Long> rests = new ArrayList<>();
        Reopening.Rest rest = Reopening.Rest.FIRST;
        for (int i = 0; i < 8; i++) {
            rest = rest.next(0);
            rests.add(rest.millis());
        }
        assertEquals(List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L, 15_000L), rests);
    }

    @Test
    void afterAMemberThatStayedUpTheRestIsShortAgain() {
        assertEquals(Reopening.Rest.FIRST, new Reopening.Rest(15_000).next(UP_LONG_MILLIS));
    }

    @Test
    void whatCannotBeOpenedIsSaidAndTriedAgain() {
        List<String> journal = new CopyOnWriteArrayList<>();
        AtomicInteger attempts = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        Reopening.Part part = new Reopening.Part() {
            @Override
            public boolean hasStopped() {
                return attempts.get() < 2;
            }

            @Override
            public void end() {
                ends.incrementAndGet();
            }

            @Override
            public void open() throws IOException {
                if (attempts.incrementAndGet() == 1) {
                    throw new IOException("no room");
                }
            }
        };
        try (Reopening reopening = new Reopening(part, journal::add)) {
            reopening.start();
            TestNode.await("it is opened", () -> journal.size() == 2);
        }
        assertEquals(2, ends.get());
        assertTrue(journal.getFirst().contains("no room"), journal.toString());
        assertTrue(journal.getLast().contains("opened again"), journal.toString());
    }
}
