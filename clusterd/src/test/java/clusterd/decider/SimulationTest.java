package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Availability;
import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Standby;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import clusterd.model.UpdateStatus.Phase;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import clusterd.wire.StateCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final TaskTemplate SMALL = Sample.template(100, 64);

    private static Simulation cluster(long seed, int nodes, double failures) {
        Simulation simulation = new Simulation(seed, failures, each -> { });
        for (int i = 0; i < nodes; i++) {
            simulation.add(Sample.node("n" + i, 4, 8));
        }
        return simulation;
    }

    private static TaskTemplate version(int number) {
        return SMALL.with(new ContainerTemplate("web:" + number, new byte[0]));
    }

    private static Map<String, Long> perNode(Simulation simulation, ServiceId id) {
        return simulation.state().tasksOf(id).filter(Task::isAlive).filter(each -> each.node().isPresent())
                .collect(Collectors.groupingBy(each -> each.node().get().value(), TreeMap::new,
                        Collectors.counting()));
    }

    @Test
    void aServiceComesToRunAndIsScaled() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceId web = simulation.create(Sample.service("web", 6, SMALL));
        simulation.run(2000);
        assertEquals(6, simulation.running(web));
        assertEquals(Map.of("n0", 2L, "n1", 2L, "n2", 2L), perNode(simulation, web));
        simulation.update(web, Sample.service("web", 9, SMALL));
        simulation.run(2000);
        assertEquals(9, simulation.running(web));
        simulation.update(web, Sample.service("web", 1, SMALL));
        simulation.run(2000);
        assertEquals(1, simulation.state().tasksOf(web).count());
    }

    @Test
    void aFailedTaskIsReplacedWithAGrowingDelay() {
        Simulation simulation = cluster(1, 1, 1);
        ServiceId web = simulation.create(Sample.service("web", 1, SMALL));
        simulation.run(200_000);
        assertTrue(simulation.state().tasksOf(web).count() <= 6, "history is bounded");
        long made = simulation.log().stream().flatMap(each -> each.commands().stream())
                .filter(Command.CreateTask.class::isInstance).count();
        assertTrue(made > 8 && made < 20, made + " were made");
    }

    @Test
    void theTasksOfADeadNodeRunElsewhere() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceId web = simulation.create(Sample.service("web", 6, SMALL));
        simulation.run(2000);
        simulation.machines().get(new NodeId("n1")).lose(true);
        simulation.run(Simulation.LEASE_MILLIS + 500);
        assertEquals(Map.of("n0", 3L, "n2", 3L), simulation.state().tasksOf(web)
                .filter(each -> each.isAlive() && each.status().state() == TaskState.RUNNING)
                .filter(each -> !each.node().orElseThrow().value().equals("n1"))
                .collect(Collectors.groupingBy(each -> each.node().get().value(), Collectors.counting())));
    }

    @Test
    void aNodeThatComesBackGoesOnWithTheSameTasks() {
        Simulation simulation = cluster(1, 2, 0);
        ServiceId web = simulation.create(Sample.service("web", 2, SMALL));
        simulation.run(2000);
        List<TaskId> before = simulation.state().tasksOf(web).filter(Task::isAlive).map(Task::id).toList();
        Simulation.Machine lost = simulation.machines().get(new NodeId("n1"));
        lost.lose(false);
        simulation.run(Simulation.LEASE_MILLIS + 1000);
        assertEquals(3, simulation.state().tasksOf(web).filter(Task::isAlive).count());
        lost.back();
        simulation.run(2000);
        assertEquals(before, simulation.state().tasksOf(web).filter(Task::isAlive).map(Task::id).toList());
        assertEquals(2, simulation.running(web));
    }

    @Test
    void aReplacementThatRunsIsKeptWhenTheNodeComesBackWithoutTheTask() {
        Simulation simulation = cluster(1, 2, 0);
        ServiceId web = simulation.create(Sample.service("web", 2, SMALL));
        simulation.run(2000);
        Simulation.Machine lost = simulation.machines().get(new NodeId("n1"));
        lost.lose(true);
        simulation.run(Simulation.LEASE_MILLIS + 1000);
        List<TaskId> runs = simulation.machines().get(new NodeId("n0")).tasks().keySet().stream().sorted().toList();
        assertEquals(2, runs.size());
        lost.back();
        for (int i = 0; i < 200; i++) {
            simulation.run(10);
            assertTrue(runs.stream().allMatch(each -> simulation.state().task(each).orElseThrow().isAlive()));
        }
        assertEquals(runs, simulation.state().tasksOf(web).filter(Task::isAlive).map(Task::id).sorted().toList());
    }

    @Test
    void aUniqueTaskHasEndedOnceItsNodeIsDown() {
        Simulation simulation = new Simulation(1, 0, SimulationTest::holds);
        for (int i = 0; i < 2; i++) {
            simulation.add(Sample.node("n" + i, 4, 8));
        }
        ServiceId one = simulation.create(ServiceSpec.of("one", new Mode.Replicated(1, true), SMALL));
        simulation.run(2000);
        Task before = simulation.state().tasksOf(one).findFirst().orElseThrow();
        Simulation.Machine lost = simulation.machines().get(before.node().orElseThrow());
        lost.lose(true);
        simulation.run(Simulation.LEASE_MILLIS);
        assertEquals(TaskState.ORPHANED, simulation.state().task(before.id()).orElseThrow().status().state());
        lost.back();
        simulation.run(3000);
        assertEquals(1, simulation.running(one));
        assertEquals(TaskState.ORPHANED, simulation.state().task(before.id()).orElseThrow().status().state());
    }

    @Test
    void aDrainedNodeIsLeft() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceId web = simulation.create(Sample.service("web", 6, SMALL));
        simulation.run(2000);
        NodeId node = new NodeId("n0");
        simulation.propose(new Command.UpdateNode(node, 0,
                simulation.state().node(node).orElseThrow().spec().with(Availability.DRAIN)));
        simulation.run(2000);
        assertEquals(Map.of("n1", 3L, "n2", 3L), perNode(simulation, web));
    }

    @Test
    void aGlobalServiceIsOnEachNodeAlsoOnLaterOnes() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceId web = simulation.create(ServiceSpec.of("each", new Mode.Global(), SMALL));
        simulation.run(1000);
        simulation.add(Sample.node("later", 1, 1));
        simulation.run(1000);
        assertEquals(Map.of("n0", 1L, "n1", 1L, "n2", 1L, "later", 1L), perNode(simulation, web));
        assertEquals(4, simulation.running(web));
    }

    @Test
    void aJobEndsWhenSoManyHaveComeToAGoodEnd() {
        Simulation simulation = cluster(1, 3, 0.2);
        ServiceId job = simulation.create(ServiceSpec.of("job", new Mode.Job(10, 3),
                SMALL.with(new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 100, 0, 0))));
        for (int i = 0; i < 100; i++) {
            simulation.run(300);
            assertTrue(simulation.state().tasksOf(job).filter(Task::isAlive).count() <= 3);
        }
        assertEquals(10, simulation.state().tasksOf(job)
                .filter(each -> each.status().state() == TaskState.COMPLETE).count());
    }

    @Test
    void aGlobalJobRunsOnceOnEachNodeAlsoOnLaterOnes() {
        Simulation simulation = cluster(1, 3, 0.2);
        ServiceId job = simulation.create(ServiceSpec.of("job", new Mode.GlobalJob(),
                SMALL.with(new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 100, 0, 0))));
        simulation.run(60_000);
        assertEquals(Set.of("n0", "n1", "n2"), completed(simulation, job).keySet());
        NodeId node = new NodeId("n0");
        simulation.machines().get(node).lose(true);
        simulation.run(Simulation.LEASE_MILLIS + 1000);
        simulation.machines().get(node).back();
        simulation.add(Sample.node("later", 1, 1));
        simulation.run(60_000);
        assertEquals(Map.of("n0", 1L, "n1", 1L, "n2", 1L, "later", 1L), completed(simulation, job));
    }

    private static Map<String, Long> completed(Simulation simulation, ServiceId job) {
        long wanted = simulation.state().service(job).orElseThrow().specVersion();
        return simulation.state().tasksOf(job).filter(each -> each.iteration() == wanted
                && each.status().state() == TaskState.COMPLETE).collect(Collectors.groupingBy(each ->
                        each.node().orElseThrow().value(), TreeMap::new, Collectors.counting()));
    }

    @Test
    void aCronJobRunsAtItsTimesAndNotBetween() {
        Simulation simulation = cluster(1, 3, 0);
        simulation.create(ServiceSpec.of("cron", new Mode.Cron("*/5 * * * *", new Mode.Job(2, 2), false), SMALL));
        simulation.run(21 * 60_000);
        List<Long> runs = simulation.log().stream().flatMap(each -> each.commands().stream())
                .filter(Command.CreateTask.class::isInstance)
                .map(each -> ((Command.CreateTask) each).task().iteration()).toList();
        assertEquals(4, runs.stream().distinct().count(), runs.toString());
        assertEquals(8, runs.size());
        assertTrue(runs.stream().allMatch(each -> each % 5 == 0));
    }

    @Test
    void anUpdateExchangesAFewAtATimeAndLosesNone() {
        for (boolean startFirst : List.of(true, false)) {
            Simulation simulation = cluster(1, 3, 0);
            ServiceSpec spec = Sample.service("web", 10, version(1)).withUpdate(new UpdatePolicy(2, 100,
                    startFirst, 500, UpdatePolicy.FailureAction.PAUSE, 0));
            ServiceId web = simulation.create(spec);
            simulation.run(2000);
            simulation.update(web, spec.with(version(2)));
            long fewest = 10;
            for (int i = 0; i < 1500; i++) {
                simulation.run(10);
                fewest = Math.min(fewest, simulation.running(web));
            }
            assertEquals(startFirst ? 10 : 8, fewest);
            Service after = simulation.state().service(web).orElseThrow();
            assertEquals(Phase.COMPLETED, after.update().phase());
            assertTrue(simulation.state().tasksOf(web).filter(Task::isAlive)
                    .allMatch(each -> each.specVersion() == 2));
            assertEquals(10, simulation.running(web));
        }
    }

    @Test
    void aServiceThatIsScaledWithinAnUpdateIsUpdatedToTheEnd() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceSpec spec = Sample.service("web", 6, version(1)).withUpdate(new UpdatePolicy(1, 100, true, 500,
                UpdatePolicy.FailureAction.PAUSE, 0));
        ServiceId web = simulation.create(spec);
        simulation.run(2000);
        ServiceSpec other = spec.with(version(2));
        simulation.update(web, other);
        simulation.run(300);
        simulation.update(web, other.scaledTo(9));
        simulation.run(20_000);
        assertEquals(Phase.COMPLETED, simulation.state().service(web).orElseThrow().update().phase());
        assertEquals(9, simulation.state().tasksOf(web).filter(each -> each.isAlive() && each.specVersion() == 2).count());
    }

    @Test
    void anUpdateThatFailsAfterItWasScaledIsPausedSinceTheSpecBeforeHasTheSameTasks() {
        Simulation simulation = new Simulation(1, 1, each -> { });
        simulation.add(Sample.node("n0", 4, 8));
        ServiceSpec spec = Sample.service("web", 4, version(1)).withUpdate(new UpdatePolicy(1, 0, true, 500,
                UpdatePolicy.FailureAction.ROLLBACK, 0));
        ServiceId web = simulation.create(spec);
        simulation.update(web, spec.with(version(2)));
        simulation.update(web, spec.with(version(2)).scaledTo(5));
        simulation.run(20_000);
        assertEquals(Phase.PAUSED, simulation.state().service(web).orElseThrow().update().phase());
        assertEquals(5, simulation.state().service(web).orElseThrow().spec().scale().orElseThrow());
    }

    @Test
    void anUpdateThatFailsIsTakenBack() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceSpec spec = Sample.service("web", 4, version(1)).withUpdate(new UpdatePolicy(1, 0, true, 500,
                UpdatePolicy.FailureAction.ROLLBACK, 0));
        ServiceId web = simulation.create(spec);
        simulation.run(2000);
        simulation.update(web, spec.with(version(2)));
        simulation.run(20);
        Task fresh = simulation.state().tasksOf(web).filter(each -> each.specVersion() == 2).findFirst()
                .orElseThrow();
        simulation.propose(new Command.EndTask(fresh.id(),
                fresh.status().in(TaskState.FAILED, simulation.nowMillis(), "exit code 3")));
        simulation.run(5000);
        Service after = simulation.state().service(web).orElseThrow();
        assertEquals(Phase.ROLLED_BACK, after.update().phase());
        assertEquals(1, after.specVersion());
        assertTrue(after.update().message().contains("exit code 3"), after.update().message());
        assertEquals(4, simulation.running(web));
        assertTrue(simulation.state().tasksOf(web).filter(Task::isAlive)
                .allMatch(each -> each.specVersion() == 1));
    }

    @Test
    void anUpdateThatFailsIsPaused() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceSpec spec = Sample.service("web", 4, version(1)).withUpdate(new UpdatePolicy(1, 0, true, 500,
                UpdatePolicy.FailureAction.PAUSE, 0));
        ServiceId web = simulation.create(spec);
        simulation.run(2000);
        simulation.update(web, spec.with(version(2)));
        simulation.run(20);
        Task fresh = simulation.state().tasksOf(web).filter(each -> each.specVersion() == 2).findFirst()
                .orElseThrow();
        simulation.propose(new Command.EndTask(fresh.id(),
                fresh.status().in(TaskState.FAILED, simulation.nowMillis(), "exit code 3")));
        simulation.run(5000);
        assertEquals(Phase.PAUSED, simulation.state().service(web).orElseThrow().update().phase());
        assertEquals(4, simulation.running(web));
    }

    @Test
    void aRemovedServiceLeavesNothing() {
        Simulation simulation = cluster(1, 3, 0);
        ServiceId web = simulation.create(Sample.service("web", 6, SMALL));
        simulation.run(2000);
        simulation.machines().get(new NodeId("n1")).lose(false);
        simulation.run(4000);
        simulation.propose(new Command.RemoveService(web, simulation.nowMillis()));
        simulation.run(2000);
        assertEquals(Optional.empty(), simulation.state().service(web));
        assertEquals(0, simulation.state().tasks().size());
        simulation.machines().get(new NodeId("n1")).back();
        simulation.run(100);
        assertTrue(simulation.machines().values().stream().allMatch(each -> each.tasks().isEmpty()));
    }

    /** What must hold at any time, whatever a manager knows of it: of a unique place there are not two. */
    private static void holds(Simulation simulation) {
        Map<String, TaskId> places = new TreeMap<>();
        for (Simulation.Machine machine : simulation.machines().values()) {
            machine.tasks().forEach((id, its) -> simulation.state().task(id).ifPresent(task -> {
                Service service = simulation.state().service(task.service()).orElseThrow();
                boolean runs = its == TaskState.STARTING || its == TaskState.RUNNING;
                if (runs && service.spec().mode().isUnique()) {
                    String place = service.spec().name() + "." + task.site() + "." + task.slot();
                    TaskId other = places.put(place, id);
                    if (other != null) {
                        throw new AssertionError("two of " + place + ": "
                                + task + " and " + simulation.state().task(other));
                    }
                }
            }));
        }
    }

    @Test
    void noSeedLeavesAClusterThatIsNotAsItWasWanted() {
        for (long seed = 0; seed < 200; seed++) {
            Simulation simulation = new Simulation(seed, 0.05, SimulationTest::holds);
            Random random = new Random(seed);
            for (int i = 0; i < 6; i++) {
                simulation.add(Sample.in(List.of("a", "b", "c").get(i / 2),
                        Sample.labelled(Sample.node("n" + i, 8, 16), "zone", "z" + i % 2)));
            }
            for (int step = 0; step < 40; step++) {
                disturb(simulation, random);
                simulation.run(random.nextInt(1500));
            }
            simulation.machines().values().forEach(Simulation.Machine::back);
            simulation.run(600_000);
            check(simulation, "seed " + seed);
        }
    }

    private static void disturb(Simulation simulation, Random random) {
        List<Simulation.Machine> machines = new ArrayList<>(simulation.machines().values());
        Simulation.Machine machine = machines.get(random.nextInt(machines.size()));
        String name = "s" + random.nextInt(9);
        Optional<Service> service = simulation.state().service(name).filter(each -> !each.removed());
        switch (random.nextInt(9)) {
            case 8 -> loseSite(simulation, machine, random.nextBoolean());
            case 0 -> machine.lose(random.nextBoolean());
            case 1, 2 -> machine.back();
            case 3 -> simulation.lead();
            case 4 -> service.ifPresent(each -> simulation.propose(
                    new Command.RemoveService(each.id(), simulation.nowMillis())));
            default -> {
                ServiceSpec spec = ServiceSpec.of(name, switch (name) {
                    case "s0" -> new Mode.Global();
                    case "s1" -> new Mode.Job(1 + random.nextInt(5), 2);
                    case "s2" -> new Mode.Replicated(random.nextInt(4), true);
                    case "s6" -> new Mode.PerSite(1 + random.nextInt(3), false, List.of("a", "b"),
                            Optional.of(new Standby("c", random.nextInt(2), 500, random.nextInt(2000))));
                    case "s8" -> new Mode.GlobalJob();
                    case "s7" -> new Mode.PerSite(random.nextInt(3), true, List.of(), Optional.empty());
                    default -> new Mode.Replicated(random.nextInt(8), false);
                }, version(random.nextInt(3))).withUpdate(new UpdatePolicy(random.nextInt(3), 0,
                        !name.equals("s2") && !name.equals("s7") && random.nextBoolean(), 100,
                        UpdatePolicy.FailureAction.values()[random.nextInt(3)], 20));
                if (service.isPresent()) {
                    simulation.update(service.get().id(), spec);
                } else {
                    simulation.propose(new Command.CreateService(new ServiceId(name + "-"
                            + simulation.nowMillis()), spec, simulation.nowMillis()));
                }
            }
        }
    }

    private static void loseSite(Simulation simulation, Simulation.Machine machine, boolean dies) {
        String site = simulation.siteOf(machine);
        simulation.machines().values().stream().filter(each -> simulation.siteOf(each).equals(site))
                .forEach(each -> each.lose(dies));
    }

    private static void check(Mode.PerSite mode, Service service, ClusterState state, String what) {
        Map<String, Long> running = state.tasksOf(service.id()).filter(each -> each.isAlive()
                && each.status().state() == TaskState.RUNNING).collect(Collectors.groupingBy(Task::site,
                        TreeMap::new, Collectors.counting()));
        boolean whole = true;
        for (String site : mode.standby().isPresent() ? List.of("a", "b") : List.of("a", "b", "c")) {
            long its = running.getOrDefault(site, 0L);
            assertTrue(its >= mode.replicas() - 1 && its <= mode.replicas(), site + " " + what);
            whole &= its == mode.replicas();
        }
        if (mode.standby().isPresent() && whole) {
            long its = running.getOrDefault("c", 0L);
            int warm = mode.standby().get().replicas();
            assertTrue(its >= warm - 1 && its <= warm, "standby " + running + " " + service.losses() + " " + what);
        }
    }

    private static void check(Simulation simulation, String seed) {
        ClusterState state = simulation.state();
        for (Service service : state.services()) {
            String what = seed + " " + service.spec().name() + " " + service.spec().mode() + " "
                    + service.update() + " " + state.tasksOf(service.id()).filter(Task::isAlive).toList();
            assertEquals(false, service.removed(), what);
            long running = simulation.running(service.id());
            switch (service.spec().mode()) {
                case Mode.Global global -> assertTrue(running >= 5, what);
                case Mode.Replicated replicated -> assertTrue(running >= replicated.replicas() - 1
                        && running <= replicated.replicas(), what);
                case Mode.PerSite perSite -> check(perSite, service, state, what);
                case Mode.Job job -> assertEquals(job.completions(), state.tasksOf(service.id())
                        .filter(each -> each.iteration() == service.specVersion()
                                && each.status().state() == TaskState.COMPLETE)
                        .map(Task::slot).distinct().count(), what);
                case Mode.GlobalJob job -> {
                    Map<String, Long> done = completed(simulation, service.id());
                    assertTrue(done.size() == 6 && done.values().stream().allMatch(each -> each == 1), what + done);
                }
                case Mode.Cron cron -> { }
            }
        }
        for (Simulation.Machine machine : simulation.machines().values()) {
            machine.tasks().forEach((id, its) -> assertTrue(its.isEnd() || state.task(id).isPresent(),
                    seed + " has " + id + ", which nobody knows"));
        }
        ClusterState again = ClusterState.EMPTY;
        for (clusterd.state.Entry entry : simulation.log()) {
            again = again.apply(entry).state();
        }
        assertEquals(StateCodec.digest(state), StateCodec.digest(again), seed);
    }

    @Test
    void whatIsReservedIsNeverMoreThanThereIs() {
        Simulation simulation = cluster(1, 2, 0);
        simulation.create(Sample.service("web", 100, Sample.template(1000, 64)));
        simulation.run(3000);
        for (String node : List.of("n0", "n1")) {
            Resources used = simulation.state().tasksOf(new NodeId(node)).filter(Task::holdsNode)
                    .map(each -> Sample.template(1000, 64).reservation()).reduce(Resources.NONE, Resources::plus);
            assertEquals(4000, used.cpuMillis());
        }
    }
}
