package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.autoscale.Autoscaler;
import clusterd.autoscale.NodeReading;
import clusterd.model.Autoscaling;
import clusterd.model.MetricQuery;
import clusterd.model.NodeId;
import clusterd.model.ScaleTarget;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.session.FromNode;
import clusterd.session.MetricValue;
import clusterd.session.TaskUsage;
import clusterd.state.Command;
import clusterd.state.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Fifty times as much to do, all at once: reconciler, scheduler and autoscaler on virtual time. */
class SurgeTest {
    private static final MetricQuery RATE = new MetricQuery(80, "/metrics", "requests_total", new TreeMap<>(), true);
    private static final int REQUESTS_PER_TASK = 100;
    private static final int NODES = 20;

    private final Simulation simulation = new Simulation(1, 0, each -> { });
    private Autoscaler autoscaler = new Autoscaler();
    private ServiceId web;

    private void begin() {
        for (int i = 0; i < NODES; i++) {
            simulation.add(Sample.node("n" + i, 16, 64));
        }
        ServiceSpec spec = Sample.service("web", 2, Sample.template(1000, 64)).with(Optional.of(
                Autoscaling.of(2, 200, new ScaleTarget.Metric("", RATE, REQUESTS_PER_TASK))));
        web = simulation.create(spec);
        simulation.run(5_000);
    }

    private Map<NodeId, NodeReading> readings(double requests, Predicate<NodeId> heard) {
        List<Task> running = simulation.state().tasksOf(web).filter(each -> each.isAlive()
                && each.status().state() == TaskState.RUNNING).toList();
        Map<NodeId, List<TaskUsage>> usages = new HashMap<>();
        running.forEach(task -> usages.computeIfAbsent(task.node().orElseThrow(), key -> new ArrayList<>()).add(
                new TaskUsage(task.id(), OptionalLong.of(0), OptionalLong.of(0),
                        List.of(MetricValue.of(RATE, requests / running.size())))));
        Map<NodeId, NodeReading> readings = new HashMap<>();
        usages.forEach((node, its) -> {
            if (heard.test(node)) {
                readings.put(node, NodeReading.of(new FromNode.Usage(OptionalLong.of(0), 0, its),
                        simulation.nowMillis()));
            }
        });
        return readings;
    }

    /** @return seconds until the service has so many tasks that run, or the seconds that were allowed */
    private int until(int tasks, int seconds, double requests) {
        for (int second = 0; second < seconds; second++) {
            if (simulation.running(web) == tasks && count() == tasks) {
                return second;
            }
            second(requests, node -> true);
        }
        return seconds;
    }

    private void second(double requests, Predicate<NodeId> heard) {
        for (Command each : autoscaler.decide(simulation.state(), readings(requests, heard), simulation.nowMillis())) {
            simulation.propose(each);
        }
        simulation.run(1_000);
    }

    private int count() {
        return simulation.state().service(web).orElseThrow().spec().scale().orElseThrow();
    }

    @Test
    void fiftyTimesAsMuchIsServedInSecondsAndGivenUpAfterTheWindow() {
        begin();
        assertEquals(0, until(2, 60, 200));
        int seconds = until(100, 60, 10_000);
        assertTrue(seconds <= 15, seconds + " s until 100 run");
        for (int i = 0; i < 299; i++) {
            second(200, node -> true);
        }
        assertEquals(100, count());
        assertTrue(until(2, 60, 200) <= 5, "given up after the window");
    }

    @Test
    void aLeaderThatDiesInTheMiddleOfItLosesNothing() {
        begin();
        until(20, 60, 10_000);
        simulation.lead();
        autoscaler = new Autoscaler();
        int seconds = until(100, 60, 10_000);
        assertTrue(seconds <= 15, seconds + " s until 100 run");
    }

    @Test
    void halfOfTheNodesFallSilentAndNothingBecomesSmaller() {
        begin();
        until(100, 60, 10_000);
        for (int i = 0; i < 600; i++) {
            second(10_000, node -> node.value().hashCode() % 2 == 0);
        }
        assertEquals(100, count());
    }
}
