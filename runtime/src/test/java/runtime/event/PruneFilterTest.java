package runtime.event;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PruneFilterTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.5Z");
    private static final Map<String, String> LABELS = Map.of("tier", "front");

    private static boolean accepts(String... pairs) {
        PruneFilter filter = new PruneFilter();
        for (int i = 0; i < pairs.length; i += 2) {
            filter.add(pairs[i], pairs[i + 1]);
        }
        return filter.accepts(NOON, LABELS);
    }

    @Test
    void allConditionsMustHold() {
        assertTrue(accepts());
        assertTrue(accepts("label", "tier", "label", "tier=front", "label!", "keep"));
        assertFalse(accepts("label", "tier", "label", "other"));
        assertFalse(accepts("label!", "tier"));
        assertTrue(accepts("label!", "tier=back"));
    }

    @Test
    void untilIsATime() {
        long noon = NOON.getEpochSecond();
        assertTrue(accepts("until", noon + ".500000001"));
        assertFalse(accepts("until", noon + ".5"));
        assertFalse(accepts("until", Long.toString(noon)));
        assertTrue(accepts("until", "2026-01-02T13:00:01+01:00"));
        assertFalse(accepts("until", "2026-01-02T13:00:01+01:00", "until", "0"));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        for (String time : new String[] {"", "24h", "-5", "NaN", "1e9", "2026-13-01T00:00:00Z",
            "9".repeat(40)}) {
            assertThrows(IllegalArgumentException.class, () -> accepts("until", time), time);
        }
        assertThrows(IllegalArgumentException.class, () -> accepts("name", "x"));
    }
}
