package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.HealthOptions;
import api.node.PortRequest;
import api.node.RegistryAuth;
import clusterd.executor.ContainersException.Kind;
import clusterd.model.Desire;
import clusterd.model.RestartPolicy;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.session.Assignment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks from their assignment to their removal, and what may go wrong on the way. */
class TaskRunnersTest {
    @TempDir Path folder;
    private final FakeContainers containers = new FakeContainers();
    private Agent agent;

    @BeforeEach
    void begin() throws Exception {
        agent = new Agent(folder, containers);
    }

    @AfterEach
    void end() {
        agent.close();
    }

    private static HealthOptions.Builder check(String command) {
        return HealthOptions.newBuilder().setCommand(command);
    }

    private long calls(String call) {
        return containers.calls().stream().filter(call::equals).count();
    }

    @Test
    void aTaskRunsAndReportsEachStateOnce() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        TaskStatus running = agent.await("t1", TaskState.RUNNING);
        assertEquals(64, running.containerId().length());
        containers.end("t1", ContainerExit.of(0));
        TaskStatus complete = agent.await("t1", TaskState.COMPLETE);
        assertEquals(OptionalInt.of(0), complete.exitCode());
        assertEquals(List.of(TaskState.PREPARING, TaskState.READY, TaskState.STARTING, TaskState.RUNNING,
                TaskState.COMPLETE), agent.states("t1"));
        assertEquals(List.of(complete),
                agent.runners().reports().stream().map(each -> each.status()).toList());
    }

    @Test
    void theEndSaysHow() throws Exception {
        agent.assign(Agent.task("t1", Agent.options("sh", "-c", "exit 3")), Agent.task("t2", Agent.sleep()),
                Agent.task("t3", Agent.sleep()));
        TaskStatus failed = agent.await("t1", TaskState.FAILED);
        assertEquals("exit code 3", failed.message());
        assertEquals(OptionalInt.of(3), failed.exitCode());
        agent.await("t2", TaskState.RUNNING);
        containers.end("t2", new ContainerExit(137, 9, true, false));
        assertEquals("out of memory", agent.await("t2", TaskState.FAILED).message());
        agent.await("t3", TaskState.RUNNING);
        containers.end("t3", new ContainerExit(139, 11, false, false));
        assertEquals("killed by signal 11", agent.await("t3", TaskState.FAILED).message());
    }

    @Test
    void aTaskThatFailsToPullSaysSoAndTriesAgain() throws Exception {
        containers.failNext("pull", false, Kind.PASSING, "registry r: no route to host");
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(List.of("", "try 1: registry r: no route to host; next try in 1 s"),
                agent.reports().stream().filter(each -> each.status().state() == TaskState.PREPARING)
                        .map(each -> each.status().message()).toList());
        assertEquals(2, calls("pull host"));
    }

    @Test
    void anImageThatDoesNotExistIsRejected() throws Exception {
        agent.assign(Agent.task("t1", "missing:1", Agent.sleep()));
        assertEquals("there is no image missing:1", agent.await("t1", TaskState.REJECTED).message());
        assertEquals(0, containers.count());
    }

    @Test
    void aTaskThatMustWaitIsMadeAndNotStarted() throws Exception {
        Assignment task = Agent.task("t1", Agent.sleep());
        agent.assign(task.with(Desire.READY));
        agent.await("t1", TaskState.READY);
        assertEquals(ContainerSeen.State.CREATED, containers.state("t1"));
        agent.assign(task);
        agent.await("t1", TaskState.RUNNING);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void aTaskWithAHealthCheckRunsOnceItIsHealthy() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep().setHealth(check("later"))));
        agent.await("t1", TaskState.STARTING);
        agent.await("the start", () -> containers.state("t1") == ContainerSeen.State.RUNNING);
        assertFalse(agent.states("t1").contains(TaskState.RUNNING));
        containers.health("t1", ContainerSeen.Health.HEALTHY);
        agent.await("t1", TaskState.RUNNING);
        containers.health("t1", ContainerSeen.Health.UNHEALTHY);
        assertEquals("unhealthy", agent.await("t1", TaskState.FAILED).message());
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
    }

    @Test
    void shutdownIsGracefulAndTheContainerStays() throws Exception {
        Assignment task = Agent.task("t1", Agent.options("sh", "-c", "trap 'exit 4' TERM; sleep 1000"));
        agent.assign(task);
        agent.await("t1", TaskState.RUNNING);
        agent.assign(task.with(Desire.SHUTDOWN));
        TaskStatus shutdown = agent.await("t1", TaskState.SHUTDOWN);
        assertEquals(OptionalInt.of(4), shutdown.exitCode());
        assertEquals(0, calls("kill t1"));
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
    }

    @Test
    void whatIsRemovedLeavesNothing() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()).with(List.of(Agent.config("c", "x"),
                Agent.secret("s", "y"))));
        agent.await("t1", TaskState.RUNNING);
        agent.remove("t1");
        agent.await("forgotten", () -> agent.runners().reports().isEmpty());
        assertEquals(TaskState.SHUTDOWN, agent.states("t1").getLast());
        assertEquals(1, calls("stop t1"));
        assertEquals(0, containers.count());
        assertEquals(List.of(), Found.filesBelow(folder));
    }

    @Test
    void anotherAgentTakesUpTheSameContainers() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()), Agent.task("t2", Agent.sleep()),
                Agent.task("t3", Agent.sleep()).with(Desire.READY));
        agent.await("t1", TaskState.RUNNING);
        agent.await("t2", TaskState.RUNNING);
        agent.await("t3", TaskState.READY);
        agent.end();
        containers.end("t2", ContainerExit.of(7));
        agent.restart(false);
        agent.await("t1", TaskState.RUNNING);
        assertEquals("exit code 7", agent.await("t2", TaskState.FAILED).message());
        agent.await("the third", () -> agent.runners().reports().getLast().status().state() == TaskState.READY);
        assertEquals(1, containers.starts("t1"));
        assertEquals(List.of(TaskState.RUNNING), agent.states("t1"));
        assertEquals(3, containers.count());
    }

    @Test
    void anEndIsKnownToTheNextAgent() throws Exception {
        Assignment task = Agent.unique(Agent.task("t1", Agent.sleep()));
        agent.assign(task);
        TaskStatus running = agent.await("t1", TaskState.RUNNING);
        agent.runners().fence();
        agent.await("t1", TaskState.SHUTDOWN);
        agent.end();
        agent.restart(true);
        TaskStatus known = agent.runners().reports().getFirst().status();
        assertEquals(TaskState.SHUTDOWN, known.state());
        assertEquals("the node's lease was over", known.message());
        assertEquals(running.containerId(), known.containerId());
    }

    @Test
    void withoutAManagerATaskThatEndsIsStartedAgainInItsContainer() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        TaskStatus running = agent.await("t1", TaskState.RUNNING);
        agent.runners().cutOff(true);
        for (int starts = 2; starts <= 4; starts++) {
            containers.end("t1", ContainerExit.of(1));
            int wanted = starts;
            agent.await("start " + starts, () -> containers.starts("t1") == wanted);
        }
        TaskStatus now = agent.runners().reports().getFirst().status();
        assertEquals(TaskState.RUNNING, now.state());
        assertEquals(running.containerId(), now.containerId());
        assertEquals("started again here, since no manager can be asked; before: exit code 1", now.message());
        agent.runners().cutOff(false);
        containers.end("t1", ContainerExit.of(1));
        agent.await("t1", TaskState.FAILED);
        assertEquals(4, containers.starts("t1"));
    }

    @Test
    void withoutAManagerAStartThatFailsIsTriedAgain() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        agent.runners().cutOff(true);
        containers.failNext("start", false, Kind.FAILED, "mount failed");
        containers.failNext("start", false, Kind.FAILED, "mount failed");
        containers.end("t1", ContainerExit.of(1));
        agent.await("the second start", () -> containers.starts("t1") == 2);
        assertFalse(agent.states("t1").contains(TaskState.FAILED));
    }

    @Test
    void aJobThatIsDoneIsNotStartedAgain() throws Exception {
        agent.runners().cutOff(true);
        agent.assign(Agent.restarted(Agent.task("t1", Agent.options("sh", "-c", "exit 0")),
                new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 0, 0, 0)));
        agent.await("t1", TaskState.COMPLETE);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void aManagerThatIsBackIsAskedBeforeTheDelayIsOver() throws Exception {
        agent.assign(Agent.restarted(Agent.task("t1", Agent.sleep()),
                new RestartPolicy(RestartPolicy.Condition.ANY, 3_600_000, 0, 0)));
        agent.await("t1", TaskState.RUNNING);
        agent.runners().cutOff(true);
        containers.end("t1", ContainerExit.of(1));
        agent.await("it waits", () -> agent.reports().getLast().status().message().startsWith("started again"));
        agent.runners().cutOff(false);
        agent.await("t1", TaskState.FAILED);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void afterARebootTheSameContainersAreStartedAgain() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()).with(List.of(Agent.config("c", "x"))),
                Agent.restarted(Agent.task("t2", Agent.options("sh", "-c", "exit 0")),
                        new RestartPolicy(RestartPolicy.Condition.NONE, 0, 0, 0)));
        TaskStatus running = agent.await("t1", TaskState.RUNNING);
        agent.await("t2", TaskState.COMPLETE);
        agent.rebooted();
        containers.reboot();
        agent.restart(true);
        agent.await("the second start", () -> containers.starts("t1") == 2);
        agent.await("it runs", () -> agent.states("t1").stream()
                .filter(TaskState.RUNNING::equals).count() == 2);
        assertEquals(running.containerId(), agent.runners().reports().getFirst().status().containerId());
        assertEquals(1, containers.starts("t2"));
        assertEquals(List.of("0"), Found.filesBelow(folder.resolve("run")));
    }

    @Test
    void afterARebootSecretsAreWaitedFor() throws Exception {
        Assignment task = Agent.task("t1", Agent.sleep()).with(List.of(Agent.secret("s", "y")));
        agent.assign(task);
        agent.await("t1", TaskState.RUNNING);
        agent.rebooted();
        containers.reboot();
        agent.restart(true);
        agent.await("it says so", () -> agent.runners().reports().getFirst().status().message()
                .equals(TaskStep.WAITS_FOR_SECRETS));
        assertEquals(1, containers.starts("t1"));
        agent.assign(task);
        agent.await("the second start", () -> containers.starts("t1") == 2);
    }

    @Test
    void aUniqueTaskIsNotStartedAgainWithoutAManager() throws Exception {
        Assignment task = Agent.unique(Agent.task("t1", Agent.sleep()));
        agent.assign(task);
        agent.await("t1", TaskState.RUNNING);
        agent.rebooted();
        containers.reboot();
        agent.restart(true);
        agent.await("it says so", () -> agent.runners().reports().getFirst().status().message()
                .equals(TaskStep.WAITS_FOR_LEASE));
        agent.runners().cutOff(false);
        assertEquals(1, containers.starts("t1"));
        agent.assign(task);
        agent.await("the second start", () -> containers.starts("t1") == 2);
        agent.runners().cutOff(true);
        containers.end("t1", ContainerExit.of(1));
        agent.await("t1", TaskState.FAILED);
        assertEquals(2, containers.starts("t1"));
    }

    @Test
    void withoutAManagerAPortThatIsTakenIsWaitedFor() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        agent.runners().cutOff(true);
        containers.failNext("start", false, Kind.REFUSED, "port 80 is taken");
        containers.end("t1", ContainerExit.of(1));
        agent.await("the second start", () -> containers.starts("t1") == 2);
        assertFalse(agent.states("t1").contains(TaskState.REJECTED));
    }

    @Test
    void aContainerThatVanishedBetweenAgentsIsAFailure() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        agent.end();
        containers.remove(id);
        agent.restart(true);
        assertEquals(TaskStep.REMOVED, agent.await("t1", TaskState.FAILED).message());
        assertEquals(0, containers.count());
    }

    @Test
    void anotherContainerWithTheTasksLabelIsNotTakenForIt() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        String id = agent.await("t1", TaskState.RUNNING).containerId();
        agent.end();
        containers.create(TaskContainersContract.container("t1", "sleep", "1").setName("false").build());
        agent.restart(true);
        assertEquals(id, agent.await("t1", TaskState.RUNNING).containerId());
    }

    @Test
    void anEndNobodySawUnderTheSameKernelIsAFailure() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        containers.end("t1", new ContainerExit(255, 0, false, true));
        TaskStatus failed = agent.await("t1", TaskState.FAILED);
        assertTrue(failed.message().startsWith("how it ended is unknown"), failed.message());
        assertEquals(OptionalInt.empty(), failed.exitCode());
    }

    @Test
    void theFenceKillsUniqueTasksAlone() throws Exception {
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())), Agent.task("t2", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        agent.await("t2", TaskState.RUNNING);
        agent.runners().cutOff(true);
        agent.runners().fence();
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
        assertEquals("the node's lease was over", agent.await("t1", TaskState.SHUTDOWN).message());
        assertEquals(ContainerSeen.State.RUNNING, containers.state("t2"));
        assertEquals(1, containers.starts("t1"));
    }

    /** Also when it was the keeper that did it, while nobody of the agent could: not a failure, and nothing to retry. */
    @Test
    void whatTheLeaseHasEndedIsSaidAndNotStartedAgain() throws Exception {
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.await("t1", TaskState.RUNNING);
        agent.end();
        containers.end("t1", new ContainerExit(137, 9, false, false, "its lease ended: no manager was heard for 2 s"));
        agent.restart(true);
        TaskStatus ended = agent.await("t1", TaskState.SHUTDOWN);
        assertEquals("its lease ended: no manager was heard for 2 s", ended.message());
        assertEquals(OptionalInt.of(137), ended.exitCode());
        agent.runners().cutOff(false);
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.assign(Agent.unique(Agent.task("t2", Agent.sleep())));
        agent.await("t2", TaskState.RUNNING);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void theFenceWaitsForAStartThatIsUnderWay() throws Exception {
        CountDownLatch gate = containers.hold("start");
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.await("the start", () -> calls("start t1") == 1);
        Thread fence = Thread.ofVirtual().start(agent.runners()::fence);
        agent.await("a kill in vain", () -> calls("kill t1") == 1);
        gate.countDown();
        fence.join();
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
        agent.await("t1", TaskState.SHUTDOWN);
    }

    @Test
    void aKillThatFailsIsTriedAgain() throws Exception {
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.await("t1", TaskState.RUNNING);
        containers.failNext("kill", false, Kind.UNANSWERED, "the daemon is away");
        agent.runners().fence();
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
    }

    @Test
    void theFenceKnowsWhatTheAgentBeforeLeftRunning() throws Exception {
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.await("t1", TaskState.RUNNING);
        agent.end();
        agent.restart(true);
        agent.runners().fence();
        assertEquals(ContainerSeen.State.ENDED, containers.state("t1"));
        agent.await("t1", TaskState.SHUTDOWN);
    }

    @Test
    void theFenceEndsAPullForGood() throws Exception {
        containers.hold("pull");
        agent.assign(Agent.unique(Agent.task("t1", Agent.sleep())));
        agent.await("the pull", () -> calls("pull host") == 1);
        agent.runners().fence();
        agent.await("t1", TaskState.SHUTDOWN);
        assertEquals(0, containers.count());
    }

    @Test
    void aContainerSomebodyRemovesIsAFailure() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        containers.removedByAUser("t1");
        assertEquals(TaskStep.REMOVED, agent.await("t1", TaskState.FAILED).message());
    }

    @Test
    void aContainerMadeWithoutAnAnswerIsTakenUp() throws Exception {
        containers.failNext("create", true, Kind.UNANSWERED, "the connection broke");
        containers.failNext("start", true, Kind.UNANSWERED, "the connection broke");
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(1, containers.count());
        assertEquals(1, containers.starts("t1"));
        assertEquals(1, calls("create t1"));
        assertEquals(2, agent.journal().size(), agent.journal().toString());
    }

    @Test
    void aDaemonThatFailsInTheMiddleIsAskedAgain() throws Exception {
        containers.failNext("find", false, Kind.UNANSWERED, "the daemon is away");
        containers.failNext("look", false, Kind.FAILED, "a mistake");
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        containers.failNext("stop", false, Kind.FAILED, "it does not die");
        containers.failNext("remove", false, Kind.FAILED, "busy");
        agent.remove("t1");
        agent.await("forgotten", () -> agent.runners().reports().isEmpty());
        assertEquals(0, containers.count());
    }

    @Test
    void aStartThatFailsIsTheEnd() throws Exception {
        containers.failNext("start", false, Kind.FAILED, "mount failed");
        agent.assign(Agent.task("t1", Agent.sleep()));
        assertEquals("mount failed", agent.await("t1", TaskState.FAILED).message());
    }

    @Test
    void anAssignmentRemovedWhilePullingEndsThePull() throws Exception {
        containers.hold("pull");
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("the pull", () -> calls("pull host") == 1);
        agent.remove("t1");
        agent.await("forgotten", () -> agent.runners().reports().isEmpty());
        assertEquals(List.of(TaskState.PREPARING, TaskState.SHUTDOWN), agent.states("t1"));
        assertEquals(List.of(), Found.filesBelow(agent.tasksFolder()));
    }

    @Test
    void theSameAssignmentTwiceChangesNothing() throws Exception {
        Assignment task = Agent.task("t1", Agent.sleep());
        agent.assignWhole(task);
        agent.await("t1", TaskState.RUNNING);
        int said = agent.reports().size();
        agent.assignWhole(task);
        agent.assign(task);
        containers.end("t1", ContainerExit.of(0));
        agent.await("t1", TaskState.COMPLETE);
        agent.assign(task);
        assertEquals(said + 1, agent.reports().size());
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void anOlderDesireIsDropped() throws Exception {
        Assignment task = Agent.task("t1", Agent.sleep());
        agent.assign(task.with(Desire.SHUTDOWN));
        agent.await("t1", TaskState.SHUTDOWN);
        agent.assign(task);
        agent.assign(task.with(Desire.READY));
        agent.assign(Agent.task("t2", Agent.sleep()));
        agent.await("t2", TaskState.RUNNING);
        assertEquals(List.of(TaskState.SHUTDOWN), agent.states("t1"));
        assertEquals(1, containers.count());
    }

    @Test
    void anAgentThatEndsWhilePullingLeavesTheTaskToTheNext() throws Exception {
        CountDownLatch gate = containers.hold("pull");
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("the pull", () -> calls("pull host") == 1);
        agent.end();
        assertEquals(0, containers.count());
        gate.countDown();
        agent.restart(true);
        agent.await("t1", TaskState.RUNNING);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void theSecondTaskOnAPortIsRejected() throws Exception {
        PortRequest port = PortRequest.newBuilder().setFirstHostPort(8080).setLastHostPort(8080)
                .setContainerPort(80).build();
        agent.assign(Agent.task("t1", Agent.sleep().addPorts(port)));
        agent.await("t1", TaskState.RUNNING);
        agent.assign(Agent.task("t2", Agent.sleep().addPorts(port)));
        assertEquals("port 8080 is taken", agent.await("t2", TaskState.REJECTED).message());
        assertEquals(ContainerSeen.State.RUNNING, containers.state("t1"));
    }

    @Test
    void twoHundredTasksAtOnceAllRun() throws Exception {
        agent.assignWhole(IntStream.range(0, 200).mapToObj(i -> Agent.task("t" + i, Agent.sleep()))
                .toArray(Assignment[]::new));
        agent.await("all run", () -> agent.runners().reports().stream()
                .filter(each -> each.status().state() == TaskState.RUNNING).count() == 200);
        assertEquals(200, containers.count());
        // Told of a moment after a reader may see it.
        agent.await("all is told", () -> agent.reports().size() >= 800);
        assertEquals(800, agent.reports().size());
        agent.assignWhole();
        agent.await("none is left", () -> agent.runners().reports().isEmpty());
        assertEquals(0, containers.count());
    }

    @Test
    void strangersAreRemovedOnceAManagerHasSaidAll() throws Exception {
        containers.create(TaskContainersContract.container("old", "sleep", "1000").build());
        agent.assign(Agent.task("t1", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(2, containers.count());
        agent.assignWhole(Agent.task("t1", Agent.sleep()));
        agent.await("it goes", () -> containers.count() == 1);
        assertEquals(ContainerSeen.State.RUNNING, containers.state("t1"));
    }

    @Test
    void aDamagedFileIsToldOfAndTheOthersGoOn() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()), Agent.task("t2", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        agent.await("t2", TaskState.RUNNING);
        agent.end();
        Path file = agent.tasksFolder().resolve("t1.task");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        agent.restart(true);
        agent.await("t2", TaskState.RUNNING);
        assertEquals(1, agent.journal().size());
        assertTrue(agent.journal().getFirst().contains("t1.task"), agent.journal().toString());
        assertEquals(2, containers.count());
        agent.assignWhole(Agent.task("t1", Agent.sleep()), Agent.task("t2", Agent.sleep()));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(1, containers.starts("t1"));
    }

    @Test
    void secretsAreOnNoDisk() throws Exception {
        agent.assign(Agent.task("t1", Agent.sleep()).with(List.of(Agent.secret("key", "wYx-secret"),
                Agent.config("conf", "aBc-config"))));
        agent.await("t1", TaskState.RUNNING);
        List<Path> mounted = containers.request("t1").getMountsList().stream()
                .map(mount -> Path.of(mount.getSource())).toList();
        assertEquals("tmpfs", Files.getFileStore(mounted.getFirst()).type());
        assertEquals("r--------", Found.mode(mounted.getFirst()));
        assertEquals("wYx-secret", Files.readString(mounted.getFirst()));
        assertEquals("aBc-config", Files.readString(mounted.getLast()));
        assertTrue(containers.request("t1").getMountsList().stream().allMatch(mount -> mount.getReadOnly()));
        assertFalse(Found.bytesBelow(folder, "wYx-secret"));
        assertTrue(Found.bytesBelow(folder, "aBc-config"));
        agent.remove("t1");
        agent.await("forgotten", () -> agent.runners().reports().isEmpty());
        assertFalse(Files.exists(mounted.getFirst().getParent()));
    }

    private static Assignment locked(String id, String password) {
        return Agent.task(id, "r.example/locked", Agent.sleep().setAuth(RegistryAuth.newBuilder()
                .setRegistry("r.example").setUsername("me").setPassword(password)));
    }

    @Test
    void theLoginOfARegistryIsOnNoDisk() throws Exception {
        agent.assign(locked("t1", "wYx-password"));
        agent.await("t1", TaskState.RUNNING);
        assertEquals("wYx-password", containers.request("t1").getAuth().getPassword());
        assertFalse(Found.bytesBelow(folder, "wYx-password"));
        assertTrue(Found.bytesBelow(folder, "r.example"));
    }

    @Test
    void anAgentThatStartsAgainBeforeTheImageIsHereWaitsForTheLogin() throws Exception {
        Assignment task = locked("t1", "wYx-password");
        agent.runners().close();
        AssignmentStore.open(agent.tasksFolder()).save(new StoredTask(task, TaskStatus.pending(1, ""), "boot-1"));
        agent.restart(false);
        agent.await("it says so", () -> agent.runners().reports().getFirst().status().message()
                .contains("the registry wants a login"));
        agent.assign(task);
        agent.await("t1", TaskState.RUNNING);
        assertFalse(agent.states("t1").contains(TaskState.REJECTED), agent.states("t1").toString());
    }

    @Test
    void aLoginThatAManagerGaveAndTheRegistryRefusesEndsTheTask() throws Exception {
        agent.assign(locked("t1", ""));
        agent.await("t1", TaskState.REJECTED);
    }

    @Test
    void templatesAreExpanded() throws Exception {
        Assignment task = Agent.task("t1", Agent.sleep().addEnv("WHO={{.Task.Name}} on {{ .Node.Hostname }}")
                .setHostname("{{.Service.Name}}-{{.Task.Slot}}").putLabels("tier", "front"));
        agent.assign(task, Agent.task("t2", Agent.sleep().addEnv("X={{.Task.Colour}}")));
        agent.await("t1", TaskState.RUNNING);
        assertEquals(List.of("WHO=web.1.t1 on host-1"), containers.request("t1").getEnvList());
        assertEquals("web-1", containers.request("t1").getHostname());
        assertEquals("web.1.t1", containers.request("t1").getName());
        assertEquals(Map.of("tier", "front", "jctl.task.id", "t1", "jctl.service.id", "s1",
                "jctl.service.name", "web", "jctl.task.slot", "1"), containers.request("t1").getLabelsMap());
        TaskStatus rejected = agent.await("t2", TaskState.REJECTED);
        assertTrue(rejected.message().contains("{{.Task.Colour}} is unknown"), rejected.message());
    }
}
