package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import clusterd.model.RestartPolicy;
import clusterd.model.RestartPolicy.Condition;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a node decides alone. */
class RestartHereTest {
    private static List<RestartHere.Run> quick(int count) {
        return LongStream.range(0, count).mapToObj(i -> new RestartHere.Run(i * 1_000, i * 1_000 + 10)).toList();
    }

    private static RestartHere decide(Condition condition, boolean failed, int attempts, int runs) {
        return RestartHere.decide(new RestartPolicy(condition, 100, attempts, 0), failed, quick(runs));
    }

    @Test
    void theConditionDecides() {
        assertInstanceOf(RestartHere.Again.class, decide(Condition.ANY, false, 0, 1));
        assertInstanceOf(RestartHere.Again.class, decide(Condition.ON_FAILURE, true, 0, 1));
        assertInstanceOf(RestartHere.Over.class, decide(Condition.ON_FAILURE, false, 0, 1));
        assertInstanceOf(RestartHere.Over.class, decide(Condition.NONE, true, 0, 1));
    }

    @Test
    void theDelayIsDoubledAfterEndsAtOnceAndNotForEver() {
        assertEquals(new RestartHere.Again(100), decide(Condition.ANY, true, 0, 1));
        assertEquals(new RestartHere.Again(200), decide(Condition.ANY, true, 0, 2));
        assertEquals(new RestartHere.Again(6_400), decide(Condition.ANY, true, 0, 7));
        assertEquals(new RestartHere.Again(6_400), decide(Condition.ANY, true, 0, 500));
        assertEquals(new RestartHere.Again(100), RestartHere.decide(
                new RestartPolicy(Condition.ANY, 100, 0, 0), true,
                List.of(new RestartHere.Run(0, 10), new RestartHere.Run(20, 100_000))));
    }

    @Test
    void attemptsAreCountedWithinTheirWindow() {
        assertInstanceOf(RestartHere.Again.class, decide(Condition.ANY, true, 2, 2));
        assertEquals(new RestartHere.Over("it was started again 2 times"), decide(Condition.ANY, true, 2, 3));
        assertInstanceOf(RestartHere.Again.class, RestartHere.decide(
                new RestartPolicy(Condition.ANY, 100, 2, 1_500), true, quick(3)));
    }
}
