package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is opened is closed. */
class RatisThreadsTest {
    private static Set<Thread> alive() {
        return Thread.getAllStackTraces().keySet();
    }

    @Test
    void everyThreadEndsOnClose() throws Exception {
        Set<Thread> before = alive();
        try (RatisGroup group = RatisGroup.of(1, UnaryOperator.identity())) {
            for (int i = 0; i < 20; i++) {
                Await.done(group.log(0).propose(LogContract.bytes("entry " + i)));
                if (i % 5 == 0) {
                    Await.done(group.log(0).snapshot());
                }
                group.stop(0);
                group.start(0);
            }
            Await.done(group.log(0).barrier());
        }
        Set<String> left = new TreeSet<>();
        try {
            Await.until("the threads end", () -> {
                left.clear();
                alive().stream().filter(thread -> !before.contains(thread)).map(Thread::getName)
                        .filter(name -> !STAYS.matcher(name).matches()).forEach(left::add);
                return left.isEmpty();
            });
        } finally {
            assertEquals(Set.of(), left);
        }
    }

    /** Threads of the JVM that come when first needed, and Ratis' timers: at most eight for the whole process. */
    private static final Pattern STAYS = Pattern.compile("Cleaner-\\d+|Common-Cleaner|VirtualThread-.*"
            + "|CompletableFutureDelayScheduler|ForkJoinPool-\\d+-.*|process reaper|.*-Poller|timer[0-7]");
}
