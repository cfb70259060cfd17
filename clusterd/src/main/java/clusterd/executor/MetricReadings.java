package clusterd.executor;

import clusterd.model.MetricQuery;
import clusterd.model.TaskId;
import clusterd.session.MetricValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Asks tasks for what they say of themselves, a few at a time, and knows how fast what they count grows. */
final class MetricReadings {
    /** For a whole answer. */
    static final long LIMIT_MILLIS = 1_000;
    private static final int AT_ONCE = 16;
    private static final double NANOS_PER_SECOND = 1e9;

    private final long limitMillis;
    private final Map<TaskId, Map<MetricQuery, Count>> counts = new ConcurrentHashMap<>();

    /** @param limitMillis after which a task is waited for no longer */
    MetricReadings(long limitMillis) {
        this.limitMillis = limitMillis;
    }

    /** What a task had counted at a time. */
    private record Count(double value, long atNanos) {
    }

    /**
     * A task that is to be asked.
     *
     * @param task    which
     * @param host    where it answers; {@code ""} if nowhere
     * @param queries for these
     */
    record Asked(TaskId task, String host, List<MetricQuery> queries) {
    }

    /** What they answer. */
    Map<TaskId, List<MetricValue>> read(List<Asked> all) throws InterruptedException {
        Map<TaskId, Future<List<MetricValue>>> answers = new LinkedHashMap<>();
        Semaphore turns = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Asked each : all) {
                answers.put(each.task(), threads.submit(() -> {
                    turns.acquire();
                    try {
                        return read(each);
                    } finally {
                        turns.release();
                    }
                }));
            }
        }
        counts.keySet().retainAll(Set.copyOf(answers.keySet()));
        Map<TaskId, List<MetricValue>> values = new HashMap<>();
        for (Map.Entry<TaskId, Future<List<MetricValue>>> each : answers.entrySet()) {
            try {
                values.put(each.getKey(), each.getValue().get());
            } catch (ExecutionException mistake) {
                throw new IllegalStateException("a task's metrics could not be read", mistake.getCause());
            }
        }
        return values;
    }

    private List<MetricValue> read(Asked asked) {
        if (asked.host().isEmpty()) {
            return asked.queries().stream().map(each -> MetricValue.none(each, "the task has no address")).toList();
        }
        Map<Endpoint, List<MetricQuery>> byEndpoint = new LinkedHashMap<>();
        asked.queries().forEach(each -> byEndpoint.computeIfAbsent(new Endpoint(each.port(), each.path()),
                key -> new ArrayList<>()).add(each));
        List<MetricValue> values = new ArrayList<>();
        byEndpoint.forEach((endpoint, queries) -> {
            long atNanos = System.nanoTime();
            new MetricEndpoint(asked.host(), endpoint.port(), endpoint.path(), limitMillis).read(queries)
                    .forEach(each -> values.add(each.query().rate() && each.isAnswer()
                            ? rate(asked.task(), each, atNanos) : each));
        });
        return values;
    }

    private record Endpoint(int port, String path) {
    }

    /** As Prometheus has it: one that counts from the beginning again has counted all of that since. */
    private MetricValue rate(TaskId task, MetricValue now, long atNanos) {
        Count before = counts.computeIfAbsent(task, key -> new ConcurrentHashMap<>())
                .put(now.query(), new Count(now.value(), atNanos));
        if (before == null || atNanos <= before.atNanos()) {
            return MetricValue.none(now.query(), "it takes two answers to know how fast it grows");
        }
        double grown = now.value() >= before.value() ? now.value() - before.value() : now.value();
        return MetricValue.of(now.query(), grown * NANOS_PER_SECOND / (atNanos - before.atNanos()));
    }
}
