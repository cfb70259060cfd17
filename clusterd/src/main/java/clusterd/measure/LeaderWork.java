package clusterd.measure;

import clusterd.manager.LeaderLoop;
import clusterd.state.Command;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a manager decided while it led, and how long that took. */
public final class LeaderWork implements LeaderLoop.Rounds {
    private final Durations deciding = new Durations();
    private final Durations rounds = new Durations();
    private final Map<Class<?>, LongAdder> kinds = new ConcurrentHashMap<>();

    @Override
    public void done(List<Command> commands, long decidingNanos, long roundNanos) {
        deciding.add(decidingNanos);
        if (!commands.isEmpty()) {
            rounds.add(roundNanos);
            commands.forEach(each -> kinds.computeIfAbsent(each.getClass(), absent -> new LongAdder()).increment());
        }
    }

    /** How long it took to decide, also that there is nothing to do. */
    public Durations deciding() {
        return deciding;
    }

    /** How long rounds took in which something was decided, until it was applied. */
    public Durations rounds() {
        return rounds;
    }

    /** How many commands were decided, by their kind: {@code assign_task}. */
    public Map<String, Long> kinds() {
        Map<String, Long> counts = new TreeMap<>();
        kinds.forEach((kind, count) -> counts.put(kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT), count.sum()));
        return counts;
    }
}
