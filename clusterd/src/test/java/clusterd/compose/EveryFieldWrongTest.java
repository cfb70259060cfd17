package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EveryFieldWrongTest {
    /** Lists whose elements have a long form. */
    private static final Set<String> LISTS = Set.of("services.*.ports", "services.*.volumes", "services.*.secrets",
            "services.*.configs", "services.*.devices", "services.*.env_file", "services.*.gpus",
            "services.*.blkio_config.device_read_bps", "services.*.blkio_config.device_read_iops",
            "services.*.blkio_config.device_write_bps", "services.*.blkio_config.device_write_iops",
            "services.*.deploy.placement.preferences", "services.*.deploy.resources.reservations.devices",
            "services.*.deploy.resources.reservations.generic_resources", "services.*.x-jctl.affinity",
            "networks.*.ipam.config", "include");
    /** Anything will do for them. */
    private static final Set<String> FREE = Set.of("version", "networks.*.external.name", "services.*.extends");

    /** A file with one key, which holds a list of lists: nothing is that. */
    private static String wrong(String path) {
        StringBuilder text = new StringBuilder();
        String at = "";
        String indent = "";
        String[] parts = path.split("\\.");
        for (int i = 0; i < parts.length; i++) {
            at = at.isEmpty() ? parts[i] : at + "." + parts[i];
            boolean last = i == parts.length - 1;
            text.append(indent).append(parts[i].equals("*") ? "it" : parts[i]).append(':');
            text.append(last ? " [[[]]]\n" : "\n");
            indent += "  ";
            if (!last && LISTS.contains(at)) {
                text.append(indent).append("-\n");
                indent += "  ";
            }
        }
        return text.toString();
    }

    @Test
    void everyKeyOfTheTableIsToldWhenItsValueIsWrong() {
        List<String> silent = new ArrayList<>();
        for (Key key : KeyTable.all()) {
            ComposeOutcome outcome = Read.with().profile("*").outcome(wrong(key.path()));
            String last = key.path().substring(key.path().lastIndexOf('.') + 1);
            List<Problem> told = key.standing() == Standing.WARNED ? outcome.warnings() : outcome.errors();
            if (!FREE.contains(key.path()) && told.stream().noneMatch(problem -> problem.path().contains(last))) {
                silent.add(key.path() + " " + told);
            }
        }
        assertEquals(List.of(), silent);
    }

    @Test
    void allProblemsOfAFileAreToldAtOnceWithTheirPlaces() {
        List<String> errors = Read.with().outcome("""
                services:
                  web:
                    image: nginx
                    prots: ["80"]
                    runtime: kata
                    container_name: one
                    mem_limit: much
                    deploy:
                      replicas: few
                      placement:
                        constraints: [node.colour==red, zone]
                    healthcheck:
                      interval: 5
                networks:
                  front: {driver: macvlan}
                colour: red
                """).errors().stream().map(Problem::toString).toList();
        assertEquals(List.of(
                "0.yaml:4:5: services.web.prots: unknown key, did you mean \"ports\"?",
                "0.yaml:5:5: services.web.runtime: it is not supported: jctl itself is the runtime; for GPUs use gpus",
                "0.yaml:7:16: services.web.mem_limit: expected a size such as 512m, 1.5g or a number of bytes,"
                        + " found \"much\"",
                "0.yaml:9:17: services.web.deploy.replicas: expected a whole number from 0 to 1000000, found \"few\"",
                "0.yaml:11:23: services.web.deploy.placement.constraints[0]: \"node.colour\" is nothing a node can be"
                        + " asked: node.id, node.hostname, node.role, node.site, node.platform.os,"
                        + " node.platform.arch, node.labels.NAME and engine.labels.NAME are, found"
                        + " \"node.colour==red\"",
                "0.yaml:11:41: services.web.deploy.placement.constraints[1]: constraint \"zone\" is not of the form"
                        + " ATTRIBUTE==VALUE or ATTRIBUTE!=VALUE, found \"zone\"",
                "0.yaml:13:17: services.web.healthcheck.interval: expected a duration such as 1m30s, 10s or 500ms,"
                        + " found \"5\"",
                "0.yaml:15:19: networks.front.driver: expected bridge, overlay, host, null, found \"macvlan\"",
                "0.yaml:16:1: colour: unknown key, there are version, name, include, services, networks, volumes,"
                        + " secrets, configs").stream()
                .collect(Collectors.joining("\n")), String.join("\n", errors));
    }

    @Test
    void whatDockerIgnoresIsWarnedOf() {
        ComposeOutcome outcome = Read.with().outcome(Read.file("build: .\ncontainer_name: x\nlinks: [a]\n"
                + "mac_address: x\nexternal_links: [b]\ndevelop: {watch: []}\nattach: false\nx-anything: 1"));
        assertTrue(outcome.project().isPresent(), outcome.errors()::toString);
        assertEquals(new TreeSet<>(Set.of("services.web.build", "services.web.container_name", "services.web.links",
                "services.web.mac_address", "services.web.external_links", "services.web.develop",
                "services.web.attach")), outcome.warnings().stream().map(Problem::path)
                .collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(Read.with().errors("image:\nbuild: .").getFirst().contains("build makes none here"));
    }
}
