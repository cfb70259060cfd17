package runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.topology.CpuList;
import runtime.topology.NumaNode;

class HostTopologyTest {
    @TempDir
    Path folder;

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void nodesHaveProcessorsAndFreePages() throws IOException {
        write("node/node10/cpulist", "\n");
        write("node/node2/cpulist", "4-5\n");
        write("node/node2/hugepages/hugepages-2048kB/free_hugepages", "7\n");
        write("node/node2/hugepages/hugepages-1048576kB/free_hugepages", "1\n");
        write("node/online", "2,10\n");
        assertEquals(List.of(new NumaNode(2, new CpuList(List.of(4, 5)), Map.of(2L << 20, 7L, 1L << 30, 1L), Map.of()),
                new NumaNode(10, CpuList.NONE, Map.of(), Map.of())), new HostTopology(folder).read());
    }

    @Test
    void aKernelThatKnowsOfNoNodesIsOne() throws IOException {
        write("cpu/online", "0-1\n");
        assertEquals(List.of(new NumaNode(0, new CpuList(List.of(0, 1)), Map.of(), Map.of())), new HostTopology(folder).read());
        write("cpu/online", "nonsense\n");
        assertTrue(assertThrows(IOException.class, () -> new HostTopology(folder).read()).getMessage().contains("nonsense"));
    }

    @Test
    void thisMachineHasProcessors() throws IOException {
        assertTrue(HostTopology.OF_HOST.read().stream().mapToInt(each -> each.cpus().size()).sum() > 0);
    }
}
