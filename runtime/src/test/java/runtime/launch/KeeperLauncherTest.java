package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import linux.abi.Capability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanInput;
import runtime.plan.Planner;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.IdMapping;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.spec.Root;
import testkit.Requires;

/** Containers launched for real. */
class KeeperLauncherTest {
    @TempDir Path folder;
    private KeeperLauncher launcher;
    private Path layers;
    private int runs;

    @BeforeEach
    void prepare() throws Exception {
        Requires.root();
        layers = folder.resolve("layers");
        HostRoot.make(layers.resolve("base"), "sh", "true", "cat", "id", "hostname", "ls", "sleep", "stty");
        for (int i = 0; i < 4; i++) {
            Files.createDirectories(folder.resolve("lower/" + i));
        }
        Files.createDirectories(folder.resolve("root"));
        launcher = new KeeperLauncher();
    }

    @AfterEach
    void close() {
        if (launcher != null) {
            launcher.close();
        }
    }

    private LaunchRequest request(boolean user, boolean terminal, boolean input, String... args)
            throws Exception {
        Path container = folder.resolve("c" + runs++);
        Files.createDirectories(container);
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceType type : NamespaceType.values()) {
            if (type != NamespaceType.TIME && (user || type != NamespaceType.USER)) {
                namespaces.add(new Namespace(type, Optional.empty()));
            }
        }
        Process process = new Process(terminal, Optional.of(new Process.ConsoleSize(24, 80)),
                Process.User.root(), List.of(args), List.of("PATH=/usr/bin:/bin"), "/",
                Optional.of(Process.Capabilities.granted(Set.of(Capability.CHOWN, Capability.KILL))),
                List.of(new Process.Rlimit("RLIMIT_NOFILE", 1024, 1024)), true, Optional.empty(),
                Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
        List<IdMapping> map = user ? List.of(new IdMapping(0, 700000, 65536)) : List.of();
        Linux linux = new Linux(map, map, namespaces, List.of(), Optional.empty(), Resources.none(),
                Optional.empty(), Optional.empty(), Map.of(), List.of("/proc/kcore", "/sys/firmware"),
                List.of("/proc/sys"), Optional.empty(), Optional.empty(), Map.of(), Map.of());
        List<Mount> mounts = List.of(
                Mount.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=65536k"),
                Mount.of("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
                        "ptmxmode=0666", "mode=0620", "gid=5"),
                Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "noexec", "mode=1777", "size=65536k"),
                Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "nodev", "noexec"),
                Mount.of("/sys", "sysfs", "sysfs", "nosuid", "nodev", "noexec", "ro"));
        ContainerSpec spec = new ContainerSpec("1.2.0", process, new Root("rootfs", false),
                Optional.of("inside"), Optional.empty(), mounts, Hooks.none(), Map.of(), linux);
        PlanInput.HostFacts facts = new PlanInput.HostFacts(List.of(), Set.of(),
                Set.of("/proc/kcore"), Set.of("/sys/firmware"), Set.of("/proc/sys"));
        PlanInput plan = new PlanInput(spec,
                new PlanInput.RootSource.Overlay(layers.toString(), List.of("base"),
                        container.resolve("upper").toString(), container.resolve("work").toString()),
                new PlanInput.Folders(folder.resolve("root").toString(), folder.resolve("lower").toString(),
                        container.resolve("status").toString(), container.resolve("log").toString()),
                PlanInput.CgroupSetup.none(), new PlanInput.Network.LoopbackOnly(), Optional.empty(),
                input, facts);
        LaunchPlan launchPlan = Planner.container(plan);
        return new LaunchRequest(launchPlan, container);
    }

    private String output(LaunchRequest request) throws Exception {
        Path log = request.runFolder().resolve("log");
        StringBuilder text = new StringBuilder();
        if (Files.exists(log)) {
            ByteBuffer frames = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
            while (frames.remaining() >= 24) {
                frames.position(frames.position() + 16);
                byte[] payload = new byte[frames.getInt()];
                frames.getInt();
                frames.get(payload);
                text.append(new String(payload, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    private Exit run(LaunchRequest request) throws Exception {
        Launched launched = launcher.create(request);
        launched.start();
        return launched.exit().get(20, TimeUnit.SECONDS);
    }

    @Test
    void aProgramRunsIsolatedAndItsExitCodeArrives() throws Exception {
        LaunchRequest request = request(false, false, false, "sh", "-c",
                "hostname; echo $$; id -u; ls /; echo lost >&2; exit 7");
        Exit exit = run(request);
        assertEquals("inside\n1\n0\nbin\ndev\netc\nlib\nlib64\nproc\nroot\nsys\ntmp\nlost\n",
                output(request));
        assertEquals(7, exit.code());
    }

    @Test
    void aUserNamespaceMapsRootToNobodyAndLayersStayShared() throws Exception {
        LaunchRequest request = request(true, false, false, "sh", "-c",
                "id -u; cat /proc/self/uid_map; ls -ln /bin/sh | cut -c1-30; echo new > /bin/new; ls -n /bin/new");
        Exit exit = run(request);
        String output = output(request);
        assertEquals(0, exit.code(), output);
        assertTrue(output.startsWith("0\n         0     700000      65536\n"), output);
        assertEquals(700000, Files.getAttribute(request.runFolder().resolve("upper/bin/new"), "unix:uid"));
    }

    @Test
    void aMissingProgramIs127AndSaysSo() throws Exception {
        LaunchRequest request = request(true, false, false, "no-such-program");
        Launched launched = launcher.create(request);
        LaunchException failed = assertThrows(LaunchException.class, launched::start);
        assertEquals(127, failed.exitCode(), failed.getMessage());
    }

    @Test
    void standardInputIsReadToItsEnd() throws Exception {
        LaunchRequest request = request(true, false, true, "cat");
        Launched launched = launcher.create(request);
        launched.start();
        launched.writeInput(ByteBuffer.wrap("one\ntwo\n".getBytes(StandardCharsets.UTF_8)));
        launched.closeInput();
        assertEquals(0, launched.exit().get(20, TimeUnit.SECONDS).code());
        assertEquals("one\ntwo\n", output(request));
    }

    @Test
    void aTerminalControls() throws Exception {
        LaunchRequest request = request(true, true, true, "sh", "-c", "stty size; cat");
        Launched launched = launcher.create(request);
        launched.start();
        launched.writeInput(ByteBuffer.wrap("hello\n\004".getBytes(StandardCharsets.UTF_8)));
        assertEquals(0, launched.exit().get(20, TimeUnit.SECONDS).code());
        assertEquals("24 80\r\nhello\r\nhello\r\n", output(request));
    }

    @Test
    void anotherLauncherAdoptsWhatRuns() throws Exception {
        LaunchRequest request = request(true, false, false, "sleep", "100");
        Launched first = launcher.create(request);
        first.start();
        try (KeeperLauncher second = new KeeperLauncher()) {
            Launched adopted = second.adopt(request.runFolder()).orElseThrow();
            assertEquals(first.pid(), adopted.pid());
            assertTrue(adopted.signal(9));
            assertEquals(137, adopted.exit().get(20, TimeUnit.SECONDS).code());
        }
    }
}
