package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.HealthOptions;
import api.node.PullPolicy;
import clusterd.executor.ContainersException.Kind;
import clusterd.model.TaskId;
import clusterd.template.TaskNames;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the executor relies on, whatever the daemon. */
abstract class TaskContainersContract {
    private static final long DEADLINE_SECONDS = 60;

    abstract TaskContainers containers();

    static CreateContainerRequest.Builder container(String task, String... args) {
        return CreateContainerRequest.newBuilder().setImage("host").setNetworkMode("none")
                .setName("web.1." + task).putLabels(TaskNames.TASK_LABEL, task).addAllArgs(List.of(args))
                .setStopTimeoutSeconds(1);
    }

    private String make(CreateContainerRequest.Builder request) throws Exception {
        containers().pull(request.build());
        return containers().create(request.build());
    }

    private ContainerSeen.State state(String id) throws Exception {
        return containers().look(id).orElseThrow().state();
    }

    @Test
    void aContainerIsMadeRunsAndEnds() throws Exception {
        String id = make(container("t1", "sh", "-c", "exit 3"));
        assertEquals(ContainerSeen.State.CREATED, state(id));
        containers().start(id);
        ContainerExit exit = containers().await(id);
        assertEquals(new ContainerExit(3, 0, false, false), exit);
        assertEquals("exit code 3", exit.words());
        assertEquals(ContainerSeen.State.ENDED, state(id));
    }

    @Test
    void aContainerIsFoundByItsTask() throws Exception {
        String one = make(container("t1", "sleep", "1000"));
        String other = make(container("t2", "sleep", "1000"));
        assertEquals(one, containers().find(new TaskId("t1")).orElseThrow().id());
        assertEquals(List.of(other, one), containers().list().stream().map(ContainerSeen::id).toList());
        assertEquals(Optional.empty(), containers().find(new TaskId("t3")));
        assertEquals(Optional.empty(), containers().look("0123456789ab"));
    }

    @Test
    void stopEndsItAndIsNoErrorAgain() throws Exception {
        String id = make(container("t1", "sh", "-c",
                "trap 'exit 4' TERM; while true; do sleep 0.05; done"));
        containers().start(id);
        containers().start(id);
        assertEquals(ContainerSeen.State.RUNNING, state(id));
        containers().stop(id);
        assertEquals(ContainerSeen.State.ENDED, state(id));
        assertFalse(containers().await(id).unknown());
        containers().stop(id);
        assertEquals(ContainerSeen.State.ENDED, state(id));
    }

    @Test
    void killSaysWhetherSomethingRan() throws Exception {
        String id = make(container("t1", "sleep", "1000"));
        assertFalse(containers().kill(id));
        containers().start(id);
        assertTrue(containers().kill(id));
        ContainerExit exit = containers().await(id);
        assertEquals(new ContainerExit(137, 9, false, false), exit);
        assertEquals("killed by signal 9", exit.words());
        assertFalse(containers().kill(id));
        assertFalse(containers().kill("0123456789ab"));
    }

    @Test
    void whatEndedIsStartedAgain() throws Exception {
        String id = make(container("t1", "sleep", "1000"));
        containers().start(id);
        containers().kill(id);
        containers().await(id);
        containers().start(id);
        assertEquals(ContainerSeen.State.RUNNING, state(id));
        assertEquals(id, containers().find(new TaskId("t1")).orElseThrow().id());
    }

    @Test
    void whatIsRemovedIsGone() throws Exception {
        String id = make(container("t1", "sleep", "1000"));
        containers().start(id);
        containers().remove(id);
        containers().remove(id);
        assertEquals(Optional.empty(), containers().look(id));
        assertEquals(List.of(), containers().list());
        assertEquals(Kind.GONE, assertThrows(ContainersException.class, () -> containers().await(id)).kind());
        assertEquals(Kind.GONE, assertThrows(ContainersException.class, () -> containers().start(id)).kind());
    }

    @Test
    void aNameIsTakenOnce() throws Exception {
        make(container("t1", "sleep", "1000"));
        ContainersException taken = assertThrows(ContainersException.class,
                () -> make(container("t1", "sleep", "1000")));
        assertEquals(Kind.NAME_TAKEN, taken.kind());
        assertTrue(taken.getMessage().contains("web.1.t1"), taken.getMessage());
    }

    @Test
    void anImageThatIsNotHereIsRefused() {
        CreateContainerRequest.Builder never = container("t1", "true").setImage("missing:1")
                .setPullPolicy(PullPolicy.NEVER);
        assertEquals(Kind.REFUSED, assertThrows(ContainersException.class, () -> make(never)).kind());
    }

    @Test
    void aRegistryThatDoesNotAnswerMayDoSoLater() {
        CreateContainerRequest.Builder request = container("t1", "true").setImage("localhost:1/a:1");
        ContainersException failed = assertThrows(ContainersException.class,
                () -> containers().pull(request.build()));
        assertEquals(Kind.PASSING, failed.kind(), failed.getMessage());
    }

    @Test
    void aWatcherIsToldOfEndsAndRemovals() throws Exception {
        BlockingQueue<Optional<TaskId>> told = new LinkedBlockingQueue<>();
        try (TaskContainers.Watch _ = containers().watch(told::add)) {
            assertEquals(Optional.empty(), told.poll(DEADLINE_SECONDS, TimeUnit.SECONDS));
            String id = make(container("t1", "sleep", "1000"));
            containers().start(id);
            containers().kill(id);
            containers().await(id);
            awaitTold(told, () -> state(id) == ContainerSeen.State.ENDED);
            told.clear();
            containers().remove(id);
            awaitTold(told, () -> containers().look(id).isEmpty());
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Told of it at least once, and then it is so. */
    private static void awaitTold(BlockingQueue<Optional<TaskId>> told, Condition condition) throws Exception {
        boolean holds = false;
        while (!holds) {
            Optional<TaskId> task = told.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertEquals(Optional.of(new TaskId("t1")), task);
            holds = condition.holds();
        }
        assertTrue(holds);
    }

    @Test
    void healthIsSeen() throws Exception {
        BlockingQueue<Optional<TaskId>> told = new LinkedBlockingQueue<>();
        try (TaskContainers.Watch _ = containers().watch(told::add)) {
            told.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            String id = make(container("t1", "sleep", "1000").setHealth(HealthOptions.newBuilder()
                    .setCommand("exit 0").setIntervalNanos(1_000_000)));
            containers().start(id);
            awaitTold(told, () -> containers().look(id).orElseThrow().health()
                    == ContainerSeen.Health.HEALTHY);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndNotTheContainer() throws Exception {
        String id = make(container("t1", "sleep", "1000"));
        containers().start(id);
        CompletableFuture<ContainerExit> waited = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                waited.complete(containers().await(id));
            } catch (ContainersException | InterruptedException ended) {
                waited.completeExceptionally(ended);
            }
        });
        waiting.interrupt();
        ExecutionException ended = assertThrows(ExecutionException.class,
                () -> waited.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, ended.getCause().getClass());
        assertEquals(ContainerSeen.State.RUNNING, state(id));
    }
}
