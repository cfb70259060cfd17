import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import runtime.topology.Alignment;
import runtime.topology.CpuList;
import runtime.topology.NumaNode;
import runtime.topology.TopologyChoice;
import runtime.topology.TopologyDecision;
import runtime.topology.TopologyRequest;
import sriov.inventory.Inventory;
import sriov.inventory.TreeFolder;
import sriov.plugin.HostSysTree;
import sriov.pool.Assignment;
import sriov.pool.Candidate;
import sriov.pool.ConfigReader;

/** How long it takes to know a host's functions, and the pools they are in. */
final class InventoryBench {
    private InventoryBench() { }

    /**
     * @param arguments a folder that is empty, how many cards, how many virtual functions each has, and how often it is done
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int cards = Integer.parseInt(arguments[1]);
        int parts = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        TreeFolder tree = new TreeFolder(folder);
        for (int i = 0; i < cards; i++) {
            tree.card(i + 1, "ens" + i, parts);
        }
        StringBuilder config = new StringBuilder("pools:\n");
        for (int i = 0; i < 10; i++) {
            config.append("- {name: p").append(i).append(", selectors: [{vendors: 8086, pfNames: [\"ens*").append(i).append("\"], drivers: iavf}]}\n");
        }
        var pools = ConfigReader.read(config.toString()).pools();
        double[] reads = new double[rounds];
        double[] decisions = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            Inventory found = Inventory.read(new HostSysTree(folder));
            long read = System.nanoTime();
            Assignment assigned = Assignment.of(pools, Candidate.of(found), List.of());
            reads[i] = (read - begin) / 1e6;
            decisions[i] = (System.nanoTime() - read) / 1e6;
            if (assigned.members().values().stream().mapToInt(List::size).sum() != cards * parts || !found.problems().isEmpty()) {
                throw new IllegalStateException(assigned.left() + " " + found.problems());
            }
        }
        System.out.printf("%d virtual functions of %d cards: first read %.0f ms, median of %d %.0f ms; pools %.1f ms, first %.1f ms%n", cards * parts,
                cards, reads[0], rounds, Arrays.stream(reads).sorted().toArray()[rounds / 2], Arrays.stream(decisions).sorted().toArray()[rounds / 2],
                decisions[0]);
        try (var all = Files.walk(folder)) {
            System.out.println(all.count() + " files, folders and links");
        }
        topology();
    }

    /** How many times a second it is decided which of 8 NUMA nodes has 2 processors, 512 pages and a function; every other wish is one that none has. */
    private static void topology() {
        List<NumaNode> nodes = new ArrayList<>();
        for (int id = 0; id < 8; id++) {
            int first = id * 16;
            nodes.add(new NumaNode(id, new CpuList(IntStream.range(first, first + 4 + id).boxed().toList()), Map.of(2L << 20, 128L * id),
                    Map.of("sriov/media", id % 3)));
        }
        long placed = 0;
        for (int round = 0; round < 5; round++) {
            long begin = System.nanoTime();
            int decisions = 40_000;
            for (int i = 0; i < decisions; i++) {
                placed += TopologyChoice.decide(nodes, Map.of(), new TopologyRequest(2 + i % 2 * 20, Map.of(2L << 20, 512L), Map.of("sriov/media", 1),
                        Alignment.REQUIRED)) instanceof TopologyDecision.Placed ? 1 : 0;
            }
            System.out.printf("NUMA nodes: %.0f decisions a second%n", decisions / ((System.nanoTime() - begin) / 1e9));
        }
        if (placed != 5 * 20_000) {
            throw new IllegalStateException(placed + " were placed");
        }
    }
}
