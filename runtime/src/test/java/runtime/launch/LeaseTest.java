package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import linux.syscall.Timers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.plan.PlanInput;
import testkit.NeedsKernel;
import testkit.Requires;

/** Keepers that end their containers with the lease. A daemon that moves no timer is as good as dead. */
@NeedsKernel
class LeaseTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long LENGTH_MILLIS = 2_000;
    private static final long FAR = 1_000 * SECOND;
    private static final long WAIT_SECONDS = 60;

    @TempDir Path folder;
    private KeeperLauncher launcher;
    private LaunchFixture fixture;
    private final List<Launched> all = new ArrayList<>();

    @BeforeEach
    void prepare() throws Exception {
        Requires.root();
        fixture = new LaunchFixture(folder);
        launcher = new KeeperLauncher();
    }

    @AfterEach
    void close() throws Exception {
        for (Launched each : all) {
            each.signal(9);
        }
        if (launcher != null) {
            launcher.close();
        }
    }

    private long lease(long nanos) {
        long end = Timers.bootNanos() + nanos;
        fixture.lease(new PlanInput.Lease(end, LENGTH_MILLIS));
        return end;
    }

    private Launched start(boolean user, String... args) throws Exception {
        Launched launched = create(user, args);
        launched.start();
        return launched;
    }

    private Launched create(boolean user, String... args) throws Exception {
        Launched launched = launcher.create(fixture.request(user, false, false, args));
        all.add(launched);
        return launched;
    }

    private static Exit exit(Launched launched) throws Exception {
        return launched.exit().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Wall time that a moment of the other clock is at. */
    private static Instant at(long bootNanos) {
        return Instant.now().plusNanos(bootNanos - Timers.bootNanos());
    }

    private static void assertEndedByTheLease(Exit exit, long end) {
        assertEquals(137, exit.code());
        assertEquals(9, exit.signal().orElseThrow());
        assertEquals(LENGTH_MILLIS, exit.leaseMillis());
        assertFalse(exit.finishedAt().isBefore(at(end).minusMillis(5)), "it ended before its lease");
    }

    @Test
    void aLeaseThatNobodyMovesEndsIt() throws Exception {
        long end = lease(SECOND);
        assertEndedByTheLease(exit(start(false, "sleep", "1000")), end);
        end = lease(SECOND);
        assertEndedByTheLease(exit(start(true, "sleep", "1000")), end);
    }

    @Test
    void oneThatPrintsAllTheTimeEndsNoLater() throws Exception {
        long end = lease(SECOND);
        assertEndedByTheLease(exit(start(false, "sh", "-c", "while :; do echo on; done")), end);
    }

    @Test
    void oneThatIgnoresSignalsOrIsStoppedEnds() throws Exception {
        long end = lease(SECOND);
        Launched launched = start(false, "sh", "-c", "trap '' TERM; kill -STOP 1; sleep 1000");
        launched.signal(19);
        assertEndedByTheLease(exit(launched), end);
    }

    @Test
    void aLeaseThatIsMovedEndsItLater() throws Exception {
        long first = lease(SECOND);
        Launched launched = start(false, "sleep", "1000");
        long last = first + 2 * SECOND;
        launched.leaseUntil(first + SECOND);
        launched.leaseUntil(last);
        assertEndedByTheLease(exit(launched), last);
    }

    /** The daemon that follows moves the same timer. */
    @Test
    void theNextDaemonMovesIt() throws Exception {
        long end = lease(3 * SECOND);
        LaunchRequest request = fixture.request(false, false, false, "sleep", "1000");
        all.add(launcher.create(request));
        all.getFirst().start();
        try (KeeperLauncher next = new KeeperLauncher()) {
            Launched adopted = next.adopt(request.runFolder()).orElseThrow();
            adopted.leaseUntil(end + SECOND);
            assertEndedByTheLease(exit(adopted), end + SECOND);
            adopted.close();
        }
    }

    /** Also what was put into it from outside: it is in its PID namespace. */
    @Test
    void whatElseRunsInItEndsWithIt() throws Exception {
        lease(FAR);
        Launched launched = start(false, "sh", "-c", "sleep 1000 & sleep 1001 & wait");
        Launched more = launcher.create(fixture.exec(LaunchFixture.Wish.plain(false), launched.pid(),
                "sh", "-c", "sleep 1002 & wait"));
        all.add(more);
        more.start();
        launched.leaseUntil(Timers.bootNanos());
        assertEquals(LENGTH_MILLIS, exit(launched).leaseMillis());
        Exit other = exit(more);
        assertEquals(9, other.signal().orElseThrow());
        assertEquals(0, other.leaseMillis());
    }

    @Test
    void nothingOfItRunsWhenTheLeaseIsOverBeforeItsStart() throws Exception {
        lease(FAR);
        LaunchRequest request = fixture.request(false, false, false, "sh", "-c", "echo ran");
        Launched launched = launcher.create(request);
        launched.leaseUntil(Timers.bootNanos());
        LaunchException refused = assertThrows(LaunchException.class, launched::start);
        assertTrue(refused.getMessage().contains("ETIME"), refused.getMessage());
        assertTrue(refused.getMessage().contains("a manager gives the task to a node anew"), refused.getMessage());
        assertEquals("", LaunchFixture.output(request));
    }

    @Test
    void oneThatEndsByItselfWasNotEndedByTheLease() throws Exception {
        lease(FAR);
        Exit exit = exit(start(false, "sh", "-c", "exit 3"));
        assertEquals(3, exit.code());
        assertEquals(0, exit.leaseMillis());
    }

    @Test
    void oneWithoutALeaseIsLeftAlone() throws Exception {
        Launched launched = start(false, "sleep", "1000");
        launched.leaseUntil(Timers.bootNanos());
        launched.signal(15);
        launched.signal(9);
        assertNotEquals(LENGTH_MILLIS, exit(launched).leaseMillis());
    }
}
