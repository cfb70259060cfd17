package runtime.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.OpenFlag;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.launch.HostRoot;
import runtime.launch.Streams;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.Process;
import runtime.spec.Root;
import runtime.spec.SpecWriter;
import testkit.NeedsKernel;
import testkit.Requires;

/** The operations on real containers. */
@NeedsKernel
class OciRuntimeTest {
    private static final String ID = "jrun-test";
    @TempDir Path folder;
    private final List<String> warnings = new ArrayList<>();
    private OciRuntime runtime;
    private int nothing;

    @BeforeEach
    void prepare() throws Exception {
        Requires.root();
        HostRoot.make(folder.resolve("rootfs"), "sh", "cat", "sleep");
        nothing = Descriptors.open(Path.of("/dev/null"), OpenFlag.O_RDWR);
        runtime = new OciRuntime(folder.resolve("state"), warnings::add,
                new Streams(nothing, nothing, nothing));
    }

    @AfterEach
    void remove() throws Exception {
        if (runtime != null) {
            runtime.delete(ID, true);
            Descriptors.close(nothing);
        }
    }

    private ContainerRecord create(Hooks hooks, String... args) throws Exception {
        ContainerSpec example = ExampleSpec.spec();
        Process process = Process.of(List.of(args), List.of("PATH=/bin"), "/", Process.User.root());
        Files.writeString(folder.resolve("config.json"), SpecWriter.write(new ContainerSpec(
                example.ociVersion(), process, new Root("rootfs", false), example.hostname(),
                Optional.empty(), example.mounts(), hooks, Map.of("note", "kept"),
                example.linux())));
        return runtime.create(new CreateOptions(ID, folder, Optional.of(folder.resolve("pid")),
                Optional.empty(), 0, 0, false));
    }

    private static Hooks.Hook hook(String script) {
        return new Hooks.Hook("/bin/sh", List.of("sh", "-c", script), List.of("PATH=/bin:/usr/bin"),
                OptionalInt.of(20));
    }

    private ContainerStatus status() throws Exception {
        return runtime.state(ID).status();
    }

    @Test
    void aContainerIsCreatedStartedKilledAndDeleted() throws Exception {
        ContainerRecord record = create(Hooks.none(), "sh", "-c", "echo began > /tmp/began; sleep 1000");
        assertEquals(ContainerStatus.CREATED, status());
        assertEquals(Integer.toString(record.pid()), Files.readString(folder.resolve("pid")));
        assertFalse(Files.exists(folder.resolve("rootfs/tmp/began")));
        assertThrows(OciException.class, () -> runtime.delete(ID, false));
        runtime.start(ID);
        assertEquals(ContainerStatus.RUNNING, status());
        assertThrows(OciException.class, () -> runtime.start(ID));
        int first = Processes.open(record.pid());
        runtime.kill(ID, Signal.SIGKILL.number(), false);
        while (!Processes.hasEnded(first)) {
            Thread.onSpinWait();
        }
        Descriptors.close(first);
        assertEquals(ContainerStatus.STOPPED, status());
        assertThrows(OciException.class, () -> runtime.kill(ID, Signal.SIGKILL.number(), false));
        runtime.delete(ID, false);
        assertThrows(OciException.class, () -> runtime.state(ID));
        assertEquals(List.of(), warnings);
    }

    @Test
    void aCreatedContainerCanBeKilledAndDeleted() throws Exception {
        ContainerRecord record = create(Hooks.none(), "sleep", "1000");
        int first = Processes.open(record.pid());
        runtime.delete(ID, true);
        assertTrue(Processes.hasEnded(first));
        Descriptors.close(first);
        for (String cgroup : record.cgroup().folders()) {
            assertFalse(Files.exists(Path.of(cgroup)), cgroup);
        }
    }

    @Test
    void aFurtherProcessRunsInsideAndItsCodeArrives() throws Exception {
        create(Hooks.none(), "sleep", "1000");
        runtime.start(ID);
        int code = runtime.exec(new ExecRequest(ID, own -> Process.of(
                List.of("sh", "-c", "cat /proc/1/comm > /tmp/first; exit 7"), own.env(), "/",
                Process.User.root()), Optional.empty(), Optional.empty(), 0, false));
        assertEquals(7, code);
        assertEquals("sleep\n", Files.readString(folder.resolve("rootfs/tmp/first")));
    }

    @Test
    void hooksRunAtTheirPointsInTheirNamespaces() throws Exception {
        Path log = folder.resolve("log");
        create(new Hooks(List.of(),
                List.of(hook("cat >> " + log + "; echo >> " + log)),
                List.of(hook("cat /proc/sys/kernel/hostname > " + folder.resolve("inside"))),
                List.of(hook("cat > /tmp/started")),
                List.of(hook("echo poststart >> " + log)),
                List.of(hook("echo poststop >> " + log))), "sleep", "1000");
        assertTrue(Files.readString(log).contains("\"status\":\"creating\""), Files.readString(log));
        runtime.start(ID);
        assertTrue(Files.readString(folder.resolve("rootfs/tmp/started"))
                .contains("\"status\":\"created\""));
        runtime.delete(ID, true);
        assertTrue(Files.readString(log).endsWith("poststart\npoststop\n"), Files.readString(log));
        assertEquals(List.of(), warnings);
    }

    @Test
    void hooksSeeTheContainersMountsWhereTheHostHasItsRoot() throws Exception {
        Path seen = folder.resolve("seen");
        Path root = folder.resolve("rootfs");
        create(new Hooks(List.of(), List.of(), List.of(hook("{ test -d " + root
                        + "/proc/1 && echo proc; test -c " + root + "/dev/null && echo device; test -d "
                        + folder + "/state && echo host; } > " + seen + "; echo made > " + root
                        + "/dev/shm/hook")), List.of(), List.of(), List.of()),
                "sh", "-c", "cat /dev/shm/hook > /seen; exec sleep 1000");
        assertEquals(List.of("proc", "device", "host"), Files.readAllLines(seen));
        runtime.start(ID);
        FirstProcess first = FirstProcess.of(runtime.state(ID).record()).orElseThrow();
        while (!Files.exists(root.resolve("seen")) || Files.size(root.resolve("seen")) == 0) {
            assertFalse(Processes.hasEnded(first.pidfd()));
            Thread.onSpinWait();
        }
        first.close();
        assertEquals("made\n", Files.readString(root.resolve("seen")));
        assertFalse(Files.exists(root.resolve("dev/shm/hook")), "what a hook makes in a mount stays there");
    }

    @Test
    void aFailingHookUndoesTheCreation() throws Exception {
        OciException failed = assertThrows(OciException.class, () -> create(new Hooks(List.of(),
                List.of(hook("echo no such luck; exit 3")), List.of(), List.of(), List.of(),
                List.of()), "sleep", "1000"));
        assertTrue(failed.getMessage().contains("no such luck"), failed.getMessage());
        assertThrows(OciException.class, () -> runtime.state(ID));
    }

    @Test
    void aMissingProgramUndoesTheCreation() throws Exception {
        OciException failed = assertThrows(OciException.class, () -> create(Hooks.none(), "nothing"));
        assertTrue(failed.getMessage().contains("executable file not found in $PATH"),
                failed.getMessage());
        assertEquals(List.of(), runtime.list());
    }

    @Test
    void aPausedContainerStandsStill() throws Exception {
        create(Hooks.none(), "sleep", "1000");
        runtime.start(ID);
        runtime.pause(ID, true);
        assertEquals(ContainerStatus.PAUSED, status());
        assertThrows(OciException.class, () -> runtime.pause(ID, true));
        runtime.pause(ID, false);
        assertEquals(ContainerStatus.RUNNING, status());
        assertEquals(1, runtime.processes(ID).size());
    }
}
