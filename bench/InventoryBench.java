import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
    }
}
