package clusterd.dispatch;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.TreeMap;

/** Virtual time: what happens is an event at a moment, and the seed decides how long things take. */
final class SimulatedTime implements InstantSource {
    private record Event(long atMillis, long number) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final TreeMap<Event, Runnable> events = new TreeMap<>();
    private final Random random;
    private long nowMillis = 1_700_000_000_000L;
    private long count;

    SimulatedTime(long seed) {
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    @Override
    public long millis() {
        return nowMillis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMillis);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Both included. */
    long between(long least, long most) {
        return least + random.nextInt((int) (most - least) + 1);
    }

    void after(long millis, Runnable what) {
        at(nowMillis + millis, what);
    }

    void at(long millis, Runnable what) {
        events.put(new Event(millis, count++), what);
    }

    /** Lets it pass. */
    void run(long millis) {
        long until = nowMillis + millis;
        while (!events.isEmpty() && events.firstKey().atMillis() <= until) {
            var next = events.pollFirstEntry();
            nowMillis = Math.max(nowMillis, next.getKey().atMillis());
            next.getValue().run();
        }
        nowMillis = until;
    }
}
