package clusterd.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
import clusterd.model.NamedPort;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import clusterd.state.Sample;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
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

    private static List<String> named(NamedPort... ports) {
        return ServiceCheck.problems(Sample.service("x", 1, Sample.template(1, 1)).with(new ServiceEndpoint(
                ServiceEndpoint.Mode.VIRTUAL, ServiceEndpoint.Choice.RANDOM, List.of(), List.of(ports))));
    }

    @Test
    void portsHaveNamesOfTheirOwnKind() {
        assertEquals(List.of(), named(new NamedPort("_sip._udp", 1), new NamedPort("_sip._tcp", 65_535)));
        for (String name : List.of("sip._udp", "_sip.udp", "_sip", "_sip._udp.x", "_._udp", "_-a._udp", "_a-._udp",
                "_SIP._udp", "_sip._udp\n", "", "_" + "a".repeat(63) + "._udp")) {
            List<String> problems = named(new NamedPort("_sip._tcp", 1), new NamedPort(name, 5060));
            assertEquals(1, problems.size(), name + ": " + problems);
            assertTrue(problems.getFirst().startsWith("endpoint.named[1]: "), problems.getFirst());
        }
        for (int port : new int[] {0, -1, 65_536, 70_000}) {
            assertEquals(List.of("endpoint.named[0]: " + port + " is not from 1 to 65535"),
                    named(new NamedPort("_sip._udp", port)));
        }
        assertEquals(List.of("endpoint.named: _sip._udp is there twice: a name is of one port"),
                named(new NamedPort("_sip._udp", 1), new NamedPort("_sip._udp", 2)));
        assertEquals(List.of("endpoint.named: a service has at most 16 ports with names, not 17"),
                named(IntStream.range(0, 17).mapToObj(number -> new NamedPort("_s" + number + "._udp", 1))
                        .toArray(NamedPort[]::new)));
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
