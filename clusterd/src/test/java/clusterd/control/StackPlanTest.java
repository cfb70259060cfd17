package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.PlanServicesResponse;
import clusterd.decider.Decider;
import clusterd.model.Availability;
import clusterd.model.ContainerTemplate;
import clusterd.model.NodeId;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Sample;
import clusterd.state.TaskReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans for two nodes of two processors each. */
class StackPlanTest {
    private static final long NOW_MILLIS = 1_000_000;
    private static final ServiceSpec WEB = Sample.service("web", 2, Sample.template(500, 64));

    private ClusterState state = ClusterState.EMPTY;
    private int number;

    StackPlanTest() {
        apply(List.of(new Command.AddNode(Sample.node("a", 2, 4)), new Command.AddNode(Sample.node("b", 2, 4))));
    }

    private void apply(List<Command> commands) {
        state = state.apply(new Entry(0, commands)).state();
    }

    private void create(ServiceSpec spec) {
        apply(List.of(new Command.CreateService(new ServiceId(spec.name()), spec, NOW_MILLIS)));
        settle();
    }

    /** Until everything that has a node runs. */
    private void settle() {
        Decider decider = new Decider(state, () -> new TaskId("t" + ++number));
        for (List<Command> step = decider.decide(NOW_MILLIS); !step.isEmpty(); step = decider.decide(NOW_MILLIS)) {
            ClusterState.Applied applied = state.apply(new Entry(0, step));
            state = applied.state();
            decider.observe(applied.changes(), state);
        }
        for (Task task : List.copyOf(state.tasks())) {
            if (task.holdsNode() && task.status().state() != TaskState.RUNNING) {
                NodeId node = task.node().orElseThrow();
                apply(List.of(new Command.ReportTasks(node, state.node(node).orElseThrow().session(),
                        List.of(new TaskReport(task.id(), task.status().in(TaskState.RUNNING, NOW_MILLIS, ""))))));
            }
        }
    }

    private PlanServicesResponse plan(ServiceSpec... specs) {
        return StackPlan.of(List.of(specs), state, NOW_MILLIS);
    }

    private static List<String> changes(PlanServicesResponse plan) {
        return plan.getServicesList().stream().map(each -> each.getAction() + " " + each.getName()).toList();
    }

    private static List<String> steps(PlanServicesResponse plan) {
        return plan.getStepsList().stream().map(each -> (each.getAction() + " " + each.getTaskName() + " "
                + each.getNodeName()).strip()).sorted().toList();
    }

    @Test
    void whatIsNewStarts() {
        PlanServicesResponse plan = plan(WEB);
        assertEquals(List.of("create web"), changes(plan));
        assertEquals(List.of("start web.1 a", "start web.2 b"), steps(plan));
        assertEquals(1, plan.getDecisionsCount());
    }

    @Test
    void whatIsAsItIsStays() {
        create(WEB);
        PlanServicesResponse plan = plan(WEB);
        assertEquals(List.of("unchanged web"), changes(plan));
        assertEquals(List.of(), steps(plan));
    }

    @Test
    void severalCompeteForTheSameRoom() {
        PlanServicesResponse plan = plan(Sample.service("big", 2, Sample.template(2_000, 64)), WEB);
        assertEquals(List.of("create big", "create web"), changes(plan));
        assertEquals(2, steps(plan).stream().filter(each -> each.startsWith("wait web.")).count(),
                steps(plan).toString());
        assertEquals("no node fits", plan.getStepsList().stream().filter(each -> each.getAction().equals("wait"))
                .findFirst().orElseThrow().getWhy());
    }

    @Test
    void fewerReplicasStop() {
        create(WEB);
        PlanServicesResponse plan = plan(Sample.service("web", 1, WEB.task()));
        assertEquals(List.of("update web"), changes(plan));
        assertEquals(List.of("keep web.1", "stop web.2"), steps(plan).stream()
                .map(each -> each.substring(0, each.lastIndexOf(' '))).toList());
    }

    @Test
    void anotherImageIsRolledOut() {
        create(WEB);
        PlanServicesResponse plan = plan(WEB.with(WEB.task().with(new ContainerTemplate("web:2", new byte[0]))));
        assertTrue(steps(plan).stream().anyMatch(each -> each.startsWith("replace web.")), steps(plan).toString());
        assertTrue(plan.getStepsList().stream().anyMatch(each -> each.getWhy().contains("1 at a time")),
                plan.getStepsList().toString());
    }

    @Test
    void whatIsLessImportantMakesRoom() {
        create(Sample.service("low", 2, Sample.template(2_000, 64)));
        PlanServicesResponse plan = plan(Sample.service("high", 1, Sample.template(1_000, 64)).withPriority(10));
        assertEquals(1, steps(plan).stream().filter(each -> each.startsWith("preempt low.")).count(),
                steps(plan).toString());
        assertTrue(plan.getStepsList().stream().anyMatch(each -> each.getAction().equals("preempt")
                && each.getWhy().contains("more important")), plan.getStepsList().toString());
    }

    @Test
    void whatTheStateRefusesIsSaid() {
        ServiceSpec two = new ServiceSpec("web", WEB.labels(), "nobody's", WEB.priority(), WEB.mode(), WEB.task(),
                WEB.update(), WEB.rollback(), Optional.empty());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> plan(two)).getMessage().contains("nobody's"),
                "the project is named");
    }

    @Test
    void aPausedNodeKeepsWhatItHas() {
        create(WEB);
        NodeId b = new NodeId("b");
        apply(List.of(new Command.UpdateNode(b, 0, state.node(b).orElseThrow().spec().with(Availability.PAUSE))));
        assertEquals(List.of("keep web.1 a", "keep web.2 b", "start web.3 a"),
                steps(plan(Sample.service("web", 3, WEB.task()))));
    }
}
