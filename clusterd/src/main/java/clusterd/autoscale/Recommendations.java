package clusterd.autoscale;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * How many tasks were asked for, as far back as the longer of two windows. More are made only if more were asked for
 * all through the one, and fewer only if fewer were asked for all through the other.
 */
final class Recommendations {
    /** The same number, from one time to another. */
    private record Run(long fromMillis, long toMillis, int tasks) {
    }

    private final Deque<Run> runs = new ArrayDeque<>();

    /** @param tasks there are; what was asked for before is not known, and taken to be as many */
    Recommendations(int tasks, long nowMillis) {
        runs.add(new Run(nowMillis, nowMillis, tasks));
    }

    void add(int tasks, long nowMillis) {
        Run last = runs.getLast();
        if (last.tasks == tasks) {
            runs.removeLast();
            runs.add(new Run(last.fromMillis, nowMillis, tasks));
        } else {
            runs.add(new Run(nowMillis, nowMillis, tasks));
        }
    }

    /** Forgets what no window of that length reaches. */
    void forget(long beforeMillis) {
        while (runs.size() > 1 && runs.getFirst().toMillis < beforeMillis) {
            runs.removeFirst();
        }
    }

    /** The number of {@code current} or of what was asked for that the windows allow. */
    int settled(int current, long nowMillis, long upWindowMillis, long downWindowMillis) {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (Iterator<Run> each = runs.descendingIterator(); each.hasNext();) {
            Run run = each.next();
            if (run == runs.getLast() || run.toMillis > nowMillis - upWindowMillis) {
                least = Math.min(least, run.tasks);
            }
            if (run == runs.getLast() || run.toMillis > nowMillis - downWindowMillis) {
                most = Math.max(most, run.tasks);
            }
        }
        return current < least ? least : Math.min(current, most);
    }
}
