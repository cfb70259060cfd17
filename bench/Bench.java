package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Measures jctl and its peers on the same machine in one run, in turns, and writes the table of
 * {@code docs/PROMISES.md}. Started by {@code bench/run}, whose head says how.
 */
final class Bench implements AutoCloseable {
    private static final Set<String> PARTS = new LinkedHashSet<>(
            List.of("start", "cold", "parallel", "memory", "idle", "logs", "list", "adopt", "port",
                    "load", "pull"));
    private static final int PARALLEL = 200;
    private static final String SLEEP = "sleep 1000000";

    private final Path root = Path.of("").toAbsolutePath();
    private final Path folder = root.resolve("target/bench");
    private final Path work = folder.resolve("work");
    private final boolean quick;
    private final Report report = new Report();
    private final Host host = new Host();
    private final TestImage image;
    private final Docker docker;
    private final Podman podman;
    /** Null if only peers are measured. */
    private final Jctl jctl;
    private final List<Engine> engines = new ArrayList<>();
    private boolean closed;

    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean quick = words.remove("--quick");
        boolean peersOnly = words.remove("--peers");
        if (!PARTS.containsAll(words)) {
            System.err.println("bench: parts are " + PARTS + ", not " + words);
            System.exit(2);
        }
        boolean whole = words.isEmpty() && !quick && !peersOnly;
        try (Bench bench = new Bench(quick, peersOnly)) {
            // Ended by Ctrl-C or a time limit, it cleans up all the same.
            Runtime.getRuntime().addShutdownHook(new Thread(bench::close));
            for (String part : words.isEmpty() ? PARTS : words) {
                System.err.println("bench: " + part);
                bench.measure(part);
            }
            bench.report.print(System.out);
            if (whole) {
                bench.report.writeInto(bench.root.resolve("docs/PROMISES.md"));
            }
        }
    }

    private Bench(boolean quick, boolean peersOnly) throws Exception {
        this.quick = quick;
        image = TestImage.in(folder);
        Shell.remove(work);
        Files.createDirectories(work);
        docker = new Docker(work);
        engines.add(docker);
        podman = new Podman(work);
        engines.add(podman);
        jctl = peersOnly ? null : new Jctl(root, work);
        if (jctl != null) {
            engines.addFirst(jctl);
        }
        report.say("Measured on " + Host.description() + "; "
                + Shell.sh("crun --version | head -n 1").strip() + ", "
                + Shell.sh("runc --version | head -n 1").strip() + ", "
                + Shell.sh("podman --version").strip() + ", "
                + Shell.sh("dockerd --version").strip() + "; median (10th–90th percentile).");
    }

    private void measure(String part) throws Exception {
        switch (part) {
            case "start" -> start();
            case "cold" -> cold();
            case "parallel" -> parallel(false);
            case "memory" -> parallel(true);
            case "idle" -> idle();
            case "logs", "list", "adopt" -> daily(part);
            case "port" -> port();
            case "load" -> load();
            case "pull" -> pull();
            default -> throw new IllegalArgumentException(part);
        }
    }

    // ---- start by the resident daemon, beside the bare runtimes ----

    private void start() throws Exception {
        loadEverywhere();
        boolean found = host.foundFast();
        Map<String, Map<String, Sample>> bySetting = new LinkedHashMap<>();
        for (boolean fast : new boolean[] {found, !found}) {
            host.setFast(fast);
            bySetting.put(fast ? "favordynmods" : "nofavordynmods", startOnce());
        }
        host.setFast(found);
        bySetting.forEach((setting, samples) -> samples.forEach((what, sample) ->
                report.detail("start, " + setting + ": " + what, sample.in("ms"))));
        if (jctl == null) {
            return;
        }
        // The agent turns favordynmods on, so both are compared where it is on.
        Map<String, Sample> fast = bySetting.get("favordynmods");
        double ours = fast.get("jctl, none").median();
        double crun = fast.get("crun run").median();
        double runc = fast.get("runc run").median();
        report.row("start-none", ours <= 4 && ours <= crun / 3 && ours <= runc / 8,
                fast.get("jctl, none").in("ms"), "crun run " + fast.get("crun run").in("ms")
                        + ", runc run " + fast.get("runc run").in("ms"));
        report.row("start-bridge", fast.get("jctl, bridge").median() <= 8,
                fast.get("jctl, bridge").in("ms"), "–");
    }

    private Map<String, Sample> startOnce() throws Exception {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        OciBundle crun = new OciBundle("crun", work, image);
        OciBundle runc = new OciBundle("runc", work, image);
        if (jctl != null) {
            for (int i = 0; i < (quick ? 20 : 300); i++) { // the agent's code is compiled by now
                jctl.runOnce("none");
                jctl.runOnce("bridge");
            }
        }
        for (int round = 0; round < (quick ? 2 : 10); round++) {
            for (int i = 0; jctl != null && i < 20; i++) {
                Runs.Times none = jctl.runOnce("none");
                add(values, "jctl, none", none.firstInstruction());
                add(values, "jctl, none, until its exit is known", none.exitKnown());
                add(values, "jctl, bridge", jctl.runOnce("bridge").firstInstruction());
            }
            hyperfine(10, Map.of(), crun.runTrue()).forEach(ms -> add(values, "crun run", ms));
            hyperfine(10, Map.of(), runc.runTrue()).forEach(ms -> add(values, "runc run", ms));
        }
        return samples(values);
    }

    // ---- the command, cold ----

    private void cold() throws Exception {
        loadEverywhere();
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (int round = 0; round < (quick ? 1 : 6); round++) {
            for (Engine engine : engines) {
                for (String network : List.of("none", "bridge")) {
                    if (engine == podman && network.equals("bridge")) {
                        continue; // it would change the host's firewall
                    }
                    var command = engine.run(List.of("--rm", "--network", network), List.of("true"));
                    hyperfine(quick ? 3 : 5, engine.environment(), command)
                            .forEach(ms -> add(values, engine.name() + ", " + network, ms));
                }
            }
        }
        Map<String, Sample> samples = samples(values);
        samples.forEach((what, sample) -> report.detail("run --rm: " + what, sample.in("ms")));
        if (jctl != null) {
            double ours = samples.get("jctl, none").median();
            report.row("cold", ours < samples.get("podman, none").median()
                            && ours <= samples.get("docker, none").median() / 2,
                    samples.get("jctl, none").in("ms"), "podman "
                            + samples.get("podman, none").in("ms") + ", docker "
                            + samples.get("docker, none").in("ms"));
        }
    }

    // ---- many at once, and what they cost while they run ----

    private void parallel(boolean memory) throws Exception {
        loadEverywhere();
        int count = quick ? 20 : PARALLEL;
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        Map<String, List<Double>> perContainer = new LinkedHashMap<>();
        Map<String, List<Double>> keepers = new LinkedHashMap<>();
        AtomicInteger failed = new AtomicInteger();
        for (int round = 0; round < (quick || memory ? 1 : 3); round++) {
            for (Engine engine : engines) {
                Shell.sh("sync");
                long before = Host.availableKilobytes();
                long start = System.nanoTime();
                int failures = startMany(engine, count);
                double seconds = (System.nanoTime() - start) / 1e9;
                if (engine == jctl) {
                    failed.addAndGet(failures);
                }
                report.detail("parallel: " + engine.name() + ", failed of " + count,
                        Integer.toString(failures));
                add(rates, engine.name(), (count - failures) / seconds);
                Thread.sleep(memory ? 5_000 : 500); // settled: the page cache and late writers too
                add(perContainer, engine.name(),
                        (double) (before - Host.availableKilobytes()) / count);
                add(keepers, engine.name(), keeperKilobytes(engine) / count);
                removeAll(engine);
            }
        }
        Map<String, Sample> rate = samples(rates);
        if (memory) {
            reportMemory(samples(perContainer), samples(keepers));
        } else {
            rate.forEach((what, sample) -> report.detail("parallel: " + what,
                    sample.in("containers/s")));
        }
        if (!memory && jctl != null) {
            report.row("parallel", failed.get() == 0
                            && rate.get("jctl").median() >= 3 * rate.get("docker").median(),
                    rate.get("jctl").in("per second") + ", " + failed.get() + " failed", "docker "
                            + rate.get("docker").in("per second") + ", podman "
                            + rate.get("podman").in("per second"));
        }
    }

    private void reportMemory(Map<String, Sample> all, Map<String, Sample> keepers) {
        all.forEach((what, sample) -> report.detail(
                "memory per container with its sleep(1), kernel included: " + what,
                sample.in("KB")));
        keepers.forEach((what, sample) -> report.detail(
                "memory per container, process beside it (PSS): " + what, sample.in("KB")));
        if (jctl != null) {
            report.row("memory", keepers.get("jctl").median() <= 150,
                    keepers.get("jctl").in("KB"), "containerd-shim "
                            + keepers.get("docker").in("KB") + ", conmon "
                            + keepers.get("podman").in("KB"));
        }
    }

    /** Starts containers at once; returns how many failed. */
    private int startMany(Engine engine, int count) throws Exception {
        List<Future<Object>> starts = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                String name = "jctl-bench-" + i;
                Callable<Object> start = () -> {
                    if (engine == jctl) {
                        jctl.start(name, SLEEP);
                    } else if (engine == docker) {
                        docker.start(name, SLEEP);
                    } else {
                        Shell.run(engine.environment(), engine.run(List.of("-d", "--name", name,
                                "--network", "none"), List.of(SLEEP.split(" "))));
                    }
                    return name;
                };
                starts.add(threads.submit(start));
            }
        }
        int failures = 0;
        for (Future<Object> start : starts) {
            if (start.state() == Future.State.FAILED) {
                failures++;
                report.detail(engine.name() + ", a start that failed",
                        String.valueOf(start.exceptionNow().getMessage()).strip());
            }
        }
        return failures;
    }

    private static void removeAll(Engine engine) {
        String ids = Shell.run(engine.environment(), engine.command(List.of("ps", "-aq")));
        if (!ids.isBlank()) {
            List<String> force = engine.name().equals("podman") ? List.of("rm", "-f", "-t", "0")
                    : List.of("rm", "-f");
            Shell.run(engine.environment(), engine.command(
                    Shell.join(force, ids.strip().lines().toList())));
        }
    }

    private static double keeperKilobytes(Engine engine) throws IOException {
        long sum = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(p -> p.getFileName().toString().matches("\\d+"))
                    .toList()) {
                Path name = process.resolve("comm");
                if (Files.exists(name) && Files.readString(name).startsWith(engine.keeper())) {
                    sum += Host.proportionalKilobytes(
                            Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return sum;
    }

    // ---- the daemons at rest ----

    private void idle() throws Exception {
        Thread.sleep(quick ? 1_000 : 10_000);
        double theirs = 0;
        for (long pid : docker.daemons()) {
            theirs += Host.residentKilobytes(pid) / 1024.0;
        }
        report.detail("idle: dockerd + containerd, resident", Sample.number(theirs) + " MB");
        if (jctl == null) {
            return;
        }
        // Like for like: both have done all of the above.
        double ours = Host.residentKilobytes(jctl.pid()) / 1024.0;
        report.detail("idle: jctl, after all of the above", Host.residentParts(jctl.pid()));
        double begun;
        try (Jctl fresh = new Jctl(root, Files.createDirectories(work.resolve("fresh")))) {
            Thread.sleep(quick ? 1_000 : 10_000);
            begun = Host.residentKilobytes(fresh.pid()) / 1024.0;
            report.detail("idle: jctl, just begun", Host.residentParts(fresh.pid()));
        }
        report.row("idle", ours <= 110, Sample.number(ours) + " MB after all of the above, "
                + Sample.number(begun) + " MB when it has just begun",
                "dockerd + containerd " + Sample.number(theirs) + " MB after the same");
    }

    private void daily(String part) throws Exception {
        loadEverywhere();
        Daily daily = new Daily(jctl, docker, report, quick);
        switch (part) {
            case "logs" -> daily.logs();
            case "list" -> daily.list();
            default -> daily.adopt();
        }
    }

    private void port() throws Exception {
        loadEverywhere();
        new Ports(jctl, docker, report, quick).measure();
    }

    private void load() throws Exception {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        Shell.sh("cat '" + image.archive() + "' >/dev/null"); // none reads it from the disk
        for (int round = 0; round < (quick ? 1 : 5); round++) {
            for (Engine engine : engines) {
                removeImage(engine, TestImage.NAME);
            }
            awaitInodes();
            for (Engine engine : engines) {
                add(values, engine.name(),
                        Shell.millis(engine.environment(), engine.load(image)) / 1e3);
            }
        }
        reportImages("load", samples(values));
    }

    private void pull() throws Exception {
        loadEverywhere();
        Map<String, List<Double>> values = new LinkedHashMap<>();
        Path storage = work.resolve("registry");
        try (Registry theirs = new Registry(storage, docker::inside);
                Registry ours = new Registry(storage, command -> command)) {
            Thread.sleep(1_000);
            String reference = theirs.reference();
            Shell.run(docker.environment(), docker.command(List.of("tag", TestImage.NAME, reference)));
            Shell.run(docker.environment(), docker.command(List.of("push", reference)));
            for (int round = 0; round < (quick ? 1 : 5); round++) {
                for (Engine engine : engines) {
                    removeImage(engine, TestImage.NAME);
                    removeImage(engine, reference);
                }
                awaitInodes();
                for (Engine engine : engines) {
                    add(values, engine.name(),
                            Shell.millis(engine.environment(), engine.pull(reference)) / 1e3);
                }
            }
            for (Engine engine : engines) {
                removeImage(engine, ours.reference());
            }
        }
        reportImages("pull", samples(values));
    }

    /**
     * ext4 gives no inode away for five seconds after its file was deleted, and searches past those when it
     * makes another: who unpacks right after thousands were deleted pays for that, whoever deleted them.
     */
    private static void awaitInodes() throws InterruptedException {
        Thread.sleep(6_000);
    }

    private void reportImages(String part, Map<String, Sample> samples) throws IOException {
        String size = Sample.number(Files.size(image.archive()) / 1e6) + " MB";
        samples.forEach((what, sample) -> report.detail(part + " of " + size + ": " + what,
                sample.in("s")));
        if (jctl != null) {
            report.row(part, samples.get("jctl").median() < samples.get("docker").median(),
                    samples.get("jctl").in("s"), "docker " + samples.get("docker").in("s")
                            + ", podman " + samples.get("podman").in("s"));
        }
    }

    private static void removeImage(Engine engine, String reference) {
        // It may not be there: that is as good.
        Shell.run(engine.environment(), Shell.join(
                List.of("sh", "-c", "\"$@\" >/dev/null 2>&1; true", "sh"),
                engine.removeImage(reference)));
    }

    // ---- what all need ----

    private void loadEverywhere() {
        for (Engine engine : engines) {
            Shell.run(engine.environment(), engine.load(image));
        }
    }

    /** Whole commands by hyperfine, in milliseconds. */
    private List<Double> hyperfine(int runs, Map<String, String> environment, List<String> command)
            throws IOException {
        Path csv = work.resolve("hyperfine.json");
        Shell.run(environment, List.of("hyperfine", "-N", "-w", "2", "-r", Integer.toString(runs),
                "--export-json", csv.toString(), "--style", "none", String.join(" ", command)));
        String json = Files.readString(csv);
        int from = json.indexOf('[', json.indexOf("\"times\"")) + 1;
        return Stream.of(json.substring(from, json.indexOf(']', from)).split(","))
                .map(text -> Double.parseDouble(text.strip()) * 1e3).toList();
    }

    private static void add(Map<String, List<Double>> values, String what, double value) {
        values.computeIfAbsent(what, key -> new ArrayList<>()).add(value);
    }

    private static Map<String, Sample> samples(Map<String, List<Double>> values) {
        Map<String, Sample> samples = new LinkedHashMap<>();
        values.forEach((what, list) -> samples.put(what, Sample.of(list)));
        return samples;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Engine engine : engines) {
            try {
                engine.close();
            } catch (RuntimeException e) {
                System.err.println(String.format(Locale.ROOT, "bench: %s could not be cleaned up: %s",
                        engine.name(), e.getMessage()));
            }
        }
        host.close();
        Shell.remove(work);
    }
}
