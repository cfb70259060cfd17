package clusterd.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.explain.Why;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.RestartPolicy;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import clusterd.state.TaskReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A service on one node whose tasks end as told. */
class StandstillTest {
    private static final ServiceId ID = new ServiceId("s");
    private static final NodeId NODE = new NodeId("a");
    private static final RestartPolicy ONCE_AGAIN = new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 0, 1, 0);
    private static final RestartPolicy NEVER = new RestartPolicy(RestartPolicy.Condition.NONE, 0, 0, 0);
    private static final RestartPolicy ALWAYS = new RestartPolicy(RestartPolicy.Condition.ANY, 0, 0, 0);

    private ClusterState state = ClusterState.EMPTY.apply(List.of(new Command.AddNode(Sample.node("a", 4, 8)))).state();
    private int number;

    private void apply(Command command) {
        state = state.apply(List.of(command)).state();
    }

    private void create(Mode mode, RestartPolicy policy) {
        apply(new Command.CreateService(ID, ServiceSpec.of("s", mode, Sample.template(100, 64).with(policy)), 1));
        settle();
    }

    private Service service() {
        return state.service(ID).orElseThrow();
    }

    private void settle() {
        List<Command> commands;
        do {
            commands = Reconciler.reconcile(state, service(), 1_000, () -> new TaskId("t" + ++number)).commands();
            commands.forEach(this::apply);
            state.tasksOf(ID).filter(each -> each.isAlive() && each.status().state() == TaskState.PENDING).toList()
                    .forEach(each -> apply(new Command.AssignTask(each.id(), NODE, "", 1_000)));
        } while (!commands.isEmpty());
    }

    private void report(int slot, TaskState its) {
        Task task = state.tasksOf(ID).filter(each -> each.isAlive() && each.slot() == slot).findFirst().orElseThrow();
        apply(new Command.ReportTasks(NODE, state.node(NODE).orElseThrow().session(),
                List.of(new TaskReport(task.id(), task.status().in(its, 1_000, "")))));
        settle();
    }

    private Optional<String> standstill() {
        return Standstill.of(service(), state);
    }

    private long alive() {
        return state.tasksOf(ID).filter(Task::isAlive).count();
    }

    @Test
    void aJobWhosePlaceWasTriedAsOftenAsItMayBe() {
        create(new Mode.Job(2, 2), ONCE_AGAIN);
        assertEquals(Optional.empty(), standstill());
        report(1, TaskState.FAILED);
        report(2, TaskState.COMPLETE);
        assertEquals(Optional.empty(), standstill());
        report(1, TaskState.FAILED);
        assertEquals("1 place gets no other task: it was tried 1 times again; the last is FAILED",
                standstill().orElseThrow());
        assertTrue(Why.of(service(), state).contains("It comes no further by itself: 1 place gets"), "why");
    }

    @Test
    void aJobThatIsDoneLacksNothing() {
        create(new Mode.Job(1, 1), ONCE_AGAIN);
        report(1, TaskState.COMPLETE);
        assertEquals(Optional.empty(), standstill());
    }

    @Test
    void aPlaceThatMayNotBeTriedAgainKeepsNoOtherFromItsTurn() {
        create(new Mode.Job(3, 1), ONCE_AGAIN);
        report(1, TaskState.FAILED);
        report(1, TaskState.FAILED);
        assertEquals(1, alive());
        report(2, TaskState.COMPLETE);
        report(3, TaskState.COMPLETE);
        assertEquals(0, alive());
        assertTrue(standstill().isPresent(), "the first will not come to a good end");
    }

    @Test
    void tasksThatEndedAndAreNotRestarted() {
        create(new Mode.Replicated(2, false), NEVER);
        report(1, TaskState.RUNNING);
        report(2, TaskState.RUNNING);
        assertEquals(Optional.empty(), standstill());
        report(1, TaskState.COMPLETE);
        assertTrue(standstill().orElseThrow().endsWith("is COMPLETE, and its restart condition is NONE"),
                standstill().toString());
    }

    @Test
    void whatIsRestartedIsNoStandstill() {
        create(new Mode.Replicated(1, false), ALWAYS);
        report(1, TaskState.FAILED);
        assertEquals(Optional.empty(), standstill());
    }

    @Test
    void aGlobalServiceWantsItsNodesBeforeItHasTasks() {
        apply(new Command.CreateService(ID, ServiceSpec.of("s", new Mode.Global(), Sample.template(100, 64)), 1));
        assertEquals(1, Standstill.globalNodes(service(), state));
        settle();
        assertEquals(1, Standstill.globalNodes(service(), state));
    }
}
