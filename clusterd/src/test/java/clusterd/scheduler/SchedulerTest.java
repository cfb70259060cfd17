package clusterd.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Affinity;
import clusterd.model.Availability;
import clusterd.model.Constraint;
import clusterd.model.Decision;
import clusterd.model.HostPort;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Placement;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private ClusterState state = ClusterState.EMPTY;
    private Fleet fleet = Fleet.of(state);
    private Scheduler scheduler = new Scheduler(fleet);
    private long number = 1;

    private void apply(List<Command> commands) {
        ClusterState.Applied applied = state.apply(commands);
        state = applied.state();
        fleet.observe(applied.changes(), state);
    }

    private void apply(Command... commands) {
        apply(List.of(commands));
    }

    private void nodes(int count, int processors, int gibibytes) {
        for (int i = 0; i < count; i++) {
            apply(new Command.AddNode(Sample.node("n" + i, processors, gibibytes)));
        }
    }

    private void zones(String... zones) {
        for (int i = 0; i < zones.length; i++) {
            apply(new Command.AddNode(Sample.labelled(Sample.node("n" + i, 8, 8), "zone", zones[i])));
        }
    }

    /** A service with tasks that wait. */
    private TaskGroup service(ServiceSpec spec, int tasks) {
        ServiceId id = new ServiceId(spec.name());
        apply(new Command.CreateService(id, spec, number));
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i <= tasks; i++) {
            commands.add(new Command.CreateTask(Sample.task(spec.name() + "-" + i, id, i, 1)));
        }
        apply(commands);
        return group(spec.name());
    }

    private TaskGroup group(String name) {
        Service service = state.service(name).orElseThrow();
        return new TaskGroup(service, 1, state.tasksOf(service.id())
                .filter(each -> each.isAlive() && each.node().isEmpty()).toList());
    }

    private Round decide(Collection<Project> projects, TaskGroup... groups) {
        Round round = scheduler.decide(List.of(groups), projects, number, 1000);
        number += round.decisions().size();
        apply(round.assignments().stream().<Command>map(each ->
                new Command.AssignTask(each.task(), each.node(), each.why(), 1000)).toList());
        return round;
    }

    private Round decide(TaskGroup... groups) {
        return decide(List.of(), groups);
    }

    private static Map<String, Long> perNode(Round round) {
        return round.assignments().stream().collect(Collectors.groupingBy(each -> each.node().value(),
                TreeMap::new, Collectors.counting()));
    }

    private static String refusals(Round round) {
        return round.decisions().getFirst().refused().stream()
                .map(each -> each.nodes() + " " + each.reason()).sorted().collect(Collectors.joining("; "));
    }

    private static TaskTemplate placed(TaskTemplate template, List<String> constraints, List<String> spread,
            boolean binpack, List<Affinity> affinities, int maxPerNode) {
        return template.with(new Placement(constraints.stream().map(Constraint::parse).toList(), spread, binpack,
                affinities, maxPerNode, List.of()));
    }

    @Test
    void tasksAreSpreadEvenlyOverEqualNodes() {
        nodes(5, 8, 8);
        assertEquals(Map.of("n0", 4L, "n1", 4L, "n2", 4L, "n3", 4L, "n4", 4L),
                perNode(decide(service(Sample.service("web", 20, Sample.template(100, 64)), 20))));
    }

    @Test
    void aServicesOwnTasksCountBeforeTheLoad() {
        nodes(2, 8, 8);
        decide(service(Sample.service("big", 1, Sample.template(4000, 1024)), 1));
        assertEquals(Map.of("n0", 2L, "n1", 2L),
                perNode(decide(service(Sample.service("web", 4, Sample.template(100, 64)), 4))));
    }

    @Test
    void packingFillsOneNodeAfterTheOther() {
        nodes(3, 4, 8);
        TaskTemplate packed = placed(Sample.template(1000, 64), List.of(), List.of(), true, List.of(), 0);
        Map<String, Long> used = perNode(decide(service(Sample.service("web", 6, packed), 6)));
        assertEquals(List.of(2L, 4L), used.values().stream().sorted().toList());
    }

    @Test
    void equalTasksAreSpreadOverTheLevelsOfTheirLabels() {
        zones("a", "a", "a", "a", "b");
        TaskTemplate spread = placed(Sample.template(100, 64), List.of(), List.of("node.labels.zone"), false,
                List.of(), 0);
        Map<String, Long> used = perNode(decide(service(Sample.service("web", 8, spread), 8)));
        assertEquals(4L, used.get("n4"));
        assertEquals(Map.of("n0", 1L, "n1", 1L, "n2", 1L, "n3", 1L, "n4", 4L), used);
    }

    @Test
    void aFullZoneLeavesItsShareToTheOthers() {
        zones("a", "b", "b");
        TaskTemplate spread = placed(Sample.template(2000, 64), List.of(), List.of("node.labels.zone"), false,
                List.of(), 0);
        assertEquals(Map.of("n0", 4L, "n1", 3L, "n2", 3L),
                perNode(decide(service(Sample.service("web", 10, spread), 10))));
    }

    @Test
    void constraintsChooseNodes() {
        zones("a", "b", "b");
        assertEquals(Map.of("n1", 1L, "n2", 1L), perNode(decide(service(Sample.service("b", 2,
                placed(Sample.template(1, 1), List.of("node.labels.zone==b"), List.of(), false, List.of(), 0)),
                2))));
        assertEquals(Map.of("n2", 2L), perNode(decide(service(Sample.service("one", 2,
                placed(Sample.template(1, 1), List.of("node.hostname==N2"), List.of(), false, List.of(), 0)),
                2))));
    }

    @Test
    void everyRefusedNodeHasAVerdictThatSaysWhy() {
        nodes(6, 2, 4);
        Node drained = state.node(new NodeId("n1")).orElseThrow();
        apply(new Command.UpdateNode(drained.id(), 0, drained.spec().with(Availability.DRAIN)),
                new Command.MarkNode(new NodeId("n2"), 1,
                        new NodeStatus(NodeStatus.State.DOWN, 43_391_000, "", "")),
                new Command.DescribeNode(new NodeId("n3"), 1, state.node(new NodeId("n3")).orElseThrow()
                        .description().with(Resources.of(8000, 8L << 30))));
        Round round = decide(service(Sample.service("web", 3, Sample.template(3000, 6 << 10)), 3));
        assertEquals(Map.of("n3", 1L), perNode(round));
        assertEquals("1 are down; 1 are drained; 3 lack 3 cpu and 6 GiB of memory", refusals(round));
        List<String> examples = round.decisions().getFirst().refused().stream()
                .flatMap(each -> each.examples().stream()).sorted().toList();
        assertEquals(List.of("n0 (2 cpu, 4 GiB left)", "n1", "n2 (since 12:03:11Z)", "n4 (2 cpu, 4 GiB left)",
                "n5 (2 cpu, 4 GiB left)"), examples);
        assertEquals(5, round.decisions().getFirst().refused().stream()
                .mapToInt(Decision.Refused::nodes).sum());
    }

    @Test
    void namedThingsAreCounted() {
        nodes(2, 8, 8);
        apply(new Command.DescribeNode(new NodeId("n1"), 1, state.node(new NodeId("n1")).orElseThrow()
                .description().with(Resources.of(8000, 8L << 30).with("media", 4))));
        TaskTemplate wanting = Sample.template(1, 1);
        wanting = TaskTemplate.of(wanting.container(), wanting.reservation().with("media", 2));
        Round round = decide(service(Sample.service("voice", 3, wanting), 3));
        assertEquals(Map.of("n1", 2L), perNode(round));
        assertEquals("1 lack 2 media", refusals(round));
    }

    @Test
    void aHostPortIsTakenOnce() {
        nodes(3, 8, 8);
        TaskTemplate template = Sample.template(1, 1).withHostPorts(List.of(new HostPort("tcp", 80)));
        Round round = decide(service(Sample.service("web", 4, template), 4));
        assertEquals(Map.of("n0", 1L, "n1", 1L, "n2", 1L), perNode(round));
        assertEquals(3, round.assignments().size());
    }

    @Test
    void noNodeHasMoreThanItMay() {
        nodes(2, 8, 8);
        Round round = decide(service(Sample.service("web", 5,
                placed(Sample.template(1, 1), List.of(), List.of(), false, List.of(), 2)), 5));
        assertEquals(Map.of("n0", 2L, "n1", 2L), perNode(round));
    }

    @Test
    void tasksStayApartFromAndBesideOthers() {
        zones("a", "a", "b", "b");
        decide(service(Sample.service("db", 1, placed(Sample.template(1, 1),
                List.of("node.hostname==n2"), List.of(), false, List.of(), 0)), 1));
        Affinity beside = new Affinity("db", false, "node.labels.zone", true);
        Affinity apart = new Affinity("db", true, "node.id", true);
        assertEquals(Map.of("n3", 3L), perNode(decide(service(Sample.service("near", 3,
                placed(Sample.template(1, 1), List.of(), List.of(), false, List.of(beside, apart), 0)), 3))));
        Round far = decide(service(Sample.service("far", 3, placed(Sample.template(1, 1), List.of(), List.of(),
                false, List.of(new Affinity("nothing", false, "node.id", true)), 0)), 3));
        assertEquals("4 have no tasks of nothing", refusals(far));
    }

    @Test
    void whatIsOnlyLikedIsGivenUpBeforeATaskIsLeftWaiting() {
        nodes(3, 8, 8);
        Affinity own = new Affinity("web", true, "node.id", false);
        Round round = decide(service(Sample.service("web", 6,
                placed(Sample.template(1, 1), List.of(), List.of(), false, List.of(own), 0)), 6));
        assertEquals(Map.of("n0", 2L, "n1", 2L, "n2", 2L), perNode(round));
    }

    @Test
    void aNodeThatHasTheImageIsLiked() {
        nodes(3, 8, 8);
        Node has = state.node(new NodeId("n2")).orElseThrow();
        apply(new Command.DescribeNode(has.id(), 1, new clusterd.model.NodeDescription("n2",
                has.description().platform(), has.description().capacity(), "", new TreeMap<>(),
                new java.util.TreeSet<>(List.of("web:1")))));
        Round round = decide(service(Sample.service("web", 1, Sample.template(1, 1)), 1));
        assertEquals(Map.of("n2", 1L), perNode(round));
        assertEquals("has the image and few of its tasks", round.assignments().getFirst().why());
    }

    @Test
    void theMoreImportantTakesThePlaceOfTheLess() {
        nodes(2, 2, 8);
        decide(service(Sample.service("low", 4, Sample.template(1000, 1)), 4));
        TaskGroup high = service(Sample.service("high", 1, Sample.template(2000, 1)).withPriority(10), 1);
        Round round = decide(high);
        assertEquals(0, round.assignments().size());
        assertEquals(2, round.evictions().size());
        assertEquals(1, round.evictions().stream().map(each -> state.task(each.victim()).orElseThrow().node())
                .distinct().count());
        assertEquals(List.of(), decide(high).evictions(), "not twice");
        apply(round.evictions().stream().<Command>map(each -> new Command.EndTask(each.victim(),
                state.task(each.victim()).orElseThrow().status()
                        .in(clusterd.model.TaskState.SHUTDOWN, 1, ""))).toList());
        assertEquals(1, decide(high).assignments().size());
    }

    @Test
    void nothingIsEvictedForEquals() {
        nodes(1, 2, 8);
        decide(service(Sample.service("one", 2, Sample.template(1000, 1)), 2));
        assertEquals(List.of(), decide(service(Sample.service("two", 2, Sample.template(1000, 1)), 2))
                .evictions());
    }

    @Test
    void whatDidNotFitIsNotTriedUntilSomethingIsFreed() {
        nodes(1, 1, 8);
        TaskGroup group = service(Sample.service("web", 2, Sample.template(1000, 1)), 2);
        assertEquals(1, decide(group).decisions().size());
        assertEquals(0, decide(group("web")).decisions().size());
        nodes(0, 0, 0);
        apply(new Command.AddNode(Sample.node("later", 1, 8)));
        assertEquals(1, decide(group("web")).assignments().size());
    }

    @Test
    void projectsShareAFullClusterByTheirDominantShare() {
        nodes(1, 9, 18);
        Map<String, ServiceSpec> specs = new TreeMap<>();
        apply(new Command.PutProject(new Project("a", Resources.NONE, 1)),
                new Command.PutProject(new Project("b", Resources.NONE, 1)));
        for (String name : List.of("a", "b")) {
            TaskTemplate template = name.equals("a") ? Sample.template(1000, 4 << 10)
                    : Sample.template(3000, 1 << 10);
            ServiceSpec plain = Sample.service(name, 20, template);
            specs.put(name, new ServiceSpec(name, plain.labels(), name, 0, plain.mode(), template,
                    plain.update(), plain.rollback()));
        }
        Round round = decide(List.copyOf(state.projects()), service(specs.get("a"), 20),
                service(specs.get("b"), 20));
        Map<String, Long> each = round.assignments().stream().collect(Collectors.groupingBy(
                placed -> placed.task().value().substring(0, 1), Collectors.counting()));
        assertEquals(Map.of("a", 3L, "b", 2L), each, "the example of the paper");
    }

    @Test
    void noProjectGetsMoreThanItsQuota() {
        nodes(2, 8, 8);
        Project small = new Project("small", Resources.of(3000, 0), 1);
        apply(new Command.PutProject(small));
        ServiceSpec plain = Sample.service("web", 5, Sample.template(1000, 1));
        Round round = decide(List.of(small), service(new ServiceSpec("web", plain.labels(), "small", 0,
                plain.mode(), plain.task(), plain.update(), plain.rollback()), 5));
        assertEquals(3, round.assignments().size());
        assertTrue(refusals(round).contains("project small has as much as its quota allows"), refusals(round));
    }

    @Test
    void noPlacementEverTakesMoreThanThereIs() {
        for (int seed = 0; seed < 60; seed++) {
            state = ClusterState.EMPTY;
            fleet = Fleet.of(state);
            scheduler = new Scheduler(fleet);
            Random random = new Random(seed);
            for (int i = 0; i < 12; i++) {
                apply(new Command.AddNode(Sample.labelled(Sample.node("n" + i, 1 + random.nextInt(4),
                        1 + random.nextInt(4)), "zone", "z" + random.nextInt(3))));
            }
            for (int s = 0; s < 25; s++) {
                TaskTemplate template = placed(Sample.template(random.nextInt(1500), random.nextInt(1500)),
                        random.nextInt(3) == 0 ? List.of("node.labels.zone!=z0") : List.of(),
                        random.nextBoolean() ? List.of("node.labels.zone") : List.of(), random.nextInt(4) == 0,
                        List.of(), random.nextInt(3));
                int count = 1 + random.nextInt(6);
                decide(service(Sample.service("s" + s, count, template).withPriority(random.nextInt(2)), count));
                if (random.nextInt(4) == 0) {
                    end(random);
                }
            }
            check(seed);
        }
    }

    private void end(Random random) {
        List<Task> held = state.tasks().stream().filter(Task::holdsNode).toList();
        for (Task each : held) {
            if (random.nextInt(3) == 0) {
                apply(new Command.EndTask(each.id(),
                        each.status().in(clusterd.model.TaskState.FAILED, 1, "")));
            }
        }
    }

    private void check(int seed) {
        for (Node node : state.nodes()) {
            Resources used = Resources.NONE;
            for (Task task : state.tasksOf(node.id()).filter(Task::holdsNode).toList()) {
                TaskTemplate template = state.service(task.service()).orElseThrow().template(1);
                used = used.plus(template.reservation());
                for (Constraint each : template.placement().constraints()) {
                    assertTrue(each.allows(node.attribute(each.attribute())), "seed " + seed);
                }
            }
            assertTrue(node.description().capacity().covers(used), "seed " + seed + " " + node.id() + " has "
                    + node.description().capacity() + ", used " + used);
            assertEquals(node.description().capacity().minus(used),
                    fleet.load(node.id()).orElseThrow().free(), "seed " + seed);
        }
        Fleet again = Fleet.of(state);
        again.loads().forEach(each -> assertEquals(each.load(),
                fleet.load(each.node().id()).orElseThrow().load(), 1e-9, "seed " + seed));
    }

    @Test
    void aTaskOfOneNodeGoesThereOrWaits() {
        nodes(2, 1, 8);
        ServiceSpec spec = ServiceSpec.of("each", new clusterd.model.Mode.Global(), Sample.template(800, 1));
        ServiceId id = new ServiceId("each");
        apply(new Command.CreateService(id, spec, 1));
        for (String node : List.of("n0", "n1")) {
            Task task = Sample.task("each-" + node, id, 0, 1);
            apply(new Command.CreateTask(Task.fresh(task.id(), id, 0, 1, java.util.Optional.of(new NodeId(node)),
                    task.desire(), task.status(), "", 0, 0)));
        }
        decide(service(Sample.service("big", 1, placed(Sample.template(500, 1),
                List.of("node.id==n0"), List.of(), false, List.of(), 0)), 1));
        Service service = state.service("each").orElseThrow();
        Round round = decide(new TaskGroup(service, 1, state.tasksOf(id).toList()));
        assertEquals(List.of(new TaskId("each-n1")),
                round.assignments().stream().map(Round.Assignment::task).toList());
    }
}
