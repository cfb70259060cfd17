package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What bench/simulation measures, smaller; work is counted in bytes that are allocated for it, not in time. */
class FleetSimulationTest {
    private static final int TASKS_PER_NODE = 40;

    private record Cost(long bytesPerPlacement, long bytesPerReplacement) {
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static Cost cost(int nodes) {
        FleetSimulation simulation = new FleetSimulation(1, nodes);
        long begin = allocatedBytes();
        simulation.create(nodes * TASKS_PER_NODE);
        simulation.settle();
        long placing = allocatedBytes() - begin;
        long placed = simulation.work().decisions();
        assertEquals(nodes * (long) TASKS_PER_NODE, simulation.running());
        assertEquals(List.of(), simulation.problems());

        begin = allocatedBytes();
        FleetSimulation.Work before = simulation.work();
        for (int i = 0; i < 5; i++) {
            simulation.lose(i * 7);
            simulation.settle();
        }
        long replacing = allocatedBytes() - begin;
        long replaced = simulation.work().since(before).decisions();
        assertTrue(replaced > 0, "no task was on a node that was lost");
        assertEquals(List.of(), simulation.problems());
        for (int i = 0; i < 5; i++) {
            simulation.back(i * 7);
        }
        simulation.update(0, 2);
        simulation.settle();
        assertEquals(List.of(), simulation.problems());
        return new Cost(placing / placed, replacing / replaced);
    }

    @Test
    void aDecisionCostsHardlyMoreInAClusterFourTimesAsLarge() {
        Cost small = cost(250);
        Cost large = cost(1000);
        // The logarithm grows by a quarter.
        assertTrue(large.bytesPerPlacement() < 1.4 * small.bytesPerPlacement(), small + " became " + large);
        assertTrue(large.bytesPerReplacement() < 1.4 * small.bytesPerReplacement(), small + " became " + large);
    }
}
