import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Disturbs a cluster of virtual hosts while it is used, heals everything, and looks whether all that was
 * acknowledged is there and all that is wanted runs, once: {@code ClusterChaos JCTL FOLDER STEPS SEED}. Prints
 * lines as {@code lib/cases.sh} does. The same seed takes the same steps; how far each gets is a matter of time.
 *
 * <p>With an even seed there is a unique service as well, whose copies write down when they live.
 */
final class ClusterChaos {
    private static final int MANAGERS = 3;
    private static final int MOST_WORKERS = 2;
    private static final int UNIQUE_NODES = 2;
    private static final int LONGEST_PAUSE_MILLIS = 2000;
    private static final long COMMAND_SECONDS = 10;
    private static final long SETUP_SECONDS = 60;
    private static final long SETTLE_SECONDS = 120;
    private static final String STEADY = "trap \"exit 0\" TERM; while :; do sleep 1 & wait $!; done";
    private static final String BEAT = "read -r id < /proc/sys/kernel/random/uuid;"
            + " while :; do date +%s%N >> /seen/$id; sleep 0.05; done";

    private enum Life { UP, KILLED, PAUSED, OFF }

    /** What became of a command: it may have done what it was to do though nobody was told. */
    private record Outcome(int code, String output) {
        boolean isDone() {
            return code == 0;
        }
    }

    private final Path jctl;
    private final Path folder;
    private final String lab;
    private final Random random;
    private final int nodes;
    private final boolean unique;
    private final Life[] lives;
    private final Set<Integer> drained = new HashSet<>();
    private final Set<String> labels = new TreeSet<>();
    private final Set<String> present = new TreeSet<>();
    private final Set<String> absent = new TreeSet<>();
    private final List<String> doubtful = new ArrayList<>();
    private int replicas = 4;
    private boolean scaleKnown = true;
    private int writes;
    private int acknowledged;

    private ClusterChaos(Path jctl, Path folder, long seed) {
        this.jctl = jctl;
        this.folder = folder;
        this.lab = "h" + Math.floorMod(seed, 100_000);
        this.random = new Random(seed);
        this.nodes = MANAGERS + random.nextInt(MOST_WORKERS + 1);
        this.unique = seed % 2 == 0;
        this.lives = new Life[nodes + 1];
        Arrays.fill(lives, Life.UP);
    }

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[3]);
        System.out.println("# seed " + seed);
        ClusterChaos test = new ClusterChaos(Path.of(arguments[0]), Path.of(arguments[1]), seed);
        Runtime.getRuntime().addShutdownHook(new Thread(test::remove));
        test.begin();
        for (int step = 1; step <= Integer.parseInt(arguments[2]); step++) {
            test.step(step);
        }
        test.end(seed);
    }

    private void remove() {
        try {
            run(SETUP_SECONDS, Map.of(), List.of("lab", "cluster", "rm", "--base", folder.toString(), lab));
        } catch (IOException | InterruptedException failed) {
            System.out.println("not ok the lab is removed: " + failed);
        }
    }

    // ---- commands ----

    private Outcome run(long seconds, Map<String, String> environment, List<String> words)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "out", "");
        try {
            ProcessBuilder builder = new ProcessBuilder(jctl.toString());
            builder.command().addAll(words);
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            Process process = builder.start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(-1, "no answer for " + seconds + " s");
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private Outcome on(int node, String... words) throws IOException, InterruptedException {
        return on(COMMAND_SECONDS, node, words);
    }

    private Outcome on(long seconds, int node, String... words) throws IOException, InterruptedException {
        return run(seconds, Map.of("JCTL_HOST",
                "unix://" + folder.resolve(lab).resolve("node" + node).resolve("run/jctl.sock")), List.of(words));
    }

    private Outcome lab(String command, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("lab", "cluster", command, "--base", folder.toString(),
                "--name", lab));
        all.addAll(List.of(words));
        return run(SETUP_SECONDS, Map.of(), all);
    }

    private static void must(Outcome outcome, String what) throws IOException {
        if (!outcome.isDone()) {
            throw new IOException(what + " failed with " + outcome.code() + ": " + outcome.output());
        }
    }

    private String token(String role) throws IOException, InterruptedException {
        Outcome outcome = on(SETUP_SECONDS, 1, "cluster", "token", "create", "--role", role);
        must(outcome, "a token");
        return Stream.of(outcome.output().split("\\s+")).filter(word -> word.startsWith("JCTL-")).findFirst()
                .orElseThrow(() -> new IOException("no token in " + outcome.output()));
    }

    // ---- the beginning ----

    private void begin() throws Exception {
        must(lab("create", "--nodes", "" + nodes), "a lab of " + nodes);
        for (int node = 2; node <= nodes; node++) {
            must(lab("stop", "node" + node), "stop");
            String token = token(node <= MANAGERS ? "manager" : "worker");
            must(lab("start", "node" + node, "--agent-option", "--join", "--agent-option", "{first}:2377",
                    "--agent-option", "--token", "--agent-option", token), "start");
            int ready = node;
            await("node" + node + " is ready", () -> ready(1) == ready ? "" : "is not");
        }
        for (int node = 1; node <= nodes; node++) {
            must(on(SETUP_SECONDS, node, "image", "from-host", "-t", "l:1", "sh", "sleep", "date"), "an image");
        }
        Path seen = Files.createDirectories(folder.resolve(lab).resolve("seen"));
        Files.setPosixFilePermissions(seen, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        must(on(SETUP_SECONDS, 1, "service", "create", "-d", "--name", "web", "--replicas", "" + replicas, "--restart-delay", "100ms",
                "--update-order", "start-first", "--update-parallelism", "2", "--update-monitor", "100ms",
                "--env", "V=0", "l:1", "sh", "-c", STEADY), "a service");
        if (unique) {
            for (int node = 1; node <= UNIQUE_NODES; node++) {
                must(on(SETUP_SECONDS, 1, "node", "label", lab + "-node" + node, "alone=yes"), "a label");
            }
            must(on(SETUP_SECONDS, 1, "service", "create", "-d", "--name", "alone", "--unique", "--restart-delay", "100ms",
                    "--constraint", "node.labels.alone==yes", "--mount", "type=bind,source=" + seen + ",target=/seen",
                    "l:1", "sh", "-c", BEAT), "a unique service");
        }
        await("everything runs", () -> problem(1));
    }

    private int ready(int asked) throws IOException, InterruptedException {
        Outcome outcome = on(asked, "node", "ls", "--format", "{{.Status}}");
        return (int) outcome.output().lines().filter(line -> line.equals("Ready")).count();
    }

    /** What is not as it should be yet, or nothing. */
    private interface Condition {
        String problem() throws IOException, InterruptedException;
    }

    private static void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        String problem = condition.problem();
        while (!problem.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IOException(what + ": not after " + SETTLE_SECONDS + " s: " + problem);
            }
            TimeUnit.MILLISECONDS.sleep(200);
            problem = condition.problem();
        }
    }

    // ---- the steps ----

    private int anyNode() {
        return 1 + random.nextInt(nodes);
    }

    private int otherThan(int node) {
        return 1 + (node + random.nextInt(nodes - 1)) % nodes;
    }

    private void step(int number) throws Exception {
        int node = anyNode();
        int other = otherThan(node);
        String part = (5 + random.nextInt(60)) + "%";
        boolean oneWay = random.nextBoolean();
        int asked = 1 + random.nextInt(MANAGERS);
        int choice = random.nextInt(16);
        long pause = random.nextInt(LONGEST_PAUSE_MILLIS);
        String did = switch (choice) {
            case 0, 1 -> life(node, Life.KILLED, "kill");
            case 2 -> life(node, Life.PAUSED, "pause");
            case 3 -> life(node, Life.OFF, "power-off");
            case 4, 5 -> oneWay ? fault("cut", "--one-way", "node" + node, "node" + other)
                    : fault("cut", "node" + node, "node" + other);
            case 6 -> fault("loss", "node" + node, "node" + other, part);
            case 7, 8 -> fault("heal");
            case 9 -> back(node);
            case 10 -> scale(asked, 1 + random.nextInt(6));
            case 11 -> update(asked, number);
            case 12 -> availability(asked, node);
            case 13 -> createService(asked, number);
            case 14 -> removeService(asked);
            default -> label(asked, node, number);
        };
        System.out.println("# " + number + ": " + did);
        label(asked, node, 1000 + number);
        TimeUnit.MILLISECONDS.sleep(pause);
    }

    private String life(int node, Life then, String command) throws Exception {
        if (lives[node] != Life.UP) {
            return back(node);
        }
        lives[node] = then;
        return fault(command, "node" + node);
    }

    private String back(int node) throws Exception {
        Life was = lives[node];
        lives[node] = Life.UP;
        return switch (was) {
            case UP -> "nothing";
            case KILLED -> fault("start", "node" + node);
            case PAUSED -> fault("resume", "node" + node);
            case OFF -> fault("power-on", "node" + node);
        };
    }

    private String fault(String command, String... words) throws Exception {
        Outcome outcome = lab(command, words);
        must(outcome, command + " " + String.join(" ", words));
        return command + " " + String.join(" ", words);
    }

    private Outcome write(int asked, String... words) throws Exception {
        writes++;
        Outcome outcome = on(asked, words);
        acknowledged += outcome.isDone() ? 1 : 0;
        return outcome;
    }

    private String label(int asked, int node, int number) throws Exception {
        String label = "w" + number + "=" + number;
        Outcome outcome = write(asked, "node", "label", lab + "-node" + node, label);
        if (outcome.isDone()) {
            labels.add(node + " " + label);
        }
        return "label " + label + " of node" + node + " by node" + asked + ": " + outcome.code();
    }

    private String scale(int asked, int count) throws Exception {
        Outcome outcome = write(asked, "service", "scale", "-d", "web=" + count);
        if (outcome.isDone()) {
            replicas = count;
            scaleKnown = true;
        } else {
            scaleKnown = false;
        }
        return "scale " + count + " by node" + asked + ": " + outcome.code();
    }

    private String update(int asked, int number) throws Exception {
        return "update by node" + asked + ": " + write(asked, "service", "update", "-d", "--env-add", "V=" + number,
                "web").code();
    }

    private String availability(int asked, int node) throws Exception {
        boolean drains = !drained.contains(node) && drained.size() < nodes - 2;
        Outcome outcome = write(asked, "node", drains ? "drain" : "activate", lab + "-node" + node);
        if (drains) {
            drained.add(node);
        } else if (outcome.isDone()) {
            drained.remove(node);
        }
        return (drains ? "drain" : "activate") + " node" + node + " by node" + asked + ": " + outcome.code();
    }

    private String createService(int asked, int number) throws Exception {
        String name = "s" + number;
        Outcome outcome = write(asked, "service", "create", "-d", "--name", name, "--restart-delay", "100ms", "l:1",
                "sh", "-c", STEADY);
        if (outcome.isDone()) {
            present.add(name);
        } else {
            doubtful.add(name);
        }
        return "create " + name + " by node" + asked + ": " + outcome.code();
    }

    private String removeService(int asked) throws Exception {
        if (present.isEmpty()) {
            return "nothing to remove";
        }
        String name = present.iterator().next();
        present.remove(name);
        Outcome outcome = write(asked, "service", "rm", name);
        if (outcome.isDone()) {
            absent.add(name);
        } else {
            doubtful.add(name);
        }
        return "remove " + name + " by node" + asked + ": " + outcome.code();
    }

    // ---- the end ----

    private void end(long seed) throws Exception {
        fault("heal");
        for (int node = 1; node <= nodes; node++) {
            back(node);
        }
        List<String> problems = new ArrayList<>();
        long since = System.nanoTime();
        try {
            await("the cluster answers", () -> ready(1) == nodes ? "" : ready(1) + " nodes of " + nodes + " are ready");
            await("writes are accepted", () -> {
                for (int node = 1; node <= nodes; node++) {
                    if (!on(1, "node", "activate", lab + "-node" + node).isDone()) {
                        return "node" + node + " is not activated";
                    }
                }
                return "";
            });
            if (!scaleKnown) {
                must(on(SETUP_SECONDS, 1, "service", "scale", "-d", "web=" + replicas), "the last scale");
            }
            await("everything runs", () -> problem(1));
        } catch (IOException failed) {
            problems.add(failed.getMessage());
            problems.add(on(1, "node", "ls").output());
            problems.add(on(1, "service", "ps", "web").output());
        }
        System.out.println("# settled after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)
                + " ms; " + acknowledged + " of " + writes + " writes were acknowledged; " + nodes + " nodes; load "
                + Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        say(problems, "seed " + seed + ": healed, all that is wanted runs and all managers know the same");
        say(lost(), "seed " + seed + ": every acknowledged write is there");
        say(strangers(), "seed " + seed + ": no container of a task that no manager knows");
        say(twice(), "seed " + seed + ": never two of what must be unique");
    }

    /** What is not as it is wanted. */
    private String problem(int asked) throws IOException, InterruptedException {
        if (ready(asked) != nodes) {
            return ready(asked) + " nodes are ready";
        }
        Map<String, Integer> wanted = new TreeMap<>();
        wanted.put("web", replicas);
        if (unique) {
            wanted.put("alone", 1);
        }
        present.forEach(each -> wanted.put(each, 1));
        for (Map.Entry<String, Integer> each : wanted.entrySet()) {
            List<String> running = on(asked, "service", "ps", "--filter", "desired-state=running", "--format",
                    "{{.Name}} {{.CurrentState}}", each.getKey()).output().lines()
                    .filter(line -> line.contains(" Running ")).map(line -> line.split(" ")[0]).toList();
            if (running.size() != each.getValue() || new HashSet<>(running).size() != running.size()) {
                return each.getKey() + " has " + running + ", not " + each.getValue();
            }
        }
        Set<String> digests = new TreeSet<>();
        for (int node = 1; node <= MANAGERS; node++) {
            Outcome status = on(node, "cluster", "status", "-o", "json");
            digests.add(status.output().lines().filter(line -> line.contains("\"Digest\"")).findFirst()
                    .orElse("node" + node + " says " + status.output()));
        }
        return digests.size() == 1 ? "" : "digests are " + digests;
    }

    private List<String> lost() throws IOException, InterruptedException {
        List<String> lost = new ArrayList<>();
        for (int node = 1; node <= nodes; node++) {
            String text = on(2, "node", "inspect", lab + "-node" + node).output();
            for (String each : labels) {
                String[] parts = each.split("[ =]");
                if (parts[0].equals("" + node) && !text.matches("(?s).*\"" + parts[1] + "\": *\"" + parts[2] + "\".*")) {
                    lost.add("label " + each);
                }
            }
        }
        List<String> services = on(3, "service", "ls", "--format", "{{.Name}}").output().lines().toList();
        present.stream().filter(each -> !services.contains(each)).forEach(each -> lost.add("service " + each));
        absent.stream().filter(services::contains).forEach(each -> lost.add("removal of " + each));
        return lost;
    }

    private List<String> strangers() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("service", "ps", "-q", "--no-trunc"));
        on(1, "service", "ls", "--format", "{{.Name}}").output().lines().forEach(words::add);
        List<String> strangers = List.of();
        for (int attempt = 0; attempt < 20; attempt++) {
            List<String> known = on(1, words.toArray(String[]::new)).output().lines().map(String::strip).toList();
            strangers = new ArrayList<>();
            for (int node = 1; node <= nodes; node++) {
                for (String name : on(node, "ps", "--format", "{{.Names}}").output().lines().toList()) {
                    if (!known.contains(name.substring(name.lastIndexOf('.') + 1))) {
                        strangers.add(name + " on node" + node);
                    }
                }
            }
            if (strangers.isEmpty()) {
                return List.of();
            }
            TimeUnit.MILLISECONDS.sleep(300);
        }
        return strangers;
    }

    /** The first and last beat of each copy, by the machine's one clock. */
    private List<String> twice() throws IOException {
        record Copy(long first, long last) {
        }
        List<Copy> copies = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve(lab).resolve("seen"))) {
            for (Path each : files.toList()) {
                List<Long> beats = Files.readAllLines(each).stream().map(Long::parseLong).toList();
                copies.add(new Copy(Collections.min(beats), Collections.max(beats)));
            }
        }
        copies.sort((one, other) -> Long.compare(one.first(), other.first()));
        List<String> twice = new ArrayList<>();
        long last = 0;
        for (Copy each : copies) {
            if (each.first() <= last) {
                twice.add("two for " + (Math.min(last, each.last()) - each.first()) / 1_000_000 + " ms");
            }
            last = Math.max(last, each.last());
        }
        System.out.println("# " + copies.size() + " copies one after the other");
        return twice;
    }

    private static void say(List<String> problems, String name) {
        System.out.println(problems.isEmpty() ? "ok " + name
                : "not ok " + name + ": " + problems.size() + " problems");
        problems.forEach(each -> System.out.println("    " + each.replace("\n", "\n    ")));
    }
}
