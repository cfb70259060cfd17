package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.launch.LaunchFixture.Wish;
import runtime.spec.ContainerSpec;
import runtime.spec.Process;
import runtime.spec.SpecChange;
import testkit.NeedsKernel;
import testkit.Requires;

/** Priorities, personality and labels, as the kernel tells of them afterwards. */
@NeedsKernel
class ProcessSettingsTest {
    /** Fields of {@code proc_pid_stat(5)}, counted from the one behind the name. */
    private static final int NICE = 19 - 3;
    private static final int REALTIME_PRIORITY = 40 - 3;
    private static final int POLICY = 41 - 3;

    @TempDir Path folder;
    private KeeperLauncher launcher;
    private LaunchFixture fixture;

    @BeforeEach
    void prepare() throws Exception {
        Requires.root();
        fixture = new LaunchFixture(folder);
        launcher = new KeeperLauncher();
    }

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
        }
    }

    private String run(boolean user, UnaryOperator<ContainerSpec> change, String script)
            throws Exception {
        fixture.changing(change);
        LaunchRequest request = fixture.request(Wish.plain(user), "sh", "-c", script);
        Launched launched = launcher.create(request);
        launched.start();
        launched.exit().get(20, TimeUnit.SECONDS);
        launched.close();
        return LaunchFixture.output(request);
    }

    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ");
    }

    @Test
    void schedulerPoliciesAreSeenFromInside() throws Exception {
        Process.Scheduler batch = new Process.Scheduler("SCHED_BATCH", -3, 0, List.of(), 0, 0, 0);
        for (boolean user : new boolean[] {false, true}) {
            String[] stat = fields(run(user,
                    spec -> SpecChange.scheduler(spec, batch), "cat /proc/self/stat"));
            assertEquals("3", stat[POLICY], "SCHED_BATCH");
            assertEquals("-3", stat[NICE]);
        }
    }

    @Test
    void realTimePrioritiesAreSeenFromInside() throws Exception {
        Process.Scheduler fifo = new Process.Scheduler("SCHED_FIFO", 0, 7, List.of(), 0, 0, 0);
        for (boolean user : new boolean[] {false, true}) {
            String[] stat = fields(run(user,
                    spec -> SpecChange.scheduler(spec, fifo), "cat /proc/self/stat"));
            assertEquals("1", stat[POLICY], "SCHED_FIFO");
            assertEquals("7", stat[REALTIME_PRIORITY]);
        }
    }

    @Test
    void theIoPriorityIsSeenFromOutside() throws Exception {
        Requires.program("ionice");
        fixture.changing(spec -> SpecChange.ioPriority(spec, "IOPRIO_CLASS_BE", 6));
        for (boolean user : new boolean[] {false, true}) {
            Launched launched = launcher.create(fixture.request(Wish.plain(user), "sleep", "1000"));
            try {
                java.lang.Process ionice = new ProcessBuilder(
                        "ionice", "-p", Integer.toString(launched.pid())).start();
                assertEquals("best-effort: prio 6\n",
                        new String(ionice.getInputStream().readAllBytes()));
            } finally {
                launched.signal(9);
                launched.exit().get(20, TimeUnit.SECONDS);
                launched.close();
            }
        }
    }

    @Test
    void thePersonalityIsSeenFromInside() throws Exception {
        Requires.fact(Files.exists(Path.of("/proc/self/personality")), "no /proc/self/personality");
        assertEquals("00000008\n",
                run(false, spec -> SpecChange.personality(spec, "LINUX32"),
                        "cat /proc/self/personality"));
        assertEquals("00000000\n",
                run(true, spec -> SpecChange.personality(spec, "LINUX"),
                        "cat /proc/self/personality"));
    }

    @Test
    void aFurtherProcessHasThePersonality() throws Exception {
        fixture.changing(spec -> SpecChange.personality(spec, "LINUX32"));
        Launched first = launcher.create(fixture.request(Wish.plain(true), "sleep", "1000"));
        first.start();
        try {
            LaunchRequest request = fixture.exec(Wish.plain(true), first.pid(),
                    "cat", "/proc/self/personality");
            Launched second = launcher.create(request);
            second.start();
            second.exit().get(20, TimeUnit.SECONDS);
            second.close();
            assertEquals("00000008\n", LaunchFixture.output(request));
        } finally {
            assertTrue(first.signal(9));
            first.exit().get(20, TimeUnit.SECONDS);
            first.close();
        }
    }

    @Test
    void aLabelTheKernelDoesNotKnowStopsTheStart() throws Exception {
        Requires.fact(!Files.exists(Path.of("/sys/fs/selinux/enforce")), "SELinux is on");
        Requires.fact(!Files.exists(Path.of("/proc/self/attr/apparmor/exec")), "AppArmor is on");
        for (boolean user : new boolean[] {false, true}) {
            String appArmor = failure(user, spec -> SpecChange.appArmor(spec, "docker-default"));
            assertTrue(appArmor.contains("openat2") && appArmor.contains("ENOENT")
                    && appArmor.contains("apparmor=unconfined"), appArmor);
            // Opening succeeds through the host's /proc; only the write finds no SELinux.
            String seLinux = failure(user, spec -> SpecChange.seLinux(
                    spec, "u:r:t:s0", Optional.empty()));
            assertTrue(seLinux.contains("write") && seLinux.contains("EINVAL")
                    && seLinux.contains("no SELinux"), seLinux);
        }
    }

    private String failure(boolean user, UnaryOperator<ContainerSpec> change) throws Exception {
        fixture.changing(change);
        LaunchRequest request = fixture.request(Wish.plain(user), "true");
        Launched launched;
        try {
            launched = launcher.create(request);
        } catch (LaunchException failed) {
            return failed.getMessage();
        }
        return assertThrows(LaunchException.class, launched::start).getMessage();
    }

    private static double uptime(String text) {
        return Double.parseDouble(text.split(" ")[0]);
    }

    @Test
    void clocksAreShifted() throws Exception {
        Requires.fact(Files.exists(Path.of("/proc/self/timens_offsets")), "no time namespaces");
        double host = uptime(Files.readString(Path.of("/proc/uptime")));
        for (boolean user : new boolean[] {false, true}) {
            String inside = run(user, spec -> SpecChange.clocks(spec, 5_000_000, 9_000_000),
                    "cat /proc/uptime; cat /proc/self/timens_offsets");
            double shifted = uptime(inside) - host - 9_000_000;
            assertTrue(shifted >= 0 && shifted < 100_000, inside);
            assertTrue(inside.matches("(?s).*monotonic +5000000 .*boottime +9000000 .*"), inside);
        }
    }

    @Test
    void aFurtherProcessSeesTheSameClocks() throws Exception {
        Requires.fact(Files.exists(Path.of("/proc/self/timens_offsets")), "no time namespaces");
        fixture.changing(spec -> SpecChange.clocks(spec, 1, 9_000_000));
        Launched first = launcher.create(fixture.request(Wish.plain(true), "sleep", "1000"));
        first.start();
        try {
            LaunchRequest request =
                    fixture.exec(Wish.plain(true), first.pid(), "cat", "/proc/uptime");
            Launched second = launcher.create(request);
            second.start();
            second.exit().get(20, TimeUnit.SECONDS);
            second.close();
            assertTrue(uptime(LaunchFixture.output(request)) > 9_000_000);
        } finally {
            assertTrue(first.signal(9));
            first.exit().get(20, TimeUnit.SECONDS);
            first.close();
        }
    }

    @Test
    void aClockBeforeZeroIsRefusedWithTheReason() throws Exception {
        Requires.fact(Files.exists(Path.of("/proc/self/timens_offsets")), "no time namespaces");
        String refused = failure(true, spec -> SpecChange.clocks(spec, -4_000_000_000L, 0));
        assertTrue(refused.contains("ERANGE") && refused.contains("--time-offset"), refused);
    }
}
