package clusterd.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.explain.Why;
import clusterd.model.Availability;
import clusterd.model.Constraint;
import clusterd.model.ContainerTemplate;
import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Placement;
import clusterd.model.RestartPolicy;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdateStatus;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.state.Sample;
import clusterd.state.TaskReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job on each of three nodes, told step by step what its nodes say. */
class GlobalJobTest {
    private static final ServiceId JOB = new ServiceId("job");
    private static final TaskTemplate TEMPLATE = Sample.template(100, 64)
            .with(new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 1_000, 2, 0));

    private ClusterState state = ClusterState.EMPTY;
    private long nowMillis = 1_000_000;
    private int number;

    @BeforeEach
    void threeNodes() {
        for (String name : List.of("a", "b", "c")) {
            add(Sample.labelled(Sample.node(name, 4, 8), "disk", name.equals("c") ? "slow" : "fast"));
        }
    }

    private void add(Node node) {
        apply(new Command.AddNode(node));
        settle();
    }

    private void apply(Command command) {
        ClusterState.Applied applied = state.apply(List.of(command));
        applied.results().forEach(each -> assertInstanceOf(Result.Done.class, each));
        state = applied.state();
    }

    private Service service() {
        return state.service(JOB).orElseThrow();
    }

    private void create(TaskTemplate template) {
        apply(new Command.CreateService(JOB, ServiceSpec.of("job", new Mode.GlobalJob(), template), nowMillis));
        settle();
    }

    private void update(TaskTemplate template) {
        apply(new Command.UpdateService(JOB, 0, service().spec().with(template), UpdateStatus.NONE, nowMillis));
        settle();
    }

    /** Until there is nothing left to do; a task gets its node as soon as it may. */
    private void settle() {
        for (int i = 0; i < 10 && state.service(JOB).isPresent(); i++) {
            List<Command> commands = Reconciler.reconcile(state, service(), nowMillis,
                    () -> new TaskId("t" + ++number)).commands();
            commands.forEach(this::apply);
            state.tasksOf(JOB).filter(each -> each.isAlive() && each.status().state() == TaskState.PENDING
                    && each.notBeforeMillis() <= nowMillis).toList().forEach(each ->
                            apply(new Command.AssignTask(each.id(), each.node().orElseThrow(), "", nowMillis)));
            if (commands.isEmpty()) {
                return;
            }
        }
        assertTrue(state.service(JOB).isEmpty(), "it does not come to rest");
    }

    private Task alive(String node) {
        return state.tasksOf(JOB).filter(each -> each.isAlive() && each.node().orElseThrow().value().equals(node))
                .findFirst().orElseThrow();
    }

    private void report(String node, TaskState its) {
        report(node, alive(node), its);
    }

    private void report(String node, Task task, TaskState its) {
        NodeId id = new NodeId(node);
        apply(new Command.ReportTasks(id, state.node(id).orElseThrow().session(),
                List.of(new TaskReport(task.id(), task.status().in(its, nowMillis, "")))));
        settle();
    }

    private void set(String node, Availability availability) {
        NodeId id = new NodeId(node);
        apply(new Command.UpdateNode(id, 0, state.node(id).orElseThrow().spec().with(availability)));
        settle();
    }

    private void down(String node) {
        NodeId id = new NodeId(node);
        apply(new Command.MarkNode(id, state.node(id).orElseThrow().session(),
                new NodeStatus(NodeStatus.State.DOWN, nowMillis, "", "")));
        settle();
    }

    private void back(String node) {
        Node its = state.node(new NodeId(node)).orElseThrow();
        apply(new Command.OpenSession(its.id(), its.session() + 1, its.description(),
                new NodeStatus(NodeStatus.State.READY, nowMillis, "", "")));
        settle();
    }

    private void pass(long millis) {
        nowMillis += millis;
        settle();
    }

    /** Of each node the states of its tasks of the present run, the oldest first. */
    private Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        state.tasksOf(JOB).filter(each -> each.iteration() == service().specVersion())
                .sorted((a, b) -> Integer.compare(number(a), number(b)))
                .forEach(each -> states.merge(each.node().orElseThrow().value(),
                        each.status().state().name(), (before, next) -> before + " " + next));
        return states;
    }

    private static int number(Task task) {
        return Integer.parseInt(task.id().value().substring(1));
    }

    private String progress() {
        JobProgress progress = JobProgress.of(service(), state);
        return progress.completed() + "/" + progress.nodes();
    }

    @Test
    void itRunsOnceOnEachNode() {
        create(TEMPLATE);
        assertEquals(Map.of("a", "ASSIGNED", "b", "ASSIGNED", "c", "ASSIGNED"), states());
        assertEquals("0/3", progress());
        report("a", TaskState.RUNNING);
        for (String node : List.of("a", "b", "c")) {
            report(node, TaskState.COMPLETE);
        }
        pass(1_000_000);
        assertEquals(Map.of("a", "COMPLETE", "b", "COMPLETE", "c", "COMPLETE"), states());
        assertEquals("3/3", progress());
    }

    @Test
    void whatFailsIsTriedAgainAsOftenAsThePolicySays() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        for (int attempt = 0; attempt < 2; attempt++) {
            report("b", TaskState.FAILED);
            assertTrue(alive("b").notBeforeMillis() > nowMillis);
            pass(100_000);
        }
        report("b", TaskState.REJECTED);
        pass(1_000_000);
        assertEquals(Map.of("a", "COMPLETE", "b", "FAILED FAILED REJECTED", "c", "ASSIGNED"), states());
        assertEquals("1/3", progress());
    }

    @Test
    void failuresAreForgottenButTheLastFew() {
        create(TEMPLATE.with(new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 0, 0, 0)));
        for (int attempt = 0; attempt < 20; attempt++) {
            report("b", TaskState.FAILED);
        }
        report("b", TaskState.COMPLETE);
        assertEquals("FAILED FAILED FAILED FAILED COMPLETE", states().get("b"));
    }

    @Test
    void aLaterNodeGetsItToo() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        add(Sample.node("d", 4, 8));
        assertEquals("ASSIGNED", states().get("d"));
        assertEquals("1/4", progress());
    }

    @Test
    void nodesThatDoNotSuitAreLeftOutUntilTheyDo() {
        set("a", Availability.DRAIN);
        set("b", Availability.PAUSE);
        create(TEMPLATE.with(Placement.ANYWHERE.with(List.of(Constraint.parse("node.labels.disk==fast")))));
        assertEquals(Map.of(), states());
        assertEquals("0/0", progress());
        assertEquals(Map.of("a", "is drained", "b", "is paused", "c", "is not node.labels.disk==fast"),
                JobProgress.of(service(), state).refusals());
        assertTrue(Why.of(service(), state).contains("Node b does not get it now: it is paused."));
        set("a", Availability.ACTIVE);
        set("b", Availability.ACTIVE);
        assertEquals(Map.of("a", "ASSIGNED", "b", "ASSIGNED"), states());
        apply(new Command.UpdateNode(new NodeId("c"), 0,
                state.node(new NodeId("c")).orElseThrow().spec().withLabel("disk", "fast")));
        settle();
        assertEquals("ASSIGNED", states().get("c"));
        assertEquals(Map.of(), JobProgress.of(service(), state).refusals());
    }

    @Test
    void aDrainedNodeRunsItAgainUnlessItWasDone() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        report("b", TaskState.RUNNING);
        Task ending = alive("b");
        set("a", Availability.DRAIN);
        set("b", Availability.DRAIN);
        assertEquals(Desire.SHUTDOWN, state.task(ending.id()).orElseThrow().desire());
        assertEquals("1/2", progress());
        set("a", Availability.ACTIVE);
        set("b", Availability.ACTIVE);
        assertEquals("RUNNING", states().get("b"), "two never run at once");
        report("b", ending, TaskState.SHUTDOWN);
        assertEquals(Map.of("a", "COMPLETE", "b", "SHUTDOWN ASSIGNED", "c", "ASSIGNED"), states());
    }

    @Test
    void whatWasDoneStaysDoneWhenItsNodeGoesAndReturns() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        down("a");
        assertEquals("1/3", progress());
        back("a");
        assertEquals("COMPLETE", states().get("a"));
    }

    @Test
    void whatRanOnANodeThatIsDownIsWaitedFor() {
        create(TEMPLATE);
        report("a", TaskState.RUNNING);
        report("b", TaskState.RUNNING);
        down("a");
        down("b");
        assertEquals("0/3", progress());
        back("a");
        report("a", TaskState.COMPLETE);
        back("b");
        report("b", TaskState.FAILED);
        assertEquals(Map.of("a", "COMPLETE", "b", "FAILED PENDING", "c", "ASSIGNED"), states());
    }

    @Test
    void aNodeThatIsDownGetsItWhenItReturns() {
        down("a");
        create(TEMPLATE);
        assertEquals("0/2", progress());
        assertEquals(Map.of("a", "is down"), JobProgress.of(service(), state).refusals());
        back("a");
        assertEquals("ASSIGNED", states().get("a"));
    }

    @Test
    void aRemovedNodeIsForgotten() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        report("b", TaskState.RUNNING);
        down("a");
        down("b");
        apply(new Command.RemoveNode(new NodeId("a")));
        apply(new Command.RemoveNode(new NodeId("b")));
        settle();
        assertEquals(Map.of("c", "ASSIGNED"), states());
        assertEquals("0/1", progress());
    }

    @Test
    void anotherVersionRunsEverywhereAgain() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        report("b", TaskState.RUNNING);
        Task old = alive("b");
        Task other = alive("c");
        update(TEMPLATE.with(new ContainerTemplate("web:2", new byte[0])));
        assertEquals(Map.of("a", "ASSIGNED", "b", "ASSIGNED", "c", "ASSIGNED"), states());
        assertEquals("0/3", progress());
        assertEquals(Optional.of(Desire.REMOVE), state.task(old.id()).map(Task::desire));
        report("b", old, TaskState.SHUTDOWN);
        report("c", other, TaskState.COMPLETE);
        assertEquals(3, state.tasksOf(JOB).count());
    }

    @Test
    void aChangeOfTheServiceAloneRunsNothingAgain() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        apply(new Command.UpdateService(JOB, 0, service().spec().withPriority(7), UpdateStatus.NONE, nowMillis));
        settle();
        assertEquals("COMPLETE", states().get("a"));
        assertEquals("1/3", progress());
    }

    @Test
    void itIsRemovedWithItsTasks() {
        create(TEMPLATE);
        report("a", TaskState.COMPLETE);
        List<Task> running = state.tasksOf(JOB).filter(Task::isAlive).toList();
        apply(new Command.RemoveService(JOB, nowMillis));
        settle();
        running.forEach(each -> report(each.node().orElseThrow().value(), each, TaskState.SHUTDOWN));
        assertEquals(Optional.empty(), state.service(JOB));
        assertEquals(0, state.tasks().spliterator().estimateSize());
    }
}
