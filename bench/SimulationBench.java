package bench;

import clusterd.decider.FleetSimulation;
import clusterd.state.ClusterState;
import clusterd.wire.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** See bench/simulation. */
final class SimulationBench {
    private static final int TASKS_PER_NODE = 100;
    private static final int MEMORY_NODES = 5_000;
    private static final int MEMORY_TASKS = 100_000;

    private SimulationBench() {
    }

    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).equals(List.of("memory"))) {
            memory();
            return;
        }
        List<Integer> sizes = arguments.length == 0 ? List.of(1_000, 3_000, 10_000)
                : List.of(arguments).stream().map(Integer::valueOf).toList();
        new FleetSimulation(1, 300).create(30_000);
        System.out.printf("%8s %10s %-22s %10s %9s %12s %12s %12s %9s%n", "nodes", "tasks", "phase", "decisions",
                "seconds", "of leader's", "µs/decision", "of it apply", "heap MiB");
        boolean failed = false;
        for (int nodes : sizes) {
            failed |= !measure(nodes);
        }
        System.exit(failed ? 1 : 0);
    }

    /** What a manager of 5,000 nodes and 100,000 tasks holds: state, decider, and while it restores both states. */
    private static void memory() throws IOException {
        FleetSimulation simulation = new FleetSimulation(1, MEMORY_NODES);
        simulation.create(MEMORY_TASKS);
        simulation.settle();
        sayMemory("state and decider");
        long since = System.nanoTime();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateCodec.write(simulation.state(), bytes);
        System.out.printf(Locale.ROOT, "snapshot of %d KiB written in %d ms%n", bytes.size() >> 10, millis(since));
        since = System.nanoTime();
        ClusterState restored = StateCodec.read(new ByteArrayInputStream(bytes.toByteArray()));
        System.out.printf(Locale.ROOT, "and read in %d ms: %d tasks%n", millis(since), restored.tasks().size());
        sayMemory("both states, and the snapshot");
        if (!StateCodec.digest(restored).equals(StateCodec.digest(simulation.state()))) {
            throw new IOException("the restored state is another");
        }
    }

    private static long millis(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1_000_000;
    }

    private static void sayMemory(String of) throws IOException {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM")).map(String::strip)
                .collect(Collectors.joining(", ")).replaceAll("\\s+", " ");
        System.out.println(of + ": heap " + heap + " MiB; " + resident);
    }

    private static boolean measure(int nodes) {
        long since = System.nanoTime();
        FleetSimulation simulation = new FleetSimulation(1, nodes);
        FleetSimulation.Work before = simulation.work();
        int tasks = nodes * TASKS_PER_NODE;
        simulation.create(tasks);
        simulation.settle();
        before = say(nodes, tasks, "services come", simulation, before, since);

        since = System.nanoTime();
        int some = Math.max(1, nodes / 100);
        for (int i = 0; i < some; i++) {
            simulation.lose(i * 100 % nodes);
            simulation.run(20);
        }
        simulation.settle();
        before = say(nodes, tasks, "1 % of nodes fail", simulation, before, since);

        since = System.nanoTime();
        for (int i = 0; i < some; i++) {
            simulation.back(i * 100 % nodes);
            simulation.run(20);
        }
        simulation.settle();
        say(nodes, tasks, "and come back", simulation, before, since);
        before = simulation.work();

        since = System.nanoTime();
        for (int i = 0; i < Math.max(1, tasks / TASKS_PER_NODE / 100); i++) {
            simulation.update(i * 100, 2);
            simulation.run(20);
        }
        simulation.settle();
        say(nodes, tasks, "1 % of services change", simulation, before, since);
        List<String> problems = simulation.problems();
        problems.stream().limit(10).forEach(each -> System.out.println("    " + each));
        return problems.isEmpty();
    }

    private static FleetSimulation.Work say(int nodes, int tasks, String phase, FleetSimulation simulation,
            FleetSimulation.Work before, long since) {
        FleetSimulation.Work all = simulation.work();
        FleetSimulation.Work work = all.since(before);
        double seconds = (System.nanoTime() - since) / 1e9;
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
        double nanos = work.deciderNanos() + work.applyNanos();
        System.out.printf(Locale.ROOT, "%8d %10d %-22s %10d %9.1f %12.1f %12s %12s %9d%n", nodes, tasks, phase,
                work.decisions(), seconds, nanos / 1e9, each(nanos, work), each(work.applyNanos(), work), heap);
        return all;
    }

    private static String each(double nanos, FleetSimulation.Work work) {
        return work.decisions() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", nanos / 1000 / work.decisions());
    }
}
