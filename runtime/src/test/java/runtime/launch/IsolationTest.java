package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.cgroup.DeviceProgram;
import runtime.launch.LaunchFixture.Wish;
import runtime.plan.PlanInput;
import runtime.spec.Device;
import runtime.spec.Mount;
import runtime.spec.Process;
import runtime.spec.Resources.DeviceRule;
import testkit.NeedsKernel;
import testkit.Requires;

/** What a container can see and do, seen from inside. */
@NeedsKernel
class IsolationTest {
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

    private String run(Wish wish, String script) throws Exception {
        LaunchRequest request = fixture.request(wish, "sh", "-c", script);
        Launched launched = launcher.create(request);
        launched.start();
        launched.exit().get(20, TimeUnit.SECONDS);
        launched.close();
        return LaunchFixture.output(request);
    }

    @Test
    void noWorkingDirectoryLeadsOutOfTheRoot() throws Exception {
        fixture.changing(spec -> {
            Process old = spec.process();
            return spec.withProcess(new Process(old.terminal(), old.consoleSize(), old.user(),
                    old.args(), old.env(),
                    "/proc/" + ProcessHandle.current().pid() + "/root", old.capabilities(), old.rlimits(),
                    old.noNewPrivileges(), old.apparmorProfile(), old.selinuxLabel(),
                    old.oomScoreAdj(), old.scheduler(), old.ioPriority()));
        });
        LaunchRequest request = fixture.request(Wish.plain(false).chrootOnly(), "true");
        LaunchException refused =
                assertThrows(LaunchException.class, () -> launcher.create(request));
        assertTrue(refused.getMessage().contains("this path leads out of it"), refused.getMessage());
    }

    private Mount bind(Path source, String destination, String... options) {
        List<String> all = new java.util.ArrayList<>(List.of("rbind"));
        all.addAll(List.of(options));
        return new Mount(destination, Optional.of("bind"), Optional.of(source.toString()), all,
                List.of(), List.of());
    }

    @Test
    void aVolumeKeepsTheHostsOwnersThroughAUserNamespace() throws Exception {
        Path volume = Files.createDirectories(folder.resolve("volume"));
        Files.writeString(volume.resolve("given"), "from the host\n");
        String output = run(Wish.plain(true).with(bind(volume, "/some/new/place")),
                "cat /some/new/place/given; echo made > /some/new/place/made; ls -ln /some/new/place");
        assertTrue(output.startsWith("from the host\n"), output);
        assertEquals("made\n", Files.readString(volume.resolve("made")));
        assertEquals(0, Files.getAttribute(volume.resolve("made"), "unix:uid"));
    }

    @Test
    void aReadOnlyVolumeCannotBeWritten() throws Exception {
        Path volume = Files.createDirectories(folder.resolve("volume"));
        String output = run(Wish.plain(true).with(bind(volume, "/v", "ro")), "echo x > /v/x || echo refused");
        assertTrue(output.contains("Read-only file system") && output.contains("refused"), output);
        assertFalse(Files.exists(volume.resolve("x")));
    }

    @Test
    void aFileIsMountedOnAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
        assertEquals("127.0.0.1 localhost\n",
                run(Wish.plain(true).with(bind(file, "/etc/deep/hosts")), "cat /etc/deep/hosts"));
    }

    @Test
    void aSymbolicLinkOfTheImageDoesNotLeadAMountOut() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("layers/base/evil"), outside);
        Path volume = Files.createDirectories(folder.resolve("volume"));
        LaunchRequest request = fixture.request(
                Wish.plain(false).with(bind(volume, "/evil/target")), "true");
        try {
            Launched launched = launcher.create(request);
            launched.start();
            launched.exit().get(20, TimeUnit.SECONDS);
        } catch (LaunchException refused) {
            assertTrue(refused.getMessage().contains("/evil"), refused.getMessage());
        }
        try (var files = Files.list(outside)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void aReadOnlyRootCannotBeWritten() throws Exception {
        String output = run(Wish.plain(true).readonly(), "echo x > /x || echo refused; echo ok > /dev/shm/x && cat /dev/shm/x");
        assertTrue(output.contains("refused") && output.contains("ok\n"), output);
    }

    @Test
    void anOrdinaryUserHasNoCapabilityAndItsGroups() throws Exception {
        Process.User user = new Process.User(1000, 1001, OptionalInt.empty(), List.of(1002L));
        for (boolean namespace : new boolean[] {false, true}) {
            String output = run(Wish.plain(namespace).as(user),
                    "id -u; id -g; id -G; while read k v; do case $k in CapEff:|CapBnd:|NoNewPrivs:)"
                            + " echo $k $v;; esac; done < /proc/self/status; echo out > /dev/stdout");
            assertEquals("1000\n1001\n1001 1002\nCapBnd: 0000000000000021\nNoNewPrivs: 1\nout\n",
                    output.replaceFirst("CapEff: 0000000000000000\n", ""));
        }
    }

    @Test
    void theHostsSecretsAreMasked() throws Exception {
        String output = run(Wish.plain(false),
                "cat /proc/kcore; ls /sys/firmware; echo 1 > /proc/sys/kernel/hostname || echo refused; ls /proc/1/root/");
        assertTrue(output.contains("refused"), output);
        assertFalse(output.contains("work"), output);
    }

    @Test
    void devicesAreMadeWithOwnerAndMode() throws Exception {
        Device loop = new Device("/dev/sub/zero", Device.Type.CHARACTER, OptionalLong.of(1),
                OptionalLong.of(5), OptionalInt.of(0640), OptionalLong.of(7), OptionalLong.of(8));
        String output = run(Wish.plain(true).with(loop), "ls -ln /dev/sub; ls /dev");
        assertTrue(output.matches("(?s).*crw-r----- 1 7 8 1, 5 .* zero.*"), output);
    }

    @Test
    void aDeviceProgramOfCgroup2DecidesWhichDevicesOpen() throws Exception {
        Path hierarchy = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))
                ? Path.of("/sys/fs/cgroup") : Path.of("/sys/fs/cgroup/unified");
        Requires.fact(Files.exists(hierarchy.resolve("cgroup.procs")), "no cgroup v2 hierarchy");
        Path cgroup = hierarchy.resolve("jctl-test-" + ProcessHandle.current().pid());
        DeviceRule nothing = new DeviceRule(false, "a", OptionalLong.empty(), OptionalLong.empty(), "rwm");
        DeviceRule isNull = new DeviceRule(true, "c", OptionalLong.of(1), OptionalLong.of(3), "rwm");
        fixture.cgroup(new PlanInput.CgroupSetup(List.of(cgroup.toString()), List.of(), List.of(),
                Optional.of(cgroup.toString()),
                Optional.of(DeviceProgram.of(List.of(nothing, isNull)).toBytes())));
        try {
            String output = run(Wish.plain(true),
                    "cat /dev/null && echo null; cat /dev/zero 2> /dev/null || echo refused");
            assertEquals("null\nrefused\n", output);
        } finally {
            Files.deleteIfExists(cgroup);
        }
    }

    @Test
    void chrootAloneChangesTheRootAndNothingElse() throws Exception {
        String output = run(Wish.plain(false).chrootOnly(), "ls /; hostname; echo $$");
        String[] lines = output.split("\n");
        assertTrue(output.startsWith("bin\ndev\n"), output);
        assertTrue(Integer.parseInt(lines[lines.length - 1]) > 1, output);
        assertEquals(Files.readString(Path.of("/proc/sys/kernel/hostname")).trim(), lines[lines.length - 2]);
    }

    @Test
    void aMissingSourceIsNamedAndNothingStays() throws Exception {
        LaunchRequest request = fixture.request(
                Wish.plain(true).with(bind(folder.resolve("missing"), "/v")), "true");
        LaunchException failed = assertThrows(LaunchException.class, () -> launcher.create(request));
        assertTrue(failed.getMessage().contains("missing") && failed.getMessage().contains("ENOENT"),
                failed.getMessage());
    }

    @Test
    void aCreatedContainerCanBeKilledBeforeItsStart() throws Exception {
        LaunchRequest request = fixture.request(Wish.plain(true), "true");
        Launched launched = launcher.create(request);
        assertEquals(Launched.Phase.CREATED, launched.phase());
        assertTrue(launched.signal(9));
        assertEquals(137, launched.exit().get(20, TimeUnit.SECONDS).code());
    }

    @Test
    void theContainerDiesWithItsKeeper() throws Exception {
        LaunchRequest request = fixture.request(Wish.plain(true), "sleep", "1000");
        Launched launched = launcher.create(request);
        launched.start();
        ProcessHandle container = ProcessHandle.of(launched.pid()).orElseThrow();
        ProcessHandle.of(launched.keeperPid()).orElseThrow().destroyForcibly();
        assertThrows(java.util.concurrent.ExecutionException.class,
                () -> launched.exit().get(20, TimeUnit.SECONDS));
        container.onExit().get(20, TimeUnit.SECONDS);
    }
}
