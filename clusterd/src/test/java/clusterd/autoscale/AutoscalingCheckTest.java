package clusterd.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Autoscaling;
import clusterd.model.MetricQuery;
import clusterd.model.Mode;
import clusterd.model.ScaleStep;
import clusterd.model.ScaleTarget;
import clusterd.model.ServiceSpec;
import clusterd.state.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AutoscalingCheckTest {
    private static List<String> problems(Mode mode, Autoscaling autoscaling) {
        return AutoscalingCheck.problems(ServiceSpec.of("web", mode, Sample.template(0, 0))
                .with(Optional.of(autoscaling)));
    }

    private static ScaleTarget metric(String service) {
        return new ScaleTarget.Metric(service, new MetricQuery(80, "/metrics", "queue", new TreeMap<>(), false), 10);
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        ScaleTarget wrong = new ScaleTarget.Metric("web", new MetricQuery(70_000, "metrics\r\nHost: x", "1x",
                new TreeMap<>(Map.of("a-b", "c")), false), Double.NaN);
        List<String> problems = problems(new Mode.Replicated(20, false), new Autoscaling(7, 10,
                List.of(new ScaleTarget.Cpu(0), new ScaleTarget.Memory(70), wrong, wrong), -1, -1,
                new ScaleStep(0, 0, 1), new ScaleStep(-1, 1, 0)));
        for (String path : List.of("mode.replicas", "autoscaling.targets", "autoscaling.targets.cpu",
                "autoscaling.targets.memory", "autoscaling.targets.metric.port", "autoscaling.targets.metric.path",
                "autoscaling.targets.metric.name", "autoscaling.targets.metric.labels",
                "autoscaling.targets.metric.average", "autoscaling.targets.metric.service",
                "autoscaling.up_window", "autoscaling.down_window", "autoscaling.up_step",
                "autoscaling.down_step.percent", "autoscaling.down_step.period")) {
            assertTrue(problems.stream().anyMatch(each -> each.startsWith(path + ": ")), path + " in " + problems);
        }
    }

    @Test
    void nothingIsLeftOnlyIfSomebodyElseTellsOfTheWork() {
        assertEquals(List.of("autoscaling.minimum: 0 would leave no task to ask how much there is to do; 1 is"
                + " expected, or a metric of another service"),
                problems(new Mode.Replicated(0, false), Autoscaling.of(0, 10, metric(""))));
        assertEquals(List.of(), problems(new Mode.Replicated(0, false), Autoscaling.of(0, 10, metric("broker"))));
        assertEquals(List.of(), problems(new Mode.Job(5, 0), Autoscaling.of(0, 10, metric("broker"))));
    }

    @Test
    void aJobIsNotScaledByWhatItsTasksTake() {
        ServiceSpec job = ServiceSpec.of("job", new Mode.Job(5, 1), Sample.template(100, 64));
        assertEquals(1, AutoscalingCheck.problems(job.with(Optional.of(
                Autoscaling.of(1, 10, new ScaleTarget.Cpu(70))))).size());
    }

    @Test
    void globalAndCronServicesAreNotScaled() {
        assertEquals(1, problems(new Mode.GlobalJob(), Autoscaling.of(1, 10, metric(""))).size());
        assertEquals(1, problems(new Mode.Global(), Autoscaling.of(1, 10, metric(""))).size());
        assertEquals(1, problems(new Mode.Cron("* * * * *", new Mode.Job(1, 1), false),
                Autoscaling.of(1, 10, metric(""))).size());
    }
}
