package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.ContainerException.Reason;
import runtime.container.ContainerOptions.Limits;

/** Restart, pause, rename, update, restart policies, health: against a host without a kernel. */
class ContainerControlTest {
    private static final Limits NO_LIMITS = limits(0, 0, "");
    @TempDir Path temporary;
    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void open() throws IOException {
        host = new FakeHost(temporary);
        containers = host.daemon();
    }

    private static Limits limits(long memory, long nanoCpus, String cpus) {
        return new Limits(memory, 0, 0, OptionalInt.empty(), false, nanoCpus, 0, 0, 0, cpus, "",
                OptionalLong.empty(), 0, List.of(), List.of(), List.of());
    }

    private void create(String name, String args, String more) throws Exception {
        containers.create(Samples.options("{\"image\":\"i\",\"name\":\"" + name + "\",\"args\":"
                + args + more + "}"));
    }

    private ContainerState state(String name) throws ContainerException {
        return containers.get(name).state();
    }

    private void refused(Reason reason, Attempt attempt) {
        ContainerException failure = assertThrows(ContainerException.class, attempt::run);
        assertEquals(reason, failure.reason(), failure.getMessage());
    }

    private interface Attempt {
        void run() throws Exception;
    }

    @Test
    void aPausedOneStandsStillAndGoesOn() throws Exception {
        create("web", "[\"sleep\"]", "");
        refused(Reason.NOT_RUNNING, () -> containers.pause("web"));
        containers.start("web");
        refused(Reason.NOT_RUNNING, () -> containers.unpause("web"));
        containers.pause("web");
        assertEquals(ContainerState.PAUSED, state("web"));
        assertEquals(1, host.frozen.size());
        refused(Reason.NOT_RUNNING, () -> containers.pause("web"));
        refused(Reason.NOT_RUNNING, () -> containers.exec("web",
                new ExecOptions(List.of("sleep"), false, false, List.of(), "", "", false),
                TerminalSize.UNKNOWN));
        containers.unpause("web");
        assertEquals(ContainerState.RUNNING, state("web"));
        assertEquals(Set.of(), host.frozen);
    }

    @Test
    void aPausedOneCanBeStoppedKilledAndRemoved() throws Exception {
        for (String name : List.of("stop", "kill", "remove")) {
            create(name, "[\"sleep\"]", "");
            containers.start(name);
            containers.pause(name);
        }
        containers.stop("stop", OptionalInt.empty(), "");
        containers.kill("kill", "");
        containers.remove("remove", true);
        assertEquals(ContainerState.EXITED, state("stop"));
        assertEquals(ContainerState.EXITED, state("kill"));
        assertEquals(Set.of(), host.frozen, "nothing dies that stands still");
    }

    @Test
    void theNextDaemonEndsWhatWasHalfPausedOrHalfResumed() throws Exception {
        for (String name : List.of("paused", "half-paused", "half-resumed")) {
            create(name, "[\"sleep\"]", "");
            containers.start(name);
        }
        containers.pause("paused");
        containers.pause("half-resumed");
        host.frozen.remove(host.path(containers.get("half-resumed").id(), ""));
        host.frozen.add(host.path(containers.get("half-paused").id(), ""));
        containers = host.daemon();
        assertEquals(ContainerState.PAUSED, state("paused"));
        assertEquals(ContainerState.RUNNING, state("half-paused"));
        assertEquals(ContainerState.RUNNING, state("half-resumed"));
        assertEquals(Set.of(host.path(containers.get("paused").id(), "")), host.frozen);
    }

    @Test
    void aRestartGivesAnotherProcess() throws Exception {
        create("web", "[\"sleep\"]", "");
        int first = containers.restart("web", OptionalInt.empty(), "").run().orElseThrow().pid();
        int second = containers.restart("web", OptionalInt.empty(), "").run().orElseThrow().pid();
        assertNotEquals(first, second);
        assertEquals(ContainerState.RUNNING, state("web"));
        assertEquals(1, host.world.alive());
    }

    @Test
    void aNewNameTakesTheOldOnesPlace() throws Exception {
        create("web", "[\"sleep\"]", "");
        create("db", "[\"sleep\"]", "");
        refused(Reason.NAME_IN_USE, () -> containers.rename("web", "db"));
        refused(Reason.INVALID_OPTION, () -> containers.rename("web", ""));
        refused(Reason.INVALID_OPTION, () -> containers.rename("web", "web"));
        refused(Reason.INVALID_OPTION, () -> containers.rename("web", "../etc"));
        String id = containers.get("web").id();
        containers.rename("web", "front");
        refused(Reason.NOT_FOUND, () -> containers.get("web"));
        assertEquals(id, containers.get("front").id());
        create("web", "[\"sleep\"]", "");
        containers = host.daemon();
        assertEquals(id, containers.get("front").id());
    }

    @Test
    void limitsChangeOnDiskAndInTheKernel() throws Exception {
        create("web", "[\"sleep\"]", ",\"limits\":{\"memoryBytes\":67108864}");
        containers.update("web", limits(0, 500_000_000, ""), "always");
        assertEquals(0, host.limits.size(), "it does not run");
        containers.start("web");
        containers.update("web", limits(134217728, 0, ""), "");
        var changed = host.limits.values().iterator().next();
        assertEquals(OptionalLong.of(134217728), changed.memory().limit());
        assertEquals(OptionalLong.empty(), changed.cpu().quotaMicros(), "as it was");
        ContainerRecord record = containers.get("web");
        assertEquals(500_000_000, record.options().limits().nanoCpus());
        assertEquals(134217728, record.options().limits().memoryBytes());
        assertEquals("always", record.options().restart());
        refused(Reason.INVALID_OPTION, () -> containers.update("web", limits(1, 0, ""), ""));
        refused(Reason.INVALID_OPTION, () -> containers.update("web", NO_LIMITS, "sometimes"));
        assertEquals(record, containers.get("web"));
        containers = host.daemon();
        assertEquals(record, containers.get("web"));
    }

    @Test
    void whatTheHostCannotHonourChangesNothing() throws Exception {
        create("web", "[\"sleep\"]", "");
        containers.start("web");
        ContainerRecord before = containers.get("web");
        Limits pages = new Limits(0, 0, 0, OptionalInt.empty(), false, 0, 0, 0, 0, "", "",
                OptionalLong.empty(), 0, List.of(),
                List.of(new ContainerOptions.HugetlbLimit(2 << 20, 2 << 20)), List.of());
        refused(Reason.HOST_LACKS_FEATURE, () -> containers.update("web", pages, "always"));
        assertEquals(before, containers.get("web"));
    }

    @Test
    void aPolicyThatGoesNotWithTheRestIsRefused() {
        refused(Reason.INVALID_OPTION, () -> create("web", "[\"sleep\"]", ",\"restart\":\"maybe\""));
        refused(Reason.INVALID_OPTION, () -> create("web", "[\"sleep\"]",
                ",\"restart\":\"always\",\"autoRemove\":true"));
    }

    private void awaitRun(String name, int restarts) throws Exception {
        while (containers.get(name).restarts() < restarts
                || state(name) == ContainerState.RUNNING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void onFailureIsTriedAgainWithGrowingDelaysAndThenLeft() throws Exception {
        create("web", "[\"exit\",\"3\"]", ",\"restart\":\"on-failure:2\"");
        containers.start("web");
        assertEquals(Duration.ofMillis(100), host.waits.take());
        assertEquals(ContainerState.RESTARTING, state("web"));
        refused(Reason.RUNNING, () -> containers.remove("web", false));
        host.passes.release();
        assertEquals(Duration.ofMillis(200), host.waits.take());
        host.passes.release();
        awaitRun("web", 2);
        assertEquals(ContainerState.EXITED, state("web"));
        assertEquals(3, containers.ended("web").join().code());
        assertEquals(2, containers.get("web").restarts());
        containers.start("web");
        assertEquals(Duration.ofMillis(100), host.waits.take(), "begun by a user: counted anew");
        containers.remove("web", true);
        assertEquals(0, host.world.alive());
    }

    @Test
    void aClockThatJumpsDoesNotEndTheBackOff() throws Exception {
        create("web", "[\"exit\",\"3\"]", ",\"restart\":\"always\"");
        host.ahead = Duration.ofDays(-1);
        containers.start("web");
        assertEquals(Duration.ofMillis(100), host.waits.take());
        host.passes.release();
        assertEquals(Duration.ofMillis(200), host.waits.take(), "it did not run for a day");
        host.ahead = Duration.ofDays(1);
        host.passes.release();
        assertEquals(Duration.ofMillis(400), host.waits.take());
        containers.remove("web", true);
    }

    @Test
    void aStopWhileItWaitsEndsIt() throws Exception {
        create("web", "[\"exit\",\"0\"]", ",\"restart\":\"always\"");
        containers.start("web");
        host.waits.take();
        containers.stop("web", OptionalInt.empty(), "");
        assertEquals(ContainerState.EXITED, state("web"));
        host.passes.release();
        containers.close();
        assertEquals(0, host.world.alive());
        assertTrue(containers.get("web").stopRequested());
    }

    @Test
    void whatIsStoppedOrKilledStaysSo() throws Exception {
        create("web", "[\"sleep\"]", ",\"restart\":\"always\"");
        containers.start("web");
        containers.stop("web", OptionalInt.empty(), "");
        assertEquals(ContainerState.EXITED, state("web"));
        containers.start("web");
        assertFalse(containers.get("web").stopRequested());
        containers.kill("web", "");
        assertEquals(ContainerState.EXITED, state("web"));
        assertEquals(0, host.waits.size());
    }

    @Test
    void afterARebootItComesBackAsItsPolicySays() throws Exception {
        create("always", "[\"sleep\"]", ",\"restart\":\"always\"");
        create("stopped", "[\"sleep\"]", ",\"restart\":\"unless-stopped\"");
        create("plain", "[\"sleep\"]", "");
        for (String name : List.of("always", "stopped", "plain")) {
            containers.start(name);
        }
        containers.stop("stopped", OptionalInt.empty(), "");
        containers.close();
        host.world.reboot();
        containers = host.daemon();
        host.waits.take();
        host.passes.release();
        while (state("always") != ContainerState.RUNNING) {
            Thread.onSpinWait();
        }
        assertEquals(ContainerState.EXITED, state("stopped"));
        assertEquals(ContainerState.EXITED, state("plain"));
        assertEquals(0, host.waits.size());
    }

    @Test
    void aStartThatFailsIsTriedAgain() throws Exception {
        create("web", "[\"exit\",\"1\"]", ",\"restart\":\"always\"");
        containers.start("web");
        host.waits.take();
        host.networkFails = true;
        host.passes.release();
        assertEquals(Duration.ofMillis(200), host.waits.take());
        assertEquals(ContainerState.RESTARTING, state("web"));
        assertEquals("no address left", containers.get("web").startError());
        host.networkFails = false;
        host.passes.release();
        assertEquals(Duration.ofMillis(400), host.waits.take());
        assertEquals(2, containers.get("web").restarts());
        containers.remove("web", true);
    }

    @Test
    void onAFullDiskARestartWaitsAndIsNotCounted() throws Exception {
        create("web", "[\"exit\",\"1\"]", ",\"restart\":\"on-failure:1\"");
        host.full = "no room";
        containers.start("web");
        for (int look = 0; look < 3; look++) {
            host.waits.take();
            host.passes.release();
        }
        assertEquals(ContainerState.RESTARTING, state("web"));
        assertEquals(0, containers.get("web").restarts());
        host.waits.take();
        host.full = null;
        host.passes.release();
        while (state("web") != ContainerState.EXITED) {
            Thread.onSpinWait();
        }
        assertEquals(1, containers.get("web").restarts());
    }

    @Test
    void aStopEndsTheWaitForRoom() throws Exception {
        create("web", "[\"exit\",\"1\"]", ",\"restart\":\"always\"");
        host.full = "no room";
        containers.start("web");
        host.waits.take();
        host.passes.release();
        host.waits.take();
        containers.stop("web", OptionalInt.empty(), "");
        assertEquals(ContainerState.EXITED, state("web"));
        containers.remove("web", false);
    }

    private Health.Status afterProbe(String name, int count) throws Exception {
        host.waits.take();
        host.passes.release();
        while (containers.health(name).map(each -> each.log().size()).orElse(0) < count) {
            Thread.onSpinWait();
        }
        return containers.health(name).orElseThrow().status();
    }

    @Test
    void itsHealthIsWhatItsProbesSay() throws Exception {
        create("web", "[\"sleep\"]", ",\"health\":[{\"command\":\"x\",\"retries\":[2]}]");
        assertEquals(Optional.empty(), containers.health("web"));
        containers.start("web");
        assertEquals(Health.Status.STARTING, containers.health("web").orElseThrow().status());
        assertEquals(List.of("/bin/sh", "-c", "x"),
                containers.get("web").health().orElseThrow().test());
        host.shell("exit", "1");
        assertEquals(Health.Status.STARTING, afterProbe("web", 1));
        assertEquals(Health.Status.UNHEALTHY, afterProbe("web", 2));
        host.shell("echo", "fine");
        assertEquals(Health.Status.HEALTHY, afterProbe("web", 3));
        assertEquals("fine\n", containers.health("web").orElseThrow().log().getLast().output());
        containers.stop("web", OptionalInt.empty(), "");
        assertEquals(Optional.empty(), containers.health("web"));
    }

    /** What is noted is so before the next probe is waited for. */
    private void afterNote() throws InterruptedException {
        while (host.waits.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anotherDaemonKnowsItsHealth() throws Exception {
        create("web", "[\"sleep\"]", ",\"health\":[{\"command\":\"x\",\"retries\":[3]}]");
        containers.start("web");
        host.shell("exit", "0");
        assertEquals(Health.Status.HEALTHY, afterProbe("web", 1));
        host.shell("exit", "1");
        assertEquals(Health.Status.HEALTHY, afterProbe("web", 2));
        assertEquals(Health.Status.HEALTHY, afterProbe("web", 3));
        afterNote();
        containers.close();
        host.waits.clear();
        containers = host.daemon();
        Health known = containers.health("web").orElseThrow();
        assertEquals(Health.Status.HEALTHY, known.status());
        assertEquals(2, known.failingStreak());
        assertEquals(Health.Status.UNHEALTHY, afterProbe("web", 4));
        afterNote();
        containers.close();
        host.waits.clear();
        containers = host.daemon();
        assertEquals(Health.Status.UNHEALTHY, containers.health("web").orElseThrow().status());
        containers.stop("web", OptionalInt.empty(), "");
        containers.start("web");
        assertEquals(Health.Status.STARTING, containers.health("web").orElseThrow().status(),
                "another run");
    }
}
