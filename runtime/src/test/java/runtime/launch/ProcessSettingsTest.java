package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import runtime.spec.Linux;
import runtime.spec.Process;
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

    private static ContainerSpec scheduled(ContainerSpec spec, Process.Scheduler scheduler) {
        return prioritised(spec, Optional.of(scheduler), Optional.empty());
    }

    private static ContainerSpec prioritised(ContainerSpec spec,
            Optional<Process.Scheduler> scheduler, Optional<Process.IoPriority> io) {
        Process old = spec.process();
        return spec.withProcess(new Process(old.terminal(), old.consoleSize(), old.user(),
                old.args(), old.env(), old.cwd(), old.capabilities(), old.rlimits(),
                old.noNewPrivileges(), old.apparmorProfile(), old.selinuxLabel(),
                old.oomScoreAdj(), scheduler, io));
    }

    private static ContainerSpec personality(ContainerSpec spec, String name) {
        Linux old = spec.linux();
        return spec.withLinux(new Linux(old.uidMappings(), old.gidMappings(), old.namespaces(),
                old.devices(), old.cgroupsPath(), old.resources(), old.rootfsPropagation(),
                old.seccomp(), old.sysctl(), old.maskedPaths(), old.readonlyPaths(),
                old.mountLabel(), Optional.of(name), old.timeOffsets(), old.netDevices()));
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
            String[] stat = fields(run(user, spec -> scheduled(spec, batch), "cat /proc/self/stat"));
            assertEquals("3", stat[POLICY], "SCHED_BATCH");
            assertEquals("-3", stat[NICE]);
        }
    }

    @Test
    void realTimePrioritiesAreSeenFromInside() throws Exception {
        Process.Scheduler fifo = new Process.Scheduler("SCHED_FIFO", 0, 7, List.of(), 0, 0, 0);
        for (boolean user : new boolean[] {false, true}) {
            String[] stat = fields(run(user, spec -> scheduled(spec, fifo), "cat /proc/self/stat"));
            assertEquals("1", stat[POLICY], "SCHED_FIFO");
            assertEquals("7", stat[REALTIME_PRIORITY]);
        }
    }

    @Test
    void theIoPriorityIsSeenFromOutside() throws Exception {
        Requires.program("ionice");
        fixture.changing(spec -> prioritised(spec, Optional.empty(),
                Optional.of(new Process.IoPriority("IOPRIO_CLASS_BE", 6))));
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
                run(false, spec -> personality(spec, "LINUX32"), "cat /proc/self/personality"));
        assertEquals("00000000\n",
                run(true, spec -> personality(spec, "LINUX"), "cat /proc/self/personality"));
    }

    @Test
    void aFurtherProcessHasThePersonality() throws Exception {
        fixture.changing(spec -> personality(spec, "LINUX32"));
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
}
