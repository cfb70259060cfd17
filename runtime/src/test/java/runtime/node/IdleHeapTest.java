package runtime.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdleHeapTest {
    private static final long MEGABYTE = 1 << 20;
    private final IdleHeap heap = new IdleHeap();

    private boolean afterSeconds(int seconds, long committed, long firstUsed, long perSecond) {
        boolean due = false;
        for (int second = 0; second < seconds; second++) {
            due |= heap.isDue(committed, firstUsed + second * perSecond);
        }
        return due;
    }

    @Test
    void isCollectedOnceItsDaemonHasBeenQuietForAWhile() {
        assertFalse(afterSeconds(4, 40 * MEGABYTE, 20 * MEGABYTE, 10_000));
        assertTrue(afterSeconds(3, 40 * MEGABYTE, 20 * MEGABYTE + 40_000, 10_000));
    }

    @Test
    void isLeftAloneWhileItsDaemonWorks() {
        assertFalse(afterSeconds(60, 40 * MEGABYTE, 5 * MEGABYTE, MEGABYTE));
    }

    @Test
    void isNotCollectedAgainBeforeItHasGrown() {
        assertTrue(afterSeconds(7, 40 * MEGABYTE, 20 * MEGABYTE, 0));
        heap.collected(18 * MEGABYTE);
        assertFalse(afterSeconds(60, 18 * MEGABYTE, 10 * MEGABYTE, 0));
        assertTrue(afterSeconds(7, 30 * MEGABYTE, 12 * MEGABYTE, 0));
    }
}
