package cli.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.compose.ComposeInput;
import clusterd.compose.ComposeNetwork;
import clusterd.compose.ComposeOutcome;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeReader;
import clusterd.compose.ServicePort;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkNeedsTest {

    private static ComposeProject project(String text) {
        ComposeOutcome outcome = ComposeReader.read(ComposeInput.of("shop", text));
        return outcome.project().orElseThrow(() -> new AssertionError(outcome.errors().toString()));
    }

    private static final String PORT = """
            services:
              web:
                image: a
                ports: ["8080:80"]
            """;

    @Test
    void theOnlyNodeMakesTheNetworksAndPublishesPortsItself() {
        NetworkNeeds needs = NetworkNeeds.of(project(PORT), 1);
        assertEquals(List.of(), needs.refusals());
        assertEquals(List.of("shop_default"), needs.own().stream().map(ComposeNetwork::name).toList());
        assertEquals(List.of(new ServicePort(true, "", 8080, 8080, 80, "tcp")),
                needs.project().services().get("web").links().ports());
    }

    @Test
    void aNetworkThatSaysWhoMayTalkToWhomIsTheClustersAlsoOfOneNode() {
        NetworkNeeds needs = NetworkNeeds.of(project("""
                services: {web: {image: a, networks: [back, front]}}
                networks: {back: {x-jctl: {rules: ["deny web to *"]}}, front: {}}
                """), 1);
        assertEquals(List.of("shop_back"), needs.shared().stream().map(ComposeNetwork::name).toList());
        assertEquals(List.of("shop_front"), needs.own().stream().map(ComposeNetwork::name).toList());
    }

    @Test
    void aClusterWithNoNodeYetIsTheNodeThatFoundsIt() {
        assertEquals(List.of(), NetworkNeeds.of(project(PORT), 0).refusals());
    }

    @Test
    void onSeveralNodesNetworksAreTheClustersAndPortsEveryNodes() {
        NetworkNeeds needs = NetworkNeeds.of(project(PORT), 3);
        assertEquals(List.of(), needs.refusals());
        assertEquals(List.of(), needs.own());
        assertEquals(List.of("shop_default"), needs.shared().stream().map(ComposeNetwork::name).toList());
        assertEquals(List.of(new ServicePort(false, "", 8080, 8080, 80, "tcp")),
                needs.project().services().get("web").links().ports());
    }

    @Test
    void severalTasksShareAPortOfTheOnlyNodeAsOneOfEveryNode() {
        NetworkNeeds needs = NetworkNeeds.of(project(PORT + "    deploy: {replicas: 2}\n"), 1);
        assertEquals(List.of(), needs.refusals());
        assertEquals(List.of("shop_default"), needs.own().stream().map(ComposeNetwork::name).toList());
        assertEquals(List.of(new ServicePort(false, "", 8080, 8080, 80, "tcp")),
                needs.project().services().get("web").links().ports());
    }

    @Test
    void portsOfTheNodeAndNamespacesNeedNothing() {
        NetworkNeeds needs = NetworkNeeds.of(project("""
                services:
                  web:
                    image: a
                    network_mode: host
                  api:
                    image: a
                    networks: [outside]
                    ports: [{target: 80, published: 80, mode: host}]
                    deploy: {replicas: 4}
                networks:
                  outside: {external: true, name: host}
                """), 3);
        assertEquals(List.of(), needs.refusals());
        assertEquals(List.of(), needs.own());
        assertEquals(List.of(), needs.outside());
    }

    @Test
    void anExternalNetworkOfTheOnlyNodeMustBeThere() {
        ComposeProject project = project("""
                services:
                  web: {image: a, networks: [front]}
                networks:
                  front: {external: true}
                  unused: {}
                """);
        assertEquals(List.of("front"),
                NetworkNeeds.of(project, 1).outside().stream().map(ComposeNetwork::name).toList());
        assertEquals(List.of(), NetworkNeeds.of(project, 2).refusals());
    }

    @Test
    void theHostsNetworkIsNotMade() {
        List<String> refusals = NetworkNeeds.of(project("""
                services:
                  web: {image: a, networks: [own]}
                networks:
                  own: {driver: host}
                """), 1).refusals();
        assertTrue(refusals.getFirst().contains("make it external with the name host"), refusals.toString());
    }
}
