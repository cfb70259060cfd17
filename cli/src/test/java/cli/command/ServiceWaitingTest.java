package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.InspectServiceRequest;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.Mode;
import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.Task;
import api.cluster.TaskState;
import api.cluster.TaskStatus;
import api.cluster.TaskView;
import api.cluster.UpdateServiceRequest;
import api.cluster.UpdateStatus;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;

/** Commands that wait until a service is as wanted. */
class ServiceWaitingTest extends ClusterFixture {
    private static final int SIGINT = 2;

    private static ServiceView.Builder view(long version, int running, int wanted) {
        return ServiceView.newBuilder().setRunning(running).setWanted(wanted).setService(Service.newBuilder()
                .setId("id1").setVersion(version).setSpec(ServiceSpec.newBuilder().setName("web").setMode(
                        Mode.newBuilder().setReplicated(Mode.Replicated.newBuilder().setReplicas(wanted)))));
    }

    private static ServiceView phase(ServiceView.Builder view, UpdateStatus.Phase phase, String message) {
        return view.setService(view.getService().toBuilder().setUpdate(UpdateStatus.newBuilder()
                .setPhase(phase).setStartedMillis(7).setMessage(message))).build();
    }

    private int create(String... more) {
        String[] words = new String[more.length + 5];
        System.arraycopy(new String[] {"service", "create", "--name", "web"}, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        words[words.length - 1] = "nginx";
        return console.run(words);
    }

    @Test
    void itEndsWhenAsManyRunAsAreWanted() {
        cluster.answer(ServiceView.class, List.of(view(1, 0, 3).build(), view(1, 1, 3).build(),
                view(1, 3, 3).build(), (Runnable) () -> { }));
        assertEquals(0, create("--replicas", "3"));
        assertEquals("id1\n", console.out());
        assertEquals("verify: Service web converged\n", console.err());
        assertEquals("id1", cluster.all(InspectServiceRequest.class).getFirst().getName());
    }

    @Test
    void nobodyWaitsWithDetach() {
        assertEquals(0, create("-d"));
        assertEquals("id1\n", console.out());
        assertEquals(List.of(), cluster.all(InspectServiceRequest.class));
    }

    @Test
    void quietlyNothingIsSaidButTheId() {
        cluster.answer(ServiceView.class, List.of(view(1, 0, 1).build(), view(1, 1, 1).build()));
        assertEquals(0, create("-q"));
        assertEquals("id1\n", console.out());
        assertEquals("", console.err());
        assertEquals(List.of(), cluster.all(ListTasksRequest.class));
    }

    @Test
    void aTaskThatIsRejectedSaysWhyOnce() {
        TaskView rejected = task("t2", 2, TaskState.TASK_REJECTED, "no such image: nginx");
        cluster.answer(ListTasksRequest.class, ListTasksResponse.newBuilder()
                .addTasks(task("t1", 1, TaskState.TASK_REJECTED, "no such image: ngin")).addTasks(rejected)
                .build());
        cluster.answer(ServiceView.class, List.of(view(1, 0, 1).build(), view(1, 0, 1).build(),
                view(1, 1, 1).build()));
        assertEquals(0, create());
        assertEquals("web.1 on b rejected: no such image: nginx\nverify: Service web converged\n", console.err());
    }

    private static TaskView task(String id, long createdMillis, TaskState state, String message) {
        return TaskView.newBuilder().setName("web.1").setServiceName("web").setNodeName("b").setTask(
                Task.newBuilder().setId(id).setSlot(1).setCreatedMillis(createdMillis).setStatus(
                        TaskStatus.newBuilder().setState(state).setMessage(message))).build();
    }

    @Test
    void anUpdateThatPausesFails() {
        cluster.answer(InspectServiceRequest.class, view(4, 3, 3).build());
        cluster.answer(ServiceView.class, List.of(view(4, 3, 3).build(),
                phase(view(5, 2, 3), UpdateStatus.Phase.UPDATING, ""),
                phase(view(6, 2, 3), UpdateStatus.Phase.PAUSED, "web.2 failed"), (Runnable) () -> { }));
        assertEquals(1, console.run("service", "update", "--image", "nginx:2", "web"));
        assertEquals("web\n", console.out());
        assertEquals("jctl: service update paused: web.2 failed: `jctl why web` and `jctl service ps web` say"
                + " more\n", console.err());
        assertEquals(4, cluster.all(UpdateServiceRequest.class).getFirst().getExpectedVersion());
    }

    @Test
    void anUpdateThatIsTakenBackFailsButARollbackDoesNot() {
        cluster.answer(InspectServiceRequest.class, view(4, 3, 3).build());
        cluster.answer(ServiceView.class,
                List.of(phase(view(6, 3, 3), UpdateStatus.Phase.ROLLED_BACK, "too many failures")));
        assertEquals(1, console.run("service", "update", "--force", "web"));
        assertTrue(console.err().startsWith("jctl: service rolled back: too many failures"), console.err());
        assertEquals(0, console.run("service", "rollback", "web"));
        assertEquals(0, console.run("service", "update", "--rollback", "web"));
        assertTrue(cluster.all(UpdateServiceRequest.class).getLast().getRollback(), "rolled back");
    }

    @Test
    void thePauseOfAnEarlierUpdateIsOldNews() {
        ServiceView before = phase(view(4, 3, 3), UpdateStatus.Phase.PAUSED, "long ago");
        cluster.answer(InspectServiceRequest.class, before);
        cluster.answer(ServiceView.class, List.of(before,
                phase(view(5, 3, 5), UpdateStatus.Phase.PAUSED, "long ago"),
                phase(view(5, 5, 5), UpdateStatus.Phase.PAUSED, "long ago")));
        assertEquals(0, console.run("service", "scale", "web=5"));
        assertEquals("web scaled to 5\n", console.out());
        assertEquals(5, cluster.all(UpdateServiceRequest.class).getFirst().getSpec().getMode()
                .getReplicated().getReplicas());
    }

    @Test
    void aServiceRemovedMeanwhile() {
        cluster.answer(ServiceView.class, List.of(view(1, 0, 3).build()));
        assertEquals(1, create());
        assertEquals("jctl: service id1 was removed\n", console.err());
        cluster.answer(ServiceView.class, List.of(view(1, 0, 3).build(),
                FakeCluster.refusal(Status.NOT_FOUND, "NOT_FOUND", "there is no service id1")));
        assertEquals(1, create());
        assertTrue(console.err().endsWith("jctl: there is no service id1\n"), console.err());
    }

    @Test
    void aJobIsWaitedForToItsEnd() {
        Mode job = Mode.newBuilder().setJob(Mode.Job.newBuilder().setCompletions(2).setParallelism(1)).build();
        ServiceView.Builder view = view(1, 1, 2);
        view.setService(view.getService().toBuilder().setSpec(view.getService().getSpec().toBuilder()
                .setMode(job)));
        cluster.answer(ServiceView.class, List.of(view.build(), view.setCompleted(1).build(),
                view.setCompleted(2).setRunning(0).build(), (Runnable) () -> { }));
        assertEquals(0, create("--mode", "replicated-job", "--replicas", "2"));
        assertEquals("job complete\n", console.err());
    }

    @Test
    void aGlobalJobIsWaitedForOnceThereAreNodes() {
        Mode job = Mode.newBuilder().setGlobalJob(Mode.GlobalJob.getDefaultInstance()).build();
        ServiceView.Builder view = view(1, 0, 0);
        view.setService(view.getService().toBuilder().setSpec(view.getService().getSpec().toBuilder()
                .setMode(job)));
        cluster.answer(ServiceView.class, List.of(view.build(), view.setWanted(2).build(),
                view.setCompleted(2).build(), (Runnable) () -> { }));
        assertEquals(0, create("--mode", "global-job"));
        assertEquals("job complete\n", console.err());
    }

    @Test
    void interruptedItWaitsNoLongerAndTheServiceGoesOn() throws IOException {
        long ignored = Long.parseUnsignedLong(Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow().substring(7).strip(), 16);
        Assumptions.assumeTrue((ignored & 1 << SIGINT - 1) == 0, "whoever started this ignores SIGINT");
        cluster.answer(ServiceView.class, List.of(view(1, 0, 3).build(),
                (Runnable) () -> Signal.raise(new Signal("INT"))));
        assertEquals(0, create());
        assertEquals("id1\n", console.out());
        assertEquals("Operation continuing in background: the service goes on.\nUse `jctl service ps id1` to"
                + " check progress.\n", console.err());
    }

    @Test
    void whoWasQuickerIsLookedAtAgain() {
        cluster.answer(InspectServiceRequest.class, view(4, 3, 3).build());
        cluster.answer(UpdateServiceRequest.class,
                FakeCluster.refusal(Status.ABORTED, "OUT_OF_DATE", "service web was changed meanwhile"));
        assertEquals(1, console.run("service", "update", "-d", "--env-add", "A=1", "web"));
        assertEquals("jctl: service web was changed meanwhile\n", console.err());
        assertEquals(5, cluster.all(UpdateServiceRequest.class).size());
        assertEquals(5, cluster.all(InspectServiceRequest.class).size());
    }
}
