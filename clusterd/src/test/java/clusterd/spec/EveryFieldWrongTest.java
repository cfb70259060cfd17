package clusterd.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import clusterd.state.Sample;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EveryFieldWrongTest {
    @Test
    void allProblemsAreToldAtOnceEachWithItsPath() {
        UpdatePolicy update = new UpdatePolicy(-1, -2, true, -3, UpdatePolicy.FailureAction.PAUSE, 101);
        TaskTemplate task = TaskTemplate.of(new ContainerTemplate(" ", new byte[0]),
                new Resources(-1, Long.MIN_VALUE, -1, new TreeMap<>()).with("media", -5).with(" ", 1))
                .with(new RestartPolicy(RestartPolicy.Condition.ANY, -1, -1, -1))
                .with(new Placement(List.of(), List.of(""), false, List.of(), -1, List.of()));
        ServiceSpec spec = new ServiceSpec("", new TreeMap<>(), "x y", 0, new Mode.Replicated(-1, true), task, update,
                update);
        List<String> problems = ServiceCheck.problems(spec);
        for (String path : List.of("name", "project", "mode.replicas", "update.order", "task.container.image",
                "task.reservation.cpu", "task.reservation.memory", "task.reservation.pids", "task.reservation.media",
                "task.reservation", "update.parallelism", "rollback.parallelism")) {
            assertTrue(problems.stream().anyMatch(each -> each.startsWith(path + ": ")), path + " is not in "
                    + String.join("\n", problems));
        }
        assertTrue(problems.size() >= 15, String.join("\n", problems));
    }

    @Test
    void aJobsNumbersAreToldToo() {
        List<String> problems = ServiceCheck.problems(ServiceSpec.of("x",
                new Mode.Cron("61 25 * * *", new Mode.Job(0, 0), false), Sample.template(1, 1)));
        assertEquals(3, problems.size(), String.join("\n", problems));
        assertTrue(problems.stream().allMatch(each -> each.startsWith("mode.")), String.join("\n", problems));
    }

    @Test
    void namesOfOtherScriptsAndWithoutAnEndAreNoNames() {
        for (String name : List.of("сервис", "サービス", "ѡeb", "web\u200b", "we\u0000b", "-web", "web-", "a/b", "../x",
                "w b", "\ud83d\ude80", "a".repeat(64), "web\n", "ｗｅｂ")) {
            List<String> problems = ServiceCheck.problems(Sample.service(name, 1, Sample.template(1, 1)));
            assertEquals(1, problems.size(), name + ": " + problems);
            assertTrue(problems.getFirst().startsWith("name: ") && problems.getFirst().contains("is no name"),
                    problems.getFirst());
        }
        assertEquals(List.of(), ServiceCheck.problems(Sample.service("a".repeat(63), 1, Sample.template(1, 1))));
    }
}
