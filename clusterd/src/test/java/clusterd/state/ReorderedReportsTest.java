package clusterd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import clusterd.model.Node;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a node says that comes twice, late, or in another order than it was said. */
class ReorderedReportsTest {
    private static final Node NODE = Sample.node("n", 4, 4);
    private static final ServiceId WEB = new ServiceId("web");

    private static ClusterState assigned() {
        Task task = Sample.task("t", WEB, 1, 1);
        return ClusterState.EMPTY.apply(List.of(new Command.AddNode(NODE),
                new Command.CreateService(WEB, Sample.service("web", 1, Sample.template(1, 1)), 0),
                new Command.CreateTask(task), new Command.AssignTask(task.id(), NODE.id(), "", 0))).state();
    }

    private static Command.ReportTasks said(ClusterState state, TaskState what, long session) {
        Task task = state.tasks().iterator().next();
        TaskStatus status = task.status().in(what, what.ordinal(), what.name());
        return new Command.ReportTasks(NODE.id(), session, List.of(new TaskReport(task.id(), status)));
    }

    @Test
    void inWhateverOrderAndHoweverOftenTheyComeATaskOnlyGoesForward() {
        ClusterState begin = assigned();
        List<TaskState> way = List.of(TaskState.PREPARING, TaskState.READY, TaskState.STARTING, TaskState.RUNNING);
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<TaskState> told = new ArrayList<>(way);
            told.addAll(way.subList(0, 1 + random.nextInt(way.size())));
            Collections.shuffle(told, random);
            ClusterState state = begin;
            TaskState known = TaskState.ASSIGNED;
            for (TaskState each : told) {
                state = state.apply(List.of(said(begin, each, NODE.session()))).state();
                TaskState now = state.tasks().iterator().next().status().state();
                assertEquals(known.compareTo(each) > 0 ? known : each, now, "seed " + seed + ": " + told);
                known = now;
            }
            assertEquals(TaskState.RUNNING, known);
        }
    }

    @Test
    void anEndIsTheEndWhateverComesAfterIt() {
        ClusterState begin = assigned();
        ClusterState ended = begin.apply(List.of(said(begin, TaskState.FAILED, NODE.session()))).state();
        for (TaskState each : TaskState.values()) {
            ClusterState then = ended.apply(List.of(said(begin, each, NODE.session()))).state();
            assertEquals(TaskState.FAILED, then.tasks().iterator().next().status().state(), each.name());
        }
    }

    @Test
    void whatWasSaidInAnEarlierSessionIsLate() {
        ClusterState state = assigned();
        ClusterState again = state.apply(List.of(new Command.OpenSession(NODE.id(), NODE.session() + 1,
                NODE.description(), NODE.status()))).state();
        ClusterState.Applied late = again.apply(List.of(said(state, TaskState.RUNNING, NODE.session())));
        assertEquals(Result.Reason.LATE, assertInstanceOf(Result.Refused.class, late.results().getFirst()).reason());
        assertEquals(TaskState.ASSIGNED, late.state().tasks().iterator().next().status().state());
    }
}
