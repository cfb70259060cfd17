package bench;

import clusterd.raft.Log;
import clusterd.raft.Machine;
import clusterd.raft.Member;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One member; told what to do by lines on its standard input, each answered by one line. */
final class RaftMember {
    private static final UUID CLUSTER = new UUID(7, 7);

    private RaftMember() {}

    /** Counts. */
    private static final class Counter implements Machine {
        private long count;

        @Override
        public byte[] apply(long index, byte[] entry) {
            count++;
            return new byte[] {1};
        }

        @Override
        public SnapshotWriter capture() {
            long now = count;
            return out -> new DataOutputStream(out).writeLong(now);
        }

        @Override
        public void restore(InputStream snapshot) throws IOException {
            count = new DataInputStream(snapshot).readLong();
        }
    }

    /** Arguments: number of this member, folder, ports of all. */
    public static void main(String[] arguments) throws Exception {
        int self = Integer.parseInt(arguments[0]);
        List<Member> members = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            members.add(Member.voter("m" + (i - 2), "127.0.0.1", Integer.parseInt(arguments[i])));
        }
        Settings settings = Settings.of(CLUSTER, members.get(self), members, Path.of(arguments[1]));
        String elections = System.getProperty("bench.elections");
        if (elections != null) {
            String[] parts = elections.split("-");
            settings = settings.with(new Settings.Timing(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]),
                    10_000, 2_000));
        }
        RatisLog log = RatisLog.open(settings, new Counter(), line -> System.err.println(
                System.currentTimeMillis() % 1_000_000 + " m" + self + " " + line));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(log, line.split(" ")));
        }
        log.close();
        System.exit(0);
    }

    private static String answer(Log log, String[] words) throws Exception {
        return switch (words[0]) {
            case "role" -> {
                var standing = log.standing();
                long behind = standing.peers().stream().mapToLong(peer -> peer.behindEntries()).max().orElse(0);
                yield standing.role() + " " + behind + " " + standing.peers().stream()
                        .mapToLong(peer -> peer.silentMillis()).max().orElse(0);
            }
            case "probe" -> {
                log.propose(new byte[100]).get(60, TimeUnit.SECONDS);
                yield "accepted";
            }
            case "latency" -> latency(log, Integer.parseInt(words[1]), words[2].equals("barrier"));
            case "load" -> load(log, Integer.parseInt(words[1]), Integer.parseInt(words[2]),
                    Integer.parseInt(words[3]));
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static String latency(Log log, int count, boolean barrier) throws Exception {
        double[] micros = new double[count];
        byte[] entry = new byte[100];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            if (barrier) {
                log.barrier().get();
            } else {
                log.propose(entry).get();
            }
            micros[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(micros);
        return String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms", micros[count / 2] / 1e3,
                micros[count * 99 / 100] / 1e3);
    }

    private static String load(Log log, int seconds, int outstanding, int bytes) throws Exception {
        Semaphore free = new Semaphore(outstanding);
        AtomicLong done = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        byte[] entry = new byte[bytes];
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * 1_000_000_000L) {
            free.acquire();
            log.propose(entry).whenComplete((answer, failure) -> {
                (failure == null ? done : failed).incrementAndGet();
                free.release();
            });
        }
        free.acquire(outstanding);
        double took = (System.nanoTime() - start) / 1e9;
        return String.format(Locale.ROOT, "%.0f/s, %.1f MB/s, %d failed", done.get() / took,
                done.get() * (double) bytes / took / 1e6, failed.get());
    }
}
