import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Disturbs one lab of three managers while {@link HistoryClients} use it, one seed after the other: kills, pauses,
 * cuts (one way too), loss, delay, power, a full disk. After each seed everything is healed, what the clients were
 * answered is checked, and whether all managers know the same and all that is wanted runs:
 * {@code ClusterHistories JCTL FOLDER FIRST_SEED SEEDS MINUTES}. A history that is not as it should be is kept in
 * the folder that {@code JCTL_HISTORIES} names. Prints lines as {@code lib/cases.sh} does.
 */
final class ClusterHistories {
    private static final int MANAGERS = 3;
    /** Whose state is on a small disk of its own; its power never fails, since that disk would be empty then. */
    private static final int SMALL_DISK = 3;
    private static final int STEPS = 5;
    private static final int REPLICAS = 3;
    private static final int LEAST_PAUSE_MILLIS = 200;
    private static final int MOST_PAUSE_MILLIS = 1200;
    private static final long COMMAND_SECONDS = 240;
    private static final long SETTLE_SECONDS = 180;
    private static final String STEADY = "trap \"exit 0\" TERM; while :; do sleep 1 & wait $!; done";

    private enum Life { UP, KILLED, PAUSED, OFF, FULL }

    private record Outcome(int code, String output) {
    }

    private final Path jctl;
    private final Path folder;
    private final String lab;
    private final Life[] lives = new Life[MANAGERS + 1];

    private ClusterHistories(Path jctl, Path folder, long firstSeed) {
        this.jctl = jctl;
        this.folder = folder;
        this.lab = "l" + Math.floorMod(firstSeed, 100_000);
        Arrays.fill(lives, Life.UP);
    }

    public static void main(String[] arguments) throws Exception {
        long first = Long.parseLong(arguments[2]);
        int seeds = Integer.parseInt(arguments[3]);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.parseLong(arguments[4]));
        ClusterHistories test = new ClusterHistories(Path.of(arguments[0]), Path.of(arguments[1]), first);
        Runtime.getRuntime().addShutdownHook(new Thread(test::remove));
        long since = System.nanoTime();
        test.begin();
        System.out.println("# the lab took " + seconds(since) + " s");
        int done = 0;
        for (; done < seeds && System.nanoTime() < end; done++) {
            since = System.nanoTime();
            test.seed(first + done);
            System.out.println("# seed " + (first + done) + " took " + seconds(since) + " s");
        }
        System.out.println("# " + done + " seeds of " + seeds);
    }

    private static long seconds(long sinceNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos);
    }

    // ---- commands ----

    private Outcome run(Map<String, String> environment, List<String> words) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "out", "");
        try {
            ProcessBuilder builder = new ProcessBuilder(jctl.toString());
            builder.command().addAll(words);
            builder.environment().putAll(environment);
            Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(-1, "no answer for " + COMMAND_SECONDS + " s");
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private Path socket(int node) {
        return folder.resolve(lab).resolve("node" + node).resolve("run/jctl.sock");
    }

    private Outcome on(int node, String... words) throws IOException, InterruptedException {
        return run(Map.of("JCTL_HOST", "unix://" + socket(node)), List.of(words));
    }

    private Outcome lab(String command, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("lab", "cluster", command, "--base", folder.toString(), "--name", lab));
        all.addAll(List.of(words));
        return run(Map.of(), all);
    }

    private static void must(Outcome outcome, String what) throws IOException {
        if (outcome.code() != 0) {
            throw new IOException(what + " failed with " + outcome.code() + ": " + outcome.output());
        }
    }

    private void remove() {
        try {
            run(Map.of(), List.of("lab", "cluster", "rm", "--base", folder.toString(), lab));
        } catch (IOException | InterruptedException failed) {
            System.out.println("not ok the lab is removed: " + failed);
        }
    }

    // ---- the beginning ----

    private void begin() throws Exception {
        must(lab("create", "--nodes", "" + MANAGERS, "--managers", "" + MANAGERS), "a lab");
        must(lab("stop", "node" + SMALL_DISK), "stop");
        Path state = folder.resolve(lab).resolve("node" + SMALL_DISK).resolve("data/cluster");
        must(lab("exec", "node" + SMALL_DISK, "sh", "-c", "set -e; cp -a " + state + " " + state + ".was; mount -t tmpfs"
                + " -o size=96m,mode=700 small " + state + "; cp -a " + state + ".was/. " + state), "a small disk");
        must(lab("start", "node" + SMALL_DISK), "start");
        for (int node = 1; node <= MANAGERS; node++) {
            must(on(node, "image", "from-host", "-t", "l:1", "sh", "sleep"), "an image");
        }
        must(on(1, "service", "create", "-d", "--name", "web", "--replicas", "" + REPLICAS, "--restart-delay", "100ms",
                "l:1", "sh", "-c", STEADY), "a service");
        String problem = settle();
        if (!problem.isEmpty()) {
            throw new IOException("the lab does not settle: " + problem);
        }
    }

    // ---- a seed ----

    private void seed(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> did = new ArrayList<>();
        List<Path> sockets = IntStream.rangeClosed(1, MANAGERS).mapToObj(this::socket).toList();
        try (HistoryClients clients = new HistoryClients(sockets, lab + "-node1", seed)) {
            for (int step = 0; step < STEPS; step++) {
                did.add(step(random));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS));
            }
            heal();
            String problem = settle();
            clients.finish();
            System.out.println("# seed " + seed + ": " + String.join(", ", did) + "; " + clients.counts());
            List<String> problems = clients.problems();
            if (!problems.isEmpty()) {
                problems.add("the history is in " + keep(seed, clients.history()));
            }
            say(problems, "seed " + seed + ": one order explains what all clients were answered");
            say(problem.isEmpty() ? List.of() : List.of(problem),
                    "seed " + seed + ": healed, all that is wanted runs and all managers know the same");
        }
    }

    private Path keep(long seed, String history) throws IOException {
        String kept = System.getenv().getOrDefault("JCTL_HISTORIES", folder.toString());
        Path file = Files.createDirectories(Path.of(kept)).resolve("history." + seed + ".txt");
        return Files.writeString(file, history);
    }

    private String step(Random random) throws Exception {
        int node = 1 + random.nextInt(MANAGERS);
        int other = 1 + (node + random.nextInt(MANAGERS - 1)) % MANAGERS;
        String part = (5 + random.nextInt(40)) + "%";
        boolean oneWay = random.nextBoolean();
        int choice = random.nextInt(12);
        return switch (choice) {
            case 0, 1, 2 -> life(node, Life.KILLED, "kill");
            case 3 -> life(node, Life.PAUSED, "pause");
            case 4 -> node == SMALL_DISK ? full() : life(node, Life.OFF, "power-off");
            case 5, 6, 7 -> oneWay ? fault("cut", "--one-way", "node" + node, "node" + other)
                    : fault("cut", "node" + node, "node" + other);
            case 8 -> fault("loss", "node" + node, "node" + other, part);
            case 9 -> fault("heal");
            default -> back(node);
        };
    }

    private String fault(String command, String... words) throws Exception {
        must(lab(command, words), command + " " + String.join(" ", words));
        return command + " " + String.join(" ", words);
    }

    private String life(int node, Life then, String command) throws Exception {
        if (lives[node] != Life.UP) {
            return back(node);
        }
        lives[node] = then;
        return fault(command, "node" + node);
    }

    private Path ballast() {
        return folder.resolve(lab).resolve("node" + SMALL_DISK).resolve("data/cluster/ballast");
    }

    private String full() throws Exception {
        if (lives[SMALL_DISK] != Life.UP) {
            return back(SMALL_DISK);
        }
        lives[SMALL_DISK] = Life.FULL;
        lab("exec", "node" + SMALL_DISK, "sh", "-c", "cat /dev/zero > " + ballast() + " 2> /dev/null");
        return "fill the disk of node" + SMALL_DISK;
    }

    private String back(int node) throws Exception {
        Life was = lives[node];
        lives[node] = Life.UP;
        return switch (was) {
            case UP -> "nothing";
            case KILLED -> fault("start", "node" + node);
            case PAUSED -> fault("resume", "node" + node);
            case OFF -> fault("power-on", "node" + node);
            case FULL -> {
                fault("exec", "node" + node, "rm", "-f", ballast().toString());
                yield "empty the disk of node" + node;
            }
        };
    }

    private void heal() throws Exception {
        fault("heal");
        for (int node = 1; node <= MANAGERS; node++) {
            back(node);
        }
    }

    /** Waits until all is as it should be; what is not, if that takes too long. */
    private String settle() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        String problem = problem();
        while (!problem.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100);
            problem = problem();
        }
        return problem.isEmpty() ? "" : "not after " + SETTLE_SECONDS + " s: " + problem;
    }

    private String problem() throws IOException, InterruptedException {
        Set<String> digests = new TreeSet<>();
        for (int node = 1; node <= MANAGERS; node++) {
            Outcome status = on(node, "cluster", "status", "-o", "json");
            digests.add(status.output().lines().filter(line -> line.contains("\"Digest\"")).findFirst()
                    .orElse("node" + node + " says " + status.output()));
        }
        String nodes = on(1, "node", "ls", "--format", "{{.Status}}").output();
        if (nodes.lines().filter("Ready"::equals).count() != MANAGERS) {
            return "nodes are " + nodes.replace('\n', ' ');
        }
        List<String> running = on(1, "service", "ps", "--filter", "desired-state=running", "--format",
                "{{.Name}} {{.CurrentState}}", "web").output().lines().filter(line -> line.contains(" Running "))
                .map(line -> line.split(" ")[0]).distinct().toList();
        if (running.size() != REPLICAS) {
            return "web has " + running;
        }
        // The clients go on meanwhile: managers are the same only at one moment, so only that they all tell is asked.
        return digests.stream().allMatch(each -> each.contains("\"Digest\"")) ? "" : "digests are " + digests;
    }

    private static void say(List<String> problems, String name) {
        System.out.println(problems.isEmpty() ? "ok " + name : "not ok " + name + ": " + problems.size() + " problems");
        problems.forEach(each -> System.out.println("    " + each.replace("\n", "\n    ")));
    }
}
