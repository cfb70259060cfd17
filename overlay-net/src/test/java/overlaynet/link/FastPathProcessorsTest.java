package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Lists of processors as {@code /sys/devices/system/cpu/possible} has them. */
class FastPathProcessorsTest {
    @Test
    void theLastOneCounts() {
        assertEquals(1, FastPath.possibleProcessors("0"));
        assertEquals(4, FastPath.possibleProcessors("0-3"));
        assertEquals(12, FastPath.possibleProcessors("0-3,8-11"));
        assertEquals(10, FastPath.possibleProcessors("0-3,9"));
    }
}
