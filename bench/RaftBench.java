package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** See bench/raft. */
final class RaftBench {
    /** As tools/options has them for an agent, but for what needs its build. */
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xms8m", "-Xmx96m", "-Xss512k",
            "-XX:MaxDirectMemorySize=96m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10",
            "-XX:-ShrinkHeapInSteps", "-XX:TrimNativeHeapInterval=3000", "-XX:NewRatio=4",
            "-XX:MaxMetaspaceSize=96m", "-XX:ReservedCodeCacheSize=24m", "-XX:+UnlockDiagnosticVMOptions",
            "-XX:CompileThresholdScaling=0.1",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private final String classpath;
    private final Path folder;
    private final List<String> ports = new ArrayList<>();
    private final List<Running> members = new ArrayList<>();

    private record Running(Process process, BufferedReader out, Writer in) {
        String ask(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
            String answer = out.readLine();
            if (answer == null) {
                throw new IOException("a member died when asked to " + line);
            }
            return answer;
        }
    }

    private RaftBench(String classpath) throws IOException {
        this.classpath = classpath;
        Path target = Path.of("target/bench");
        folder = Files.createTempDirectory(target, "raft");
        for (int i = 0; i < 3; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.add(Integer.toString(socket.getLocalPort()));
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Set<String> parts = new TreeSet<>();
        int rounds = 30;
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i].equals("--rounds")) {
                rounds = Integer.parseInt(arguments[++i]);
            } else {
                parts.add(arguments[i]);
            }
        }
        boolean all = parts.isEmpty();
        RaftBench bench = new RaftBench(arguments[0]);
        // Also when it is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> bench.members.forEach(
                member -> member.process().destroyForcibly())));
        try {
            for (int i = 0; i < 3; i++) {
                bench.members.add(bench.start(i));
            }
            if (all || parts.contains("idle")) {
                bench.idle("fresh");
            }
            if (all || parts.contains("latency")) {
                bench.latency();
            }
            if (all || parts.contains("load")) {
                bench.load();
            }
            if (all || parts.contains("idle")) {
                bench.idle("after work");
            }
            if (all || parts.contains("failover")) {
                bench.failover(rounds);
            }
        } finally {
            bench.close();
        }
        if (all || parts.contains("etcd")) {
            Etcd.measure();
        }
    }

    private Running start(int member) throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(OPTIONS);
        String more = System.getenv("BENCH_JAVA_OPTIONS");
        if (more != null) {
            command.addAll(List.of(more.split(" ")));
        }
        command.addAll(List.of("-cp", classpath, "bench.RaftMember", Integer.toString(member),
                folder.resolve("m" + member).toString()));
        command.addAll(ports);
        Process process = new ProcessBuilder(command).redirectError(folder.resolve("journal").toFile().exists()
                ? ProcessBuilder.Redirect.appendTo(folder.resolve("journal").toFile())
                : ProcessBuilder.Redirect.to(folder.resolve("journal").toFile())).start();
        return new Running(process, new BufferedReader(new InputStreamReader(process.getInputStream(),
                StandardCharsets.UTF_8)), process.outputWriter(StandardCharsets.UTF_8));
    }

    private int leader() throws IOException, InterruptedException {
        while (true) {
            for (int i = 0; i < 3; i++) {
                if (members.get(i).ask("role").startsWith("LEADER")) {
                    return i;
                }
            }
            Thread.sleep(50);
        }
    }

    private void latency() throws Exception {
        int leader = leader();
        System.out.println("warm up      " + members.get(leader).ask("latency 1500 write"));
        System.out.println("at leader    " + members.get(leader).ask("latency 2000 write"));
        int other = (leader + 1) % 3;
        members.get(other).ask("latency 500 write");
        System.out.println("at follower  " + members.get(other).ask("latency 2000 write"));
        System.out.println("barrier, leader    " + members.get(leader).ask("latency 2000 barrier"));
        System.out.println("barrier, follower  " + members.get(other).ask("latency 2000 barrier"));
    }

    private void load() throws Exception {
        Running leader = members.get(leader());
        leader.ask("load 5 64 100");
        System.out.println("64 outstanding, 100 B    " + leader.ask("load 10 64 100"));
        leader.ask("load 5 8 200000");
        System.out.println("8 outstanding, 200 KB    " + leader.ask("load 10 8 200000"));
        System.out.println("1 outstanding, 200 KB    " + leader.ask("load 5 1 200000"));
    }

    private void idle(String when) throws Exception {
        leader();
        Thread.sleep(20_000);
        StringBuilder line = new StringBuilder("resident, " + when + ":");
        for (Running member : members) {
            for (String status : Files.readAllLines(Path.of("/proc/" + member.process().pid() + "/status"))) {
                if (status.startsWith("VmRSS") || status.startsWith("Threads")) {
                    line.append(' ').append(status.replaceAll("\\s+", " "));
                }
            }
            line.append(';');
        }
        System.out.println(line);
    }

    private void failover(int rounds) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            int leader = leader();
            int survivor = (leader + 1 + round % 2) % 3;
            members.get(survivor).ask("latency 20 write");
            Thread.sleep(500);
            long start = System.nanoTime();
            members.get(leader).process().destroyForcibly();
            members.get(survivor).ask("probe");
            millis.add((System.nanoTime() - start) / 1e6);
            System.out.printf(Locale.ROOT, "%.0f ", millis.getLast());
            System.out.flush();
            members.get(leader).process().waitFor();
            members.set(leader, start(leader));
            members.get(leader).ask("role");
            while (!caughtUp(members.get(leader()).ask("role"))) {
                Thread.sleep(50);
            }
            Thread.sleep(2_000);
        }
        Sample sample = Sample.of(millis);
        System.out.println();
        System.out.println("leader killed to accepted write, " + rounds + " rounds: p50 " + Sample.number(sample.median())
                + " ms, p95 " + Sample.number(sample.quantile(0.95)) + ", max " + Sample.number(sample.quantile(1)));
    }

    /** Every member answers and lacks nothing. */
    private static boolean caughtUp(String role) {
        String[] words = role.split(" ");
        return words[0].equals("LEADER") && Long.parseLong(words[1]) < 10 && Long.parseLong(words[2]) < 500;
    }

    private void close() throws Exception {
        for (Running member : members) {
            member.process().destroyForcibly().waitFor();
        }
        if (System.getenv("BENCH_KEEP") == null) {
            Shell.remove(folder);
        }
    }
}
