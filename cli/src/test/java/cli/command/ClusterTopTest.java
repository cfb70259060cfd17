package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.ClusterUsageRequest;
import api.cluster.ClusterUsageResponse;
import org.junit.jupiter.api.Test;

/** top without a container. */
class ClusterTopTest extends ClusterFixture {

    private static ClusterUsageResponse.Task.Builder task(String name, long cpuMillis) {
        return ClusterUsageResponse.Task.newBuilder().setId(name).setName(name).setServiceName("web")
                .setNodeName("alpha").setCpuMillis(cpuMillis).setMemoryBytes(64L << 20);
    }

    private void answer(int tasks) {
        ClusterUsageResponse.Builder usage = ClusterUsageResponse.newBuilder()
                .addNodes(ClusterUsageResponse.Node.newBuilder().setName("alpha").setReady(true).setHeard(true)
                        .setCpuMillis(1500).setCpuCapacityMillis(4000).setMemoryBytes(2L << 30)
                        .setMemoryCapacityBytes(8L << 30).setTasks(tasks))
                .addNodes(ClusterUsageResponse.Node.newBuilder().setName("beta").setCpuCapacityMillis(4000))
                .addScaled(ClusterUsageResponse.Scaled.newBuilder().setName("web").setCurrent(2).setMinimum(1)
                        .setMaximum(9).setWanted(3).setWhy("cpu 90% of 70% wanted"));
        for (int i = 1; i <= tasks; i++) {
            usage.addTasks(task("web." + i, i * 10L));
        }
        cluster.answer(ClusterUsageRequest.class, usage.build());
    }

    @Test
    void nodesThenTheBusiestTasksThenWhatIsScaled() {
        answer(2);
        assertEquals("""
                NODE    TASKS   CPU       CPU %   MEMORY        MEMORY %
                alpha   2       1.5 / 4   37.5%   2GiB / 8GiB   25.0%
                beta    0       down      --      --            --

                TASK    ON      CPU    CPU %   MEMORY
                web.2   alpha   0.02   2.0%    64MiB
                web.1   alpha   0.01   1.0%    64MiB

                SCALED   TASKS         WANTED   WHY
                web      2 of 1 to 9   3        cpu 90% of 70% wanted
                """, out("top", "--no-stream"));
    }

    @Test
    void aTemplateSeesNodesAndTasks() {
        answer(1);
        assertEquals("node alpha 37.5%\nnode beta --\ntask web.1 1.0%\n",
                out("top", "--format", "{{.Kind}} {{.Name}} {{.CPUPerc}}"));
        assertTrue(out("top", "--format", "json").contains("\"Kind\":\"task\""), "json");
        assertTrue(out("top", "-o", "yaml").contains("Kind: \"task\"") || out("top", "-o", "yaml")
                .contains("Kind: task"), out("top", "-o", "yaml"));
    }

    @Test
    void manyTasksAreShownIfThatIsWanted() {
        answer(30);
        assertTrue(out("top").contains("… and 10 more: --all shows them"), "the busiest");
        assertTrue(out("top", "--all").contains("web.1 "), "all");
    }

    @Test
    void ofAContainerItTakesOtherOptions() {
        assertTrue(err("top", "--no-stream", "web").contains("leave the container out"), "refused");
    }
}
