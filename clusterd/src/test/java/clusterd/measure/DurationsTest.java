package clusterd.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import clusterd.state.Command;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import runtime.metrics.MetricsSink;

class DurationsTest {
    @Test
    void eachIsInTheFirstBucketThatHoldsIt() {
        Durations durations = new Durations();
        durations.add(0);
        durations.add(TimeUnit.MICROSECONDS.toNanos(500));
        durations.add(TimeUnit.MICROSECONDS.toNanos(501));
        durations.add(TimeUnit.HOURS.toNanos(1));
        MetricsSink.Histogram histogram = durations.histogram();
        assertEquals(2, histogram.counts().getFirst());
        assertEquals(1, histogram.counts().get(1));
        assertEquals(1, histogram.counts().getLast());
        assertEquals(Double.POSITIVE_INFINITY, histogram.upperBoundsSeconds().getLast());
        assertEquals(4, histogram.counts().stream().mapToLong(Long::longValue).sum());
        assertEquals(3600.001001, histogram.sumSeconds(), 1e-6);
    }

    @Test
    void roundsThatDecidedNothingAreNoRounds() {
        LeaderWork work = new LeaderWork();
        work.done(List.of(), 10, 20);
        work.done(List.of(new Command.RemoveProject("a"), new Command.RemoveProject("b"),
                new Command.BeginTerm(1, "n")), 10, 20);
        assertEquals(Map.of("remove_project", 2L, "begin_term", 1L), work.kinds());
        assertEquals(2, work.deciding().histogram().counts().getFirst());
        assertEquals(1, work.rounds().histogram().counts().getFirst());
    }
}
