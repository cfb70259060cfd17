package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.explain.QueueText;
import clusterd.model.Availability;
import clusterd.model.Desire;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskStatus;
import clusterd.model.TaskTemplate;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QueueTest {
    private static final long NOW = 100_000;
    private ClusterState state = ClusterState.EMPTY;
    private long created = 1;

    private void apply(Command... commands) {
        state = state.apply(List.of(commands)).state();
    }

    private void project(String name, Resources quota, int weight) {
        apply(new Command.PutProject(new Project(name, quota, weight)));
    }

    /** A service whose tasks wait, created after those before it. */
    private void waits(String name, String project, int priority, int tasks, TaskTemplate template) {
        ServiceSpec plain = Sample.service(name, tasks, template);
        ServiceId id = new ServiceId(name);
        apply(new Command.CreateService(id, new ServiceSpec(name, plain.labels(), project, priority, plain.mode(),
                template, plain.update(), plain.rollback()), created));
        for (int slot = 1; slot <= tasks; slot++) {
            apply(new Command.CreateTask(Task.fresh(new TaskId(name + "-" + slot), id, slot, 1, Optional.empty(),
                    Desire.RUNNING, TaskStatus.pending(created, ""), "wanted", 0, 0)));
        }
        created++;
    }

    private void runs(String name, String project, int tasks, TaskTemplate template) {
        waits(name, project, 0, tasks, template);
        for (int slot = 1; slot <= tasks; slot++) {
            apply(new Command.AssignTask(new TaskId(name + "-" + slot), state.nodes().iterator().next().id(), "", 1));
        }
    }

    private List<Queue.Place> queue() {
        return Queue.of(state, NOW);
    }

    private String order() {
        return queue().stream().map(each -> each.service().spec().name()).collect(Collectors.joining(" "));
    }

    @Test
    void theMoreImportantAreServedFirstThenThoseThatCameFirst() {
        apply(new Command.AddNode(Sample.node("n", 1, 1)));
        TaskTemplate large = Sample.template(4000, 64);
        waits("old", "default", 0, 2, large);
        waits("low", "default", -5, 1, large);
        waits("new", "default", 0, 3, large);
        waits("high", "default", 9, 1, large);
        assertEquals("high old new low", order());
        assertEquals(List.of(1, 2, 3, 1), queue().stream().map(Queue.Place::tasks).toList());
        assertEquals(List.of(4L, 1L, 3L, 2L), queue().stream().map(Queue.Place::sinceMillis).toList());
    }

    @Test
    void ofTwoProjectsTheOneWithTheSmallerShareOverItsWeightIsServedFirst() {
        apply(new Command.AddNode(Sample.node("n", 10, 10)));
        project("a", Resources.NONE, 1);
        project("b", Resources.NONE, 1);
        TaskTemplate large = Sample.template(40_000, 64);
        runs("a1", "a", 4, Sample.template(1000, 64));
        runs("b1", "b", 2, Sample.template(1000, 64));
        waits("a2", "a", 0, 1, large);
        waits("b2", "b", 0, 1, large);
        assertEquals("b2 a2", order());
        assertEquals(List.of(0.2, 0.4), queue().stream().map(Queue.Place::share).toList());
        project("a", Resources.NONE, 3);
        assertEquals("a2 b2", order(), "0.4 / 3 is less than 0.2");
        assertEquals(List.of(3, 1), queue().stream().map(Queue.Place::weight).toList());
        assertEquals(new Shares(state).of("a").share(), queue().getFirst().share());
    }

    @Test
    void whatIsServedOnTheWayCounts() {
        apply(new Command.AddNode(Sample.node("n", 10, 10)));
        project("a", Resources.NONE, 1);
        project("b", Resources.NONE, 1);
        runs("b0", "b", 1, Sample.template(1000, 64));
        waits("a1", "a", 0, 2, Sample.template(2000, 64));
        waits("a2", "a", 0, 1, Sample.template(2000, 64));
        waits("b1", "b", 0, 1, Sample.template(1000, 64));
        assertEquals("a1 b1 a2", order(), "after its first task a has more than b");
        assertEquals("is served now", QueueText.of(queue().getFirst()));
        assertEquals(0, queue().getFirst().share(), "as it is now");
    }

    @Test
    void whyTheyWait() {
        assertEquals("", order());
        waits("early", "default", 7, 1, Sample.template(1000, 64));
        assertEquals("there is no node", QueueText.of(queue().getFirst()));
        for (int i = 0; i < 3; i++) {
            apply(new Command.AddNode(Sample.node("n" + i, 2, 2)));
        }
        apply(new Command.UpdateNode(state.nodes().iterator().next().id(), 0,
                state.nodes().iterator().next().spec().with(Availability.DRAIN)));
        project("small", Resources.of(1000, 0), 1);
        waits("quota", "small", 5, 3, Sample.template(1000, 64));
        waits("large", "default", 4, 1, Sample.template(9000, 64));
        apply(new Command.CreateTask(Task.fresh(new TaskId("later-1"), new ServiceId("large"), 9, 1, Optional.empty(),
                Desire.RUNNING, TaskStatus.pending(1, ""), "failed", NOW + 1, 0)));
        List<Queue.Place> queue = queue();
        assertEquals("early quota large large", order());
        assertEquals("project small has as much as its quota allows", QueueText.of(queue.get(1)));
        assertTrue(QueueText.of(queue.get(2)).startsWith("2 nodes lack"), QueueText.of(queue.get(2)));
        assertEquals("no start before 1970-01-01T00:01:40Z, so as not to fail again at once",
                QueueText.of(queue.get(3)));
        assertEquals(Optional.empty(), queue.get(3).decision());
    }

    /** A decider over the same state gives nodes to those that the queue says are served now, and to no others. */
    @Test
    void theQueueSaysWhatALeaderDoes() {
        for (int seed = 0; seed < 40; seed++) {
            state = ClusterState.EMPTY;
            Random random = new Random(seed);
            for (int i = 0; i < 4; i++) {
                apply(new Command.AddNode(Sample.node("n" + i, 1 + random.nextInt(4), 1 + random.nextInt(4))));
            }
            for (String each : List.of("a", "b", "c")) {
                project(each, random.nextBoolean() ? Resources.NONE : Resources.of(2000, 0), 1 + random.nextInt(3));
            }
            for (int s = 0; s < 9; s++) {
                waits("s" + s, List.of("a", "b", "c").get(random.nextInt(3)), random.nextInt(3),
                        1 + random.nextInt(4), Sample.template(random.nextInt(1500), random.nextInt(1500)));
            }
            List<String> named = new ArrayList<>();
            int served = 0;
            for (Queue.Place each : queue()) {
                named.add(each.service().spec().name());
                served += each.decision().orElseThrow().placed();
            }
            long assigned = new Decider(state, () -> new TaskId("none")).decide(NOW).stream()
                    .filter(Command.AssignTask.class::isInstance).count();
            assertEquals(assigned, served, "seed " + seed);
            assertEquals(9, named.stream().distinct().count(), "seed " + seed);
        }
    }
}
