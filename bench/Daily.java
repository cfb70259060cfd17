package bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** The figures of a node people live on: logs, lists, and a daemon that is killed. */
final class Daily {
    private static final int LINES = 2_000_000;
    private static final String PRINTER = "seq 1 " + LINES;
    private static final int LISTED = 500;
    private static final int RUNNING = 200;

    private final Jctl jctl;
    private final Docker docker;
    private final Report report;
    private final boolean quick;

    /** @param jctl null if only peers are measured */
    Daily(Jctl jctl, Docker docker, Report report, boolean quick) {
        this.jctl = jctl;
        this.docker = docker;
        this.report = report;
        this.quick = quick;
    }

    private List<Engine> engines() {
        return jctl == null ? List.of(docker) : List.of(jctl, docker);
    }

    /**
     * A container that prints as fast as it can, from its start until its end is known, by which time
     * everything is in the log: which is then compared with what was printed.
     */
    void logs() throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        int lost = 0;
        for (int round = 0; round < (quick ? 1 : 5); round++) {
            for (Engine engine : engines()) {
                String name = "jctl-bench-log";
                long start = System.nanoTime();
                Shell.run(engine.environment(), engine.run(List.of("-d", "--name", name,
                        "--network", "none"), List.of(PRINTER.split(" "))));
                Shell.run(engine.environment(), engine.command(List.of("wait", name)));
                double seconds = (System.nanoTime() - start) / 1e9;
                rates.computeIfAbsent(engine.name(), key -> new ArrayList<>())
                        .add(LINES / seconds / 1e6);
                String read = String.join(" ", engine.command(List.of("logs", name)));
                String sum = Shell.run(engine.environment(),
                        List.of("sh", "-c", read + " | md5sum"));
                lost += sum.equals(Shell.sh(PRINTER + " | md5sum")) ? 0 : 1;
                Shell.run(engine.environment(), engine.command(List.of("rm", name)));
            }
        }
        rates.forEach((engine, values) -> report.detail("log: " + engine,
                Sample.of(values).in("million lines/s")));
        report.detail("log: rounds in which a line was lost or moved", Integer.toString(lost));
        if (jctl != null) {
            Sample ours = Sample.of(rates.get("jctl"));
            Sample theirs = Sample.of(rates.get("docker"));
            report.row("logs", lost == 0 && ours.median() >= theirs.median(),
                    ours.in("million lines/s") + ", none lost", "docker "
                            + theirs.in("million lines/s"));
        }
    }

    /** A list of many containers that do not run, cold. */
    void list() throws Exception {
        int count = quick ? 50 : LISTED;
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (Engine engine : engines()) {
            for (int i = 0; i < count; i++) {
                if (engine == jctl) {
                    jctl.create("jctl-bench-list-" + i, "true");
                } else {
                    docker.create("jctl-bench-list-" + i, "true");
                }
            }
        }
        for (int round = 0; round < (quick ? 3 : 20); round++) {
            for (Engine engine : engines()) {
                times.computeIfAbsent(engine.name(), key -> new ArrayList<>()).add(
                        Shell.millis(engine.environment(), engine.command(List.of("ps", "-a"))));
            }
        }
        engines().forEach(Daily::removeAll);
        times.forEach((engine, values) -> report.detail("ps -a of " + count + ": " + engine,
                Sample.of(values).in("ms")));
        if (jctl != null) {
            Sample ours = Sample.of(times.get("jctl"));
            report.row("list", ours.median() <= 150, ours.in("ms"),
                    "docker " + Sample.of(times.get("docker")).in("ms"));
        }
    }

    /** From the start of a daemon after a kill -9 to its first list of all its running containers. */
    void adopt() throws Exception {
        if (jctl == null) {
            return;
        }
        int count = quick ? 20 : RUNNING;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                String name = "jctl-bench-adopt-" + i;
                threads.submit(() -> {
                    jctl.start(name, "sleep 1000000");
                    return name;
                });
            }
        }
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < (quick ? 1 : 5); round++) {
            jctl.kill();
            long start = System.nanoTime();
            jctl.restart();
            int running = Shell.run(jctl.environment(), jctl.command(List.of("ps", "-q")))
                    .split("\n").length;
            seconds.add((System.nanoTime() - start) / 1e9);
            if (running != count) {
                throw new IllegalStateException("after its daemon was killed " + running + " of "
                        + count + " containers run");
            }
        }
        removeAll(jctl);
        Sample sample = Sample.of(seconds);
        report.row("adopt", sample.median() <= 2, sample.in("s"), "–");
    }

    private static void removeAll(Engine engine) {
        String ps = String.join(" ", engine.command(List.of("ps", "-aq")));
        String rm = String.join(" ", engine.command(List.of("rm", "-f")));
        Shell.run(engine.environment(), List.of("sh", "-c", rm + " $(" + ps + ") >/dev/null"));
    }
}
