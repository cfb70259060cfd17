package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.explain.Names;
import clusterd.explain.Why;
import clusterd.model.Availability;
import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.SiteLoss.Phase;
import clusterd.model.Standby;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdateStatus;
import clusterd.state.Command;
import clusterd.state.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sites that are lost and come back, on virtual time: sites a and b have the replicas, c stands by. */
class SitesTest {
    private static final TaskTemplate SMALL = Sample.template(100, 64);
    private static final long FAILOVER_MILLIS = 3_000;
    private static final long FAILBACK_MILLIS = 5_000;
    /** A lease, the time until the standby scales out, and some for it to start its tasks. */
    private static final long LOST_MILLIS = Simulation.LEASE_MILLIS + FAILOVER_MILLIS + 2_000;
    private static final long BACK_MILLIS = FAILBACK_MILLIS + 3_000;

    private Simulation simulation;

    private ServiceId create(int warm, long failbackMillis) {
        simulation = new Simulation(7, 0, each -> { });
        for (String site : List.of("a", "b", "c")) {
            for (int i = 1; i <= 2; i++) {
                simulation.add(Sample.in(site, Sample.node(site + i, 4, 8)));
            }
        }
        ServiceId id = simulation.create(spec(4, warm, failbackMillis));
        simulation.run(2_000);
        return id;
    }

    private static ServiceSpec spec(int replicas, int warm, long failbackMillis) {
        return ServiceSpec.of("web", new Mode.PerSite(replicas, false, List.of("a", "b"),
                Optional.of(new Standby("c", warm, FAILOVER_MILLIS, failbackMillis))), SMALL);
    }

    private void lose(String site) {
        simulation.machines().forEach((id, machine) -> {
            if (id.value().startsWith(site)) {
                machine.lose(true);
            }
        });
    }

    private void back(String site) {
        simulation.machines().forEach((id, machine) -> {
            if (id.value().startsWith(site)) {
                machine.back();
            }
        });
    }

    private void set(String site, Availability availability) {
        for (Node node : List.copyOf(simulation.state().nodes())) {
            if (node.site().equals(site)) {
                simulation.propose(new Command.UpdateNode(node.id(), 0, node.spec().with(availability)));
            }
        }
    }

    /** How many tasks run in each site on nodes that are there. */
    private String running(ServiceId id) {
        Map<String, Long> running = new TreeMap<>(Map.of("a", 0L, "b", 0L, "c", 0L));
        simulation.state().tasksOf(id).filter(Task::isAlive).filter(each ->
                Why.runs(each, simulation.state())).forEach(each -> {
                    Node node = simulation.state().node(each.node().orElseThrow()).orElseThrow();
                    assertEquals(each.site(), node.site(), each.toString());
                    running.merge(node.site(), 1L, Long::sum);
                });
        return running.toString().replaceAll("[{}, ]", "");
    }

    private Phase phase(ServiceId id, String site) {
        return simulation.state().service(id).orElseThrow().losses().stream().filter(each -> each.site().equals(site))
                .findFirst().orElseThrow().phase();
    }

    private String why(ServiceId id) {
        return Why.of(simulation.state().service(id).orElseThrow(), simulation.state());
    }

    @Test
    void eachSiteHasItsReplicasAndTheStandbyNone() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
        Set<String> names = simulation.state().tasksOf(web).map(each -> Names.of(each, simulation.state()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(names.containsAll(List.of("web.a.1", "web.a.4", "web.b.1", "web.b.4")), names.toString());
        assertTrue(why(web).startsWith("web: 8 of 8 run, 4 wanted in each of the sites a, b, site c stands by with 0"),
                why(web));
    }

    @Test
    void theStandbyScalesOutWhenASiteIsLostAndInWhenItIsBack() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        Set<TaskId> before = ids(web, "a");
        lose("a");
        simulation.run(Simulation.LEASE_MILLIS + FAILOVER_MILLIS / 2);
        assertEquals("a=0b=4c=0", running(web));
        assertEquals(Phase.LOST, phase(web, "a"));
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=4c=4", running(web));
        assertTrue(why(web).contains("Site a is lost since 2023-11-14T22:13:24Z (2 nodes down): site c scaled out"
                + " 0 → 4 at "), why(web));
        assertTrue(simulation.state().tasksOf(web).filter(each -> each.site().equals("c")).allMatch(each ->
                each.reason().contains("site a is lost since 22:13:24Z (2 nodes down)")));
        assertEquals(before, ids(web, "a"), "nothing is made for a site that is lost");
        back("a");
        simulation.run(2_000);
        assertEquals("a=4b=4c=4", running(web), "the standby stays for a while");
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
        assertEquals(Phase.OVER, phase(web, "a"));
    }

    private Set<TaskId> ids(ServiceId id, String site) {
        return simulation.state().tasksOf(id).filter(each -> each.site().equals(site)).map(Task::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aSiteThatWasOnlyCutOffGoesOnWithTheSameTasks() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        Set<TaskId> before = ids(web, "a");
        simulation.machines().forEach((id, machine) -> {
            if (id.value().startsWith("a")) {
                machine.lose(false);
            }
        });
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=4c=4", running(web));
        back("a");
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
        assertEquals(before, ids(web, "a"));
    }

    @Test
    void aWarmStandbyGrowsByWhatItLacks() {
        ServiceId web = create(1, FAILBACK_MILLIS);
        assertEquals("a=4b=4c=1", running(web));
        Set<TaskId> warm = ids(web, "c");
        lose("a");
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=4c=4", running(web));
        assertTrue(ids(web, "c").containsAll(warm), "what was warm goes on");
        back("a");
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=1", running(web));
        assertEquals(warm, ids(web, "c"));
    }

    @Test
    void aSiteThatIsBackBeforeTheDelayIsOverIsNoLoss() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        for (int i = 0; i < 5; i++) {
            lose("a");
            simulation.run(Simulation.LEASE_MILLIS + FAILOVER_MILLIS / 2);
            back("a");
            simulation.run(1_500);
            assertTrue(ids(web, "c").isEmpty());
        }
        assertEquals("a=4b=4c=0", running(web));
        assertEquals(Phase.OVER, phase(web, "a"));
    }

    @Test
    void aSiteThatIsLostAgainWhileItComesBackKeepsTheStandby() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("a");
        simulation.run(LOST_MILLIS);
        Set<TaskId> standby = ids(web, "c");
        for (int i = 0; i < 3; i++) {
            back("a");
            simulation.run(FAILBACK_MILLIS / 2);
            lose("a");
            simulation.run(Simulation.LEASE_MILLIS + 500);
            assertEquals("a=0b=4c=4", running(web));
            assertEquals(standby, ids(web, "c"), "it neither scaled in nor began again");
        }
    }

    @Test
    void theStandbyStandsInForBothSites() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("a");
        lose("b");
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=0c=8", running(web));
        back("b");
        simulation.run(BACK_MILLIS);
        assertEquals("a=0b=4c=4", running(web));
        back("a");
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
    }

    @Test
    void aStandbyThatIsLostTooScalesOutWhenItIsBack() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("c");
        lose("a");
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=4c=0", running(web));
        assertTrue(why(web).contains("web: 4 of 8 run"), why(web));
        assertTrue(why(web).contains("Site c, which is to stand in, is lost itself since "), why(web));
        back("c");
        simulation.run(2_000);
        assertEquals("a=0b=4c=4", running(web));
    }

    @Test
    void aSiteThatIsDrainedIsLostAtOnce() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        set("a", Availability.DRAIN);
        simulation.run(2_000);
        assertEquals("a=0b=4c=4", running(web));
        assertTrue(why(web).contains("(2 nodes drained)"), why(web));
        set("a", Availability.ACTIVE);
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
    }

    @Test
    void aSiteOfWhichOneNodeIsLeftIsNotLost() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        simulation.machines().get(new NodeId("a1")).lose(true);
        simulation.run(LOST_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
    }

    @Test
    void aServiceIsScaledWhileASiteIsLost() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("a");
        simulation.run(LOST_MILLIS);
        simulation.update(web, spec(6, 0, FAILBACK_MILLIS));
        simulation.run(2_000);
        assertEquals("a=0b=6c=6", running(web));
        back("a");
        simulation.run(BACK_MILLIS);
        assertEquals("a=6b=6c=0", running(web));
    }

    @Test
    void anUpdateIsDoneWithoutALostSiteWhichGetsItWhenItIsBack() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("a");
        simulation.run(LOST_MILLIS);
        simulation.update(web, spec(4, 0, FAILBACK_MILLIS).with(
                SMALL.with(new ContainerTemplate("web:2", new byte[0]))));
        simulation.run(30_000);
        assertEquals(UpdateStatus.Phase.COMPLETED, simulation.state().service(web).orElseThrow().update().phase());
        assertEquals("a=0b=4c=4", running(web));
        back("a");
        simulation.run(60_000);
        assertEquals("a=4b=4c=0", running(web));
        assertTrue(simulation.state().tasksOf(web).filter(Task::isAlive).allMatch(each -> each.specVersion() == 2));
        assertEquals(UpdateStatus.Phase.COMPLETED, simulation.state().service(web).orElseThrow().update().phase());
    }

    @Test
    void aStandbyThatNeverFailsBackWaitsForAnOperator() {
        ServiceId web = create(0, Standby.NEVER);
        lose("a");
        simulation.run(LOST_MILLIS);
        back("a");
        simulation.run(600_000);
        assertEquals("a=4b=4c=4", running(web));
        assertTrue(why(web).contains("--site-failback-after 0s"), why(web));
        simulation.update(web, spec(4, 0, 0));
        simulation.run(2_000);
        assertEquals("a=4b=4c=0", running(web));
    }

    @Test
    void anotherLeaderGoesOnWhereTheLastOneWas() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        lose("a");
        simulation.run(Simulation.LEASE_MILLIS + FAILOVER_MILLIS - 100);
        simulation.lead();
        simulation.run(2_500);
        assertEquals("a=0b=4c=4", running(web));
        back("a");
        simulation.run(1_500);
        simulation.lead();
        simulation.run(BACK_MILLIS);
        assertEquals("a=4b=4c=0", running(web));
    }

    @Test
    void withoutAStandbyNothingStandsIn() {
        create(0, FAILBACK_MILLIS);
        ServiceId all = simulation.create(ServiceSpec.of("all", new Mode.PerSite(2, false, List.of(),
                Optional.empty()), SMALL));
        simulation.run(2_000);
        assertEquals("a=2b=2c=2", running(all));
        lose("c");
        simulation.run(LOST_MILLIS);
        assertEquals("a=2b=2c=0", running(all));
        assertTrue(why(all).contains("all: 4 of 6 run"), why(all));
        assertTrue(why(all).contains("(2 nodes down): nothing stands in for it"), why(all));
    }

    @Test
    void anOperatorsSiteWinsOverTheAgents() {
        ServiceId web = create(0, FAILBACK_MILLIS);
        Node node = simulation.state().node(new NodeId("b1")).orElseThrow();
        simulation.propose(new Command.UpdateNode(node.id(), 0, node.spec().in("elsewhere")));
        simulation.run(2_000);
        assertEquals("a=4b=4c=0", running(web));
        assertEquals(0, simulation.state().tasksOf(node.id()).filter(Task::isAlive).count());
        assertEquals(NodeStatus.State.READY, simulation.state().node(node.id()).orElseThrow().status().state());
    }

    @Test
    void uniqueTasksOfALostSiteWaitForIt() {
        create(0, FAILBACK_MILLIS);
        ServiceId id = simulation.create(ServiceSpec.of("one", new Mode.PerSite(1, true, List.of("a", "b"),
                Optional.empty()), SMALL));
        simulation.run(2_000);
        assertEquals("a=1b=1c=0", running(id));
        lose("a");
        simulation.run(LOST_MILLIS);
        assertEquals("a=0b=1c=0", running(id));
        back("a");
        simulation.run(3_000);
        assertEquals("a=1b=1c=0", running(id));
    }
}
