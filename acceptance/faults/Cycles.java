import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs containers with --rm again and again and looks whether the daemon grows:
 * {@code Cycles JCTL FOLDER COUNT}. Prints lines as {@code lib/cases.sh} does.
 */
final class Cycles {
    private static final int WARM_UP = 1000;
    private static final int CLIENTS = 4;

    private Cycles() {}

    /** What a daemon holds when it is idle. */
    private record Size(long heapKilobytes, long residentKilobytes, long descriptors, long threads) {
        static Size of(Agent agent) throws Exception {
            // Threads that wait for work leave after a while.
            long threads = agent.status("Threads");
            for (int attempt = 0; attempt < 100; attempt++) {
                TimeUnit.MILLISECONDS.sleep(50);
                threads = Math.min(threads, agent.status("Threads"));
            }
            return new Size(agent.heapKilobytes(), agent.status("VmRSS"), agent.descriptors(),
                    threads);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Agent agent = new Agent(Path.of(arguments[0]), Path.of(arguments[1]));
        int count = Integer.parseInt(arguments[2]);
        agent.spawn();
        try {
            agent.connect().close();
            cycle(agent, WARM_UP);
            Size before = Size.of(agent);
            long start = System.nanoTime();
            List<String> faults = cycle(agent, count);
            long millis = (System.nanoTime() - start) / 1_000_000;
            Size after = Size.of(agent);
            System.out.println("# before " + before + "\n# after  " + after + "\n# " + count
                    + " cycles by " + CLIENTS + " clients in " + millis + " ms");
            say(faults.isEmpty(), count + " start and stop cycles", faults.toString());
            say(after.heapKilobytes <= before.heapKilobytes + 1024
                    && after.residentKilobytes <= before.residentKilobytes + 12 * 1024
                    && after.descriptors <= before.descriptors + 2
                    && after.threads <= before.threads + 3,
                    "the daemon does not grow by them", before + " became " + after);
            List<String> left = new Residue(agent).ofNoContainer();
            say(left.isEmpty(), "they leave nothing", left.toString());
        } finally {
            agent.end();
            agent.removeNetwork();
        }
    }

    private static List<String> cycle(Agent agent, int count) throws Exception {
        AtomicInteger left = new AtomicInteger(count);
        List<String> faults = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < CLIENTS; number++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (Client client = agent.connect()) {
                    for (int cycle = left.getAndDecrement(); cycle > 0;
                            cycle = left.getAndDecrement()) {
                        Client.Result result = client.run(Client.container("", cycle % 4 == 0
                                ? "bridge" : "none", "sh", "-c", "echo " + cycle + "; exit 9")
                                .setAutoRemove(true).build());
                        if (!result.equals(new Client.Result(9, cycle + "\n"))) {
                            faults.add("cycle " + cycle + ": " + result);
                        }
                    }
                } catch (Exception failure) {
                    faults.add(failure.toString());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return faults;
    }

    private static void say(boolean fine, String name, String otherwise) {
        System.out.println(fine ? "ok " + name : "not ok " + name + ": " + otherwise);
    }
}
