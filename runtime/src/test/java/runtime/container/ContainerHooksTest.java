package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;

/** The hooks of devices, which are real processes, of containers that are none. */
@NeedsKernel
class ContainerHooksTest {
    @TempDir Path temporary;
    private Path log;
    private FakeHost host;
    private Containers containers;
    private final List<String> hooks = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        log = temporary.resolve("log");
        host = new FakeHost(temporary);
        host.world.numbersFrom((int) ProcessHandle.current().pid());
        containers = host.daemon();
    }

    private void hook(String point, String script) {
        hooks.add("{\"hookName\":\"" + point + "\",\"path\":\"/bin/sh\",\"args\":[\"sh\",\"-c\",\"" + script
                + "\"],\"env\":[\"PATH=/bin:/usr/bin\"]}");
    }

    /** A container with a device that has the hooks. */
    private String create(String more, String args) throws Exception {
        Files.createDirectories(temporary.resolve("cdi"));
        Files.writeString(temporary.resolve("cdi/a.json"), "{\"cdiVersion\":\"0.6.0\",\"kind\":\"v.com/x\","
                + "\"devices\":[{\"name\":\"y\",\"containerEdits\":{\"hooks\":["
                + String.join(",", hooks) + "]}}]}");
        return containers.create(Samples.options("{\"image\":\"i\",\"name\":\"web\",\"args\":[\"" + args
                + "\"],\"devices\":[{\"cdiName\":\"v.com/x=y\"}]" + more + "}")).id();
    }

    private String failure() {
        return assertThrows(Exception.class, () -> containers.start("web")).getMessage();
    }

    private List<String> log() throws Exception {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Test
    void thoseAfterTheStopRunAfterAStartThatFailed() throws Exception {
        hook("poststop", "cat > " + log + "; echo >> " + log + "; test -s config.json && echo bundle >> "
                + log);
        String id = create("", "missing");
        assertTrue(failure().contains("missing"));
        assertTrue(log().getFirst().contains("\"status\":\"stopped\""), log()::toString);
        assertEquals("bundle", log().getLast());
        assertEquals(ContainerState.CREATED, containers.get("web").state());
        assertFalse(Files.exists(containers.folders(id).run()));
        assertEquals(List.of(), host.journal);
    }

    @Test
    void thoseAfterTheStopRunAfterAnotherHookFailed() throws Exception {
        hook("createRuntime", "echo first >> " + log + "; echo no luck; exit 3");
        hook("createRuntime", "echo second >> " + log);
        hook("poststop", "echo stopped >> " + log + "; exit 4");
        hook("poststop", "echo stopped, too >> " + log);
        create("", "sleep");
        String told = failure();
        assertTrue(told.contains("createRuntime: hook /bin/sh ended with exit status 3; it printed: no luck"),
                told);
        assertEquals(List.of("first", "stopped", "stopped, too"), log());
        assertEquals(0, host.world.alive());
        assertTrue(host.journal.getFirst().contains("poststop: hook /bin/sh ended with exit status 4"));
    }

    @Test
    void anErrorInTheirThreadFailsTheStartAndKeepsNobodyWaiting() throws Exception {
        hook("createRuntime", "echo begun >> " + log);
        create("", "sleep");
        host.hooksFail = new OutOfMemoryError("none left");
        assertTrue(failure().contains("none left"));
        assertEquals(List.of(), log());
        assertEquals(0, host.world.alive());
        assertEquals(125, containers.get("web").startExitCode());
        host.hooksFail = null;
        host.world.numbersFrom((int) ProcessHandle.current().pid());
        containers.start("web");
        assertEquals(List.of("begun"), log());
        containers.kill("web", "9");
    }

    @Test
    void anErrorInTheirThreadRemovesOneThatIsToBeRemoved() throws Exception {
        hook("createRuntime", "true");
        create(",\"autoRemove\":true", "sleep");
        host.hooksFail = new StackOverflowError();
        failure();
        assertThrows(ContainerException.class, () -> containers.get("web"));
    }

    @Test
    void anErrorAfterTheStartIsToldAndChangesNothing() throws Exception {
        hook("poststart", "true");
        hook("poststop", "true");
        create("", "sleep");
        host.hooksFail = new OutOfMemoryError("none left");
        containers.start("web");
        assertEquals(ContainerState.RUNNING, containers.get("web").state());
        assertTrue(host.journal.getFirst().contains("none left"));
        containers.kill("web", "9");
        assertEquals(137, containers.ended("web").join().code());
        assertEquals(2, host.journal.size(), host.journal::toString);
    }

    @Test
    void whatOneInsidePrintsIsWrittenNowhere() throws Exception {
        hook("startContainer", "yes");
        create("", "sleep");
        host.shell("echo", "much");
        containers.start("web");
        assertEquals(List.of(Path.of("/dev/null")),
                host.execs.stream().map(PlanMaker.Exec::logFile).toList());
        containers.kill("web", "9");
    }
}
