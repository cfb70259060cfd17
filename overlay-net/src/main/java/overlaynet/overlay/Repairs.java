package overlaynet.overlay;

import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import overlaynet.audit.Repair;

/** Counts what was mended. Safe for use by several threads. */
final class Repairs {
    private final Consumer<String> journal;
    private final InstantSource clock;
    private final Map<Repair, Long> counts = new EnumMap<>(Repair.class);
    private Optional<Last> last = Optional.empty();

    /** The newest one. */
    record Last(String what, Instant at) {
    }

    /** @param journal told of each */
    Repairs(Consumer<String> journal, InstantSource clock) {
        this.journal = journal;
        this.clock = clock;
        for (Repair each : Repair.values()) {
            counts.put(each, 0L);
        }
    }

    void note(Repair kind, long count, String what) {
        synchronized (this) {
            counts.merge(kind, count, Long::sum);
            last = Optional.of(new Last(what, clock.instant()));
        }
        journal.accept(what);
    }

    synchronized long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized Map<Repair, Long> counts() {
        return Map.copyOf(counts);
    }

    synchronized Optional<Last> last() {
        return last;
    }
}
