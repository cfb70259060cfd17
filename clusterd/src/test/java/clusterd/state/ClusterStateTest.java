package clusterd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Desire;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.state.Result.Reason;
import clusterd.wire.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClusterStateTest {
    private static final ServiceId WEB = new ServiceId("web-id");
    private static final ServiceSpec SPEC = Sample.service("web", 2, Sample.template(100, 64));

    private static ClusterState with(Command... commands) {
        ClusterState.Applied applied = ClusterState.EMPTY.apply(List.of(commands));
        applied.results().forEach(each -> assertInstanceOf(Result.Done.class, each));
        return applied.state();
    }

    private static ClusterState running() {
        return with(new Command.AddNode(Sample.node("a", 4, 8)), new Command.CreateService(WEB, SPEC, 5),
                new Command.CreateTask(Sample.task("t1", WEB, 1, 1)),
                new Command.AssignTask(new TaskId("t1"), new NodeId("a"), "emptiest", 6),
                report(TaskState.RUNNING));
    }

    private static Command report(TaskState state) {
        return new Command.ReportTasks(new NodeId("a"), 1, List.of(new TaskReport(new TaskId("t1"),
                Sample.task("t1", WEB, 1, 1).status().in(state, 9, "so it is"))));
    }

    private static Reason refusal(ClusterState state, Command command) {
        ClusterState.Applied applied = state.apply(List.of(command));
        assertTrue(applied.changes().isEmpty());
        assertEquals(StateCodec.digest(state), StateCodec.digest(applied.state()));
        return assertInstanceOf(Result.Refused.class, applied.results().getFirst()).reason();
    }

    @Test
    void aRefusedCommandChangesNothing() {
        ClusterState state = running();
        assertEquals(Reason.EXISTS, refusal(state, new Command.CreateService(new ServiceId("x"), SPEC, 1)));
        assertEquals(Reason.OUT_OF_DATE,
                refusal(state, new Command.UpdateService(WEB, 7, SPEC, UpdateStatus.NONE, 1)));
        assertEquals(Reason.INVALID, refusal(state, new Command.UpdateService(WEB, 1,
                Sample.service("other", 1, SPEC.task()), UpdateStatus.NONE, 1)));
        assertEquals(Reason.NOT_FOUND, refusal(state, new Command.RemoveService(new ServiceId("x"), 1)));
        assertEquals(Reason.LATE,
                refusal(state, new Command.AssignTask(new TaskId("t1"), new NodeId("a"), "", 1)));
        assertEquals(Reason.IN_USE, refusal(state, new Command.ForgetTask(new TaskId("t1"))));
        assertEquals(Reason.EXISTS, refusal(state, new Command.AddNode(Sample.node("a", 1, 1))));
        assertEquals(Reason.LATE, refusal(state, new Command.MarkNode(new NodeId("a"), 0,
                new NodeStatus(NodeStatus.State.DOWN, 1, "", ""))));
        assertEquals(Reason.LATE, refusal(state, new Command.CreateTask(Sample.task("t2", WEB, 2, 9))));
        assertEquals(Reason.LATE, refusal(state, new Command.BeginTerm(0, "a")));
    }

    @Test
    void aLateReportIsDropped() {
        ClusterState state = running();
        assertEquals(TaskState.RUNNING, state.apply(List.of(report(TaskState.STARTING))).state()
                .task(new TaskId("t1")).orElseThrow().status().state());
        assertEquals(TaskState.FAILED, state.apply(List.of(report(TaskState.FAILED),
                report(TaskState.RUNNING))).state().task(new TaskId("t1")).orElseThrow().status().state());
        assertEquals(Reason.LATE, refusal(state, new Command.ReportTasks(new NodeId("a"), 0, List.of())));
    }

    @Test
    void whatAnotherLeaderDecidedIsRefused() {
        ClusterState state = with(new Command.BeginTerm(3, "a"), new Command.CreateService(WEB, SPEC, 5));
        Entry late = new Entry(2, List.of(new Command.CreateTask(Sample.task("t1", WEB, 1, 1))));
        assertEquals(Reason.LATE, assertInstanceOf(Result.Refused.class,
                state.apply(late).results().getFirst()).reason());
        assertEquals(Result.DONE, state.apply(new Entry(3, late.commands())).results().getFirst());
    }

    @Test
    void aTemplateThatWasThereBeforeIsTheSameVersionAgain() {
        ClusterState state = running();
        ServiceSpec other = SPEC.with(Sample.template(200, 64));
        ClusterState updated = state.apply(List.of(
                new Command.UpdateService(WEB, 0, other, UpdateStatus.NONE, 1))).state();
        assertEquals(2, updated.service(WEB).orElseThrow().specVersion());
        ClusterState back = updated.apply(List.of(
                new Command.UpdateService(WEB, 2, SPEC, UpdateStatus.NONE, 1))).state();
        assertEquals(1, back.service(WEB).orElseThrow().specVersion());
        assertEquals(other, back.service(WEB).orElseThrow().previous().orElseThrow());
    }

    @Test
    void aRemovedServiceGoesWithItsLastTask() {
        ClusterState state = running().apply(List.of(new Command.RemoveService(WEB, 9))).state();
        assertTrue(state.service(WEB).orElseThrow().removed());
        assertTrue(state.service("web").isEmpty(), "its name is free at once");
        ServiceId other = new ServiceId("other-id");
        ClusterState both = state.apply(List.of(new Command.CreateService(other, SPEC, 10),
                report(TaskState.SHUTDOWN), new Command.ForgetTask(new TaskId("t1")))).state();
        assertEquals(other, both.service("web").orElseThrow().id());
        state = state.apply(List.of(report(TaskState.SHUTDOWN), new Command.ForgetTask(new TaskId("t1"))))
                .state();
        assertTrue(state.service(WEB).isEmpty());
        assertTrue(state.service("web").isEmpty());
        assertEquals(0, state.tasksOf(new NodeId("a")).count());
    }

    @Test
    void theTasksOfARemovedNodeAreOrphans() {
        ClusterState state = running().apply(List.of(new Command.RemoveNode(new NodeId("a")))).state();
        assertEquals(TaskState.ORPHANED, state.task(new TaskId("t1")).orElseThrow().status().state());
    }

    @Test
    void desireOnlyGoesForward() {
        ClusterState state = running().apply(List.of(new Command.SetDesire(new TaskId("t1"), Desire.SHUTDOWN),
                new Command.SetDesire(new TaskId("t1"), Desire.RUNNING))).state();
        assertEquals(Desire.SHUTDOWN, state.task(new TaskId("t1")).orElseThrow().desire());
    }

    @Test
    void aFileThatAServiceUsesStays() {
        StoredFile key = new StoredFile("key", true, new TreeMap<>(), new byte[] {1}, 3);
        ClusterState state = with(new Command.CreateFile(key));
        assertEquals(Reason.EXISTS, refusal(state, new Command.CreateFile(key)));
        assertEquals(Reason.NOT_FOUND, refusal(state, new Command.RemoveFile("key", false)));
        assertSame(Result.DONE, state.apply(List.of(new Command.RemoveFile("key", true))).results().getFirst());
    }

    /** Commands at random, many of them refused. */
    private static List<Command> any(Random random, int count) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServiceId service = new ServiceId("s" + random.nextInt(5));
            NodeId node = new NodeId("n" + random.nextInt(5));
            TaskId task = new TaskId("t" + random.nextInt(60));
            Task made = Sample.task(task.value(), service, random.nextInt(3), 1 + random.nextInt(2));
            commands.add(switch (random.nextInt(12)) {
                case 0 -> new Command.CreateService(service, Sample.service("name-" + service, 3,
                        Sample.template(random.nextInt(3), 1)), i);
                case 1 -> new Command.UpdateService(service, 0, Sample.service("name-" + service, 3,
                        Sample.template(random.nextInt(3), 1)), UpdateStatus.NONE, i);
                case 2 -> new Command.RemoveService(service, i);
                case 3 -> new Command.AddNode(Sample.node(node.value(), 4, 8));
                case 4 -> random.nextInt(5) == 0 ? new Command.RemoveNode(node)
                        : new Command.SetDesire(task, Desire.values()[random.nextInt(4)]);
                case 5, 6, 7 -> new Command.CreateTask(made);
                case 8 -> new Command.AssignTask(task, node, "", i);
                case 9, 10 -> new Command.ReportTasks(node, 1, List.of(new TaskReport(task,
                        made.status().in(TaskState.values()[1 + random.nextInt(9)], i, ""))));
                default -> new Command.ForgetTask(task);
            });
        }
        return commands;
    }

    @Test
    void theSameCommandsGiveTheSameDigest() {
        for (int seed = 0; seed < 50; seed++) {
            List<Command> commands = any(new Random(seed), 400);
            ClusterState whole = ClusterState.EMPTY.apply(commands).state();
            ClusterState byOne = ClusterState.EMPTY;
            for (Command command : commands) {
                byOne = byOne.apply(List.of(command)).state();
            }
            assertEquals(StateCodec.digest(whole), StateCodec.digest(byOne), "seed " + seed);
        }
        assertNotEquals(StateCodec.digest(ClusterState.EMPTY), StateCodec.digest(running()));
    }

    @Test
    void aSnapshotIsTheState() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            ClusterState state = ClusterState.EMPTY.apply(any(new Random(seed), 400)).state();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            StateCodec.write(state, bytes);
            ClusterState read = StateCodec.read(new ByteArrayInputStream(bytes.toByteArray()));
            assertEquals(StateCodec.digest(state), StateCodec.digest(read), "seed " + seed);
            List<Command> more = any(new Random(seed + 1000), 100);
            assertEquals(StateCodec.digest(state.apply(more).state()),
                    StateCodec.digest(read.apply(more).state()), "its indexes, seed " + seed);
            byte[] cut = Arrays.copyOf(bytes.toByteArray(), new Random(seed).nextInt(bytes.size()));
            assertThrows(IOException.class, () -> StateCodec.read(new ByteArrayInputStream(cut)));
        }
    }

    @Test
    void entriesAndResultsAreReadBack() throws IOException {
        Entry entry = new Entry(4, any(new Random(1), 200));
        assertEquals(entry, StateCodec.entry(StateCodec.encode(entry)));
        List<Result> results = ClusterState.EMPTY.apply(entry).results();
        assertEquals(results, StateCodec.results(StateCodec.encode(results)));
    }
}
