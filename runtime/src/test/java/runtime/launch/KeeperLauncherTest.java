package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import linux.abi.SystemCall;
import linux.syscall.Kernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

/** Containers launched for real. */
@NeedsKernel
class KeeperLauncherTest {
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

    private LaunchRequest request(boolean user, boolean terminal, boolean input, String... args)
            throws Exception {
        return fixture.request(user, terminal, input, args);
    }

    private String output(LaunchRequest request) throws Exception {
        return LaunchFixture.output(request);
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

    /** A failed launch is closed while its keeper's end is being noticed: the next ends are, too. */
    @Test
    void theEndOfOthersIsNoticedAfterManyFailures() throws Exception {
        for (int i = 0; i < 100; i++) {
            Launched launched = launcher.create(request(false, false, false, "no-such-program"));
            assertThrows(LaunchException.class, launched::start);
            launched.close();
        }
        assertEquals(7, run(request(false, false, false, "sh", "-c", "exit 7")).code());
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
        // The terminal echoes what is typed, before or after stty prints.
        assertEquals(List.of("24 80", "hello", "hello"),
                output(request).replace("\r", "").lines().sorted().toList());
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

    @Test
    void aFurtherProcessEntersTheContainer() throws Exception {
        for (boolean user : new boolean[] {false, true}) {
            LaunchFixture.Wish wish = LaunchFixture.Wish.plain(user);
            LaunchRequest request = fixture.request(wish, "sleep", "100");
            Launched container = launcher.create(request);
            container.start();
            LaunchRequest exec = fixture.exec(wish, container.pid(), "sh", "-c",
                    "hostname; id -u; cat /proc/1/comm; cat /proc/self/uid_map; ls /; exit 3");
            assertEquals(3, run(exec).code());
            String output = output(exec);
            assertTrue(output.startsWith("inside\n0\nsleep\n"), output);
            assertEquals(user, output.contains("700000"), output);
            assertTrue(output.endsWith("bin\ndev\netc\nlib\nlib64\nproc\nroot\nsys\ntmp\n"), output);
            LaunchRequest terminal = fixture.exec(new LaunchFixture.Wish(user, true, true, true,
                    wish.user(), List.of(), false, List.of()), container.pid(), "stty", "size");
            assertEquals(0, run(terminal).code());
            assertEquals("24 80\r\n", output(terminal));
            container.signal(9);
            assertEquals(137, container.exit().get(20, TimeUnit.SECONDS).code());
        }
    }

    @Test
    void aProcessForAContainerThatEndedIsRefused() throws Exception {
        LaunchFixture.Wish wish = LaunchFixture.Wish.plain(true);
        LaunchRequest request = fixture.request(wish, "true");
        Launched container = launcher.create(request);
        container.start();
        int pid = container.pid();
        container.exit().get(20, TimeUnit.SECONDS);
        LaunchRequest exec = fixture.exec(wish, pid, "true");
        assertThrows(LaunchException.class, () -> launcher.create(exec));
    }

    @Test
    void aHundredTwentySevenLayersFitIntoOneMount() throws Exception {
        Requires.root();
        for (boolean user : new boolean[] {false, true}) {
            LaunchRequest request = fixture.layered(user, 127, "sh", "-c", "ls /layer* | cut -c1-20; exit 4");
            Exit exit = run(request);
            assertEquals(4, exit.code(), output(request));
        }
    }

    @Test
    void signalsIgnoredHereAreNotIgnoredInside() throws Exception {
        handleUrgent(1);
        try (KeeperLauncher ignoring = new KeeperLauncher()) {
            LaunchRequest request = fixture.request(true, false, false, "sh", "-c",
                    "while read k v; do case $k in SigIgn:) echo $v;; esac; done < /proc/self/status");
            Launched launched = ignoring.create(request);
            launched.start();
            launched.exit().get(20, TimeUnit.SECONDS);
            assertEquals("0000000000000000\n", output(request));
        } finally {
            handleUrgent(0);
        }
    }

    /** {@code rt_sigaction(2)} for SIGURG: 0 is SIG_DFL, 1 is SIG_IGN. */
    private static void handleUrgent(long handler) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(ValueLayout.JAVA_LONG, 4);
            action.set(ValueLayout.JAVA_LONG, 0, handler);
            assertEquals(0, Kernel.call(SystemCall.RT_SIGACTION,
                    linux.abi.Signal.SIGURG.number(), action.address(), 0, Long.BYTES));
        }
    }
}
