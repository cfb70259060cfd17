package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The cluster's networks on fifty nodes and virtual time: everything between what an operator wants and what a kernel is sent is the
 * real thing, while nodes are lost, cut off, moved, added and removed, agents killed within what they write, tables damaged, leaders
 * changed, and services and networks made, changed and removed. After each while, once it is quiet, every node's tables are looked at.
 *
 * <p>{@code JCTL_SEED=N ./test ...} runs that seed alone, {@code JCTL_SEEDS=N} so many from a random one on.
 */
class NetworkSimulationTest {
    private static final int NODES = 50;
    private static final List<Long> SEEDS = List.of(1L);
    private static final int WHILES = 3;
    private static final int EVENTS = 10;
    private static final int MOST_SAID = 12;

    private static List<Long> seeds() {
        String one = System.getenv("JCTL_SEED");
        String many = System.getenv("JCTL_SEEDS");
        if (one != null) {
            return List.of(Long.parseLong(one));
        }
        long fresh = new Random().nextInt(1_000_000);
        List<Long> all = new ArrayList<>(many == null ? SEEDS : List.of());
        for (int i = 0; i < (many == null ? 1 : Integer.parseInt(many)); i++) {
            all.add(fresh + i);
        }
        return all;
    }

    private static SimulatedCluster run(long seed, int nodes, int whiles) {
        String again = "seed " + seed + "; JCTL_SEED=" + seed + " and the same code run it again: ";
        SimulatedCluster cluster = new SimulatedCluster(seed, nodes);
        for (int i = 0; i < whiles; i++) {
            try {
                cluster.happen(i == 0 ? 0 : EVENTS);
                List<String> problems = cluster.rest();
                problems.addAll(cluster.managersApart());
                if (!problems.isEmpty()) {
                    throw new AssertionError(again + "while " + i + ": " + problems.size() + " problems\n"
                            + String.join("\n", problems.subList(0, Math.min(problems.size(), MOST_SAID))));
                }
            } catch (RuntimeException mistake) {
                throw new AssertionError(again + "while " + i + ": " + mistake, mistake);
            }
        }
        return cluster;
    }

    @Test
    void everyNodesTablesAreAsTheStateSaysOnceItIsQuiet() {
        for (long seed : seeds()) {
            SimulatedCluster cluster = run(seed, NODES, WHILES);
            assertTrue(cluster.nodes().size() >= NODES, "seed " + seed);
            assertTrue(cluster.nodes().stream().mapToLong(each -> each.kernel().writes()).sum() > NODES, "seed " + seed);
        }
    }

    @Test
    void aSeedDecidesEverything() {
        assertEquals(run(7, 6, 3).trace(), run(7, 6, 3).trace());
    }
}
