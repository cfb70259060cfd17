package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.ClusterNetworkView;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateFileRequest;
import api.cluster.CreateServiceRequest;
import api.cluster.EndpointPort;
import api.cluster.ListClusterNetworksRequest;
import api.cluster.ListClusterNetworksResponse;
import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.NodeView;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveServiceRequest;
import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.UpdateServiceRequest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Command lines about stacks against a cluster of the tests' own, of two nodes. */
class StackCommandsTest extends ClusterFixture {
    private static final String TWO = """
            services:
              web:
                image: nginx
                network_mode: host
                environment: {COLOUR: "${COLOUR:-blue}"}
              api:
                image: api
                network_mode: none
            """;

    @BeforeEach
    void twoNodes() {
        cluster.answer(ListNodesRequest.class, ListNodesResponse.newBuilder()
                .addNodes(NodeView.getDefaultInstance()).addNodes(NodeView.getDefaultInstance()).build());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** The cluster has from now on what it was asked to make. */
    private List<ServiceView> kept() {
        List<ServiceView> views = cluster.all(CreateServiceRequest.class).stream().map(each ->
                ServiceView.newBuilder().setRunning(1).setWanted(1).setService(Service.newBuilder()
                        .setId("id-" + each.getSpec().getName()).setVersion(3).setSpec(each.getSpec())).build())
                .toList();
        cluster.answer(ListServicesRequest.class, ListServicesResponse.newBuilder().addAllServices(views).build());
        return views;
    }

    @Test
    void servicesAreMadeOnceAndChangedAlone() throws IOException {
        String compose = file("compose.yaml", TWO);
        assertEquals("Creating service shop_api\nCreating service shop_web\n",
                out("stack", "deploy", "-d", "-c", compose, "shop"));
        ServiceSpec web = cluster.all(CreateServiceRequest.class).getLast().getSpec();
        assertEquals("shop", web.getLabelsOrThrow("com.docker.stack.namespace"));
        assertEquals(List.of("COLOUR=blue"), web.getTask().getContainer().getOptions().getEnvList());
        kept();
        assertEquals("Service shop_api is unchanged\nService shop_web is unchanged\n",
                out("stack", "deploy", "-d", "-c", compose, "shop"));
        file(".env", "COLOUR=red\n");
        assertEquals("Service shop_api is unchanged\nUpdating service shop_web (id: id-shop_web)\n",
                out("stack", "deploy", "-d", "-c", compose, "shop"));
        UpdateServiceRequest update = cluster.all(UpdateServiceRequest.class).getFirst();
        assertEquals(3, update.getExpectedVersion());
        assertEquals(List.of("COLOUR=red"), update.getSpec().getTask().getContainer().getOptions().getEnvList());
        assertEquals(List.of("label=com.docker.stack.namespace=shop"),
                cluster.all(ListServicesRequest.class).getFirst().getFiltersList());
    }

    @Test
    void whatAFileCannotSayStays() throws IOException {
        String compose = file("compose.yaml", TWO);
        out("stack", "deploy", "-d", "-c", compose, "shop");
        ServiceView web = kept().getLast();
        ServiceSpec spec = web.getService().getSpec();
        cluster.answer(ListServicesRequest.class, ListServicesResponse.newBuilder().addServices(web.toBuilder()
                .setService(web.getService().toBuilder().setSpec(spec.toBuilder().setTask(
                        spec.getTask().toBuilder().setForce(4))))).build());
        assertTrue(out("stack", "deploy", "-d", "-c", compose, "shop").contains("shop_web is unchanged"));
    }

    @Test
    void pruneRemovesWhatIsInNoFile() throws IOException {
        out("stack", "deploy", "-d", "-c", file("compose.yaml", TWO), "shop");
        kept();
        String less = file("less.yaml", "services: {api: {image: api, network_mode: none}}");
        assertEquals("Service shop_api is unchanged\n", out("stack", "deploy", "-d", "-c", less, "shop"));
        assertEquals("Removing service shop_web\nService shop_api is unchanged\n",
                out("stack", "deploy", "-d", "--prune", "-c", less, "shop"));
        assertEquals("id-shop_web", cluster.all(RemoveServiceRequest.class).getFirst().getName());
    }

    @Test
    void everyProblemIsSaidAndNothingIsDone() throws IOException {
        String said = err("stack", "deploy", "-c", file("bad.yaml",
                "services:\n  web:\n    prots: []\n    mem_limit: much\n"), "shop");
        assertTrue(said.contains("bad.yaml:3:"), said);
        assertTrue(said.contains("bad.yaml:4:"), said);
        cluster.answer(ListClusterNetworksRequest.class, ListClusterNetworksResponse.newBuilder().addNetworks(
                ClusterNetworkView.newBuilder().setName("shop_default")).build());
        said = err("stack", "deploy", "-c", file("needs.yaml", """
                services:
                  web: {image: a, ports: ["80:80"], secrets: [key, there]}
                secrets:
                  key: {file: ./missing}
                  there: {external: true}
                """), "shop");
        for (String part : List.of("network shop_default is there already and is no part of stack shop",
                "missing: no such file",
                "secret there is declared as external, but could not be found")) {
            assertTrue(said.contains(part), said);
        }
        assertEquals(List.of(), cluster.all(CreateServiceRequest.class));
        assertTrue(err("stack", "deploy", "shop").contains("name a Compose file with -c"));
        assertTrue(err("stack", "deploy", "-c", folder + "/none.yaml", "shop").contains("no such file"));
        assertTrue(err("stack", "deploy", "--resolve-image", "maybe", "-c", "x", "shop").contains("--resolve-image"));
        assertTrue(err("stack", "config", "-c", file("zero.yaml",
                "services: {web: {image: a, env_file: /dev/zero}}")).contains("/dev/zero is no ordinary file"));
    }

    @Test
    void onSeveralNodesNetworksAndPortsAreTheClusters() throws IOException {
        String compose = file("shared.yaml", """
                services:
                  web: {image: a, ports: ["80:8080"], networks: {back: {aliases: [front]}}}
                networks:
                  back: {internal: true, attachable: true, ipam: {config: [{subnet: 10.9.0.0/16}]}}
                """);
        assertEquals("Creating network shop_back\nCreating service shop_web\n",
                out("stack", "deploy", "-d", "-c", compose, "shop"));
        CreateClusterNetworkRequest made = cluster.all(CreateClusterNetworkRequest.class).getFirst();
        assertEquals(CreateClusterNetworkRequest.newBuilder().setName("shop_back").setInternal(true)
                .setAttachable(true).addSubnets("10.9.0.0/16").putLabels("com.docker.stack.namespace", "shop").build(), made);
        assertEquals(List.of(EndpointPort.newBuilder().setProtocol("tcp").setPublished(80).setTarget(8080).build()),
                cluster.all(CreateServiceRequest.class).getFirst().getSpec().getEndpoint().getPortsList());
        cluster.answer(ListClusterNetworksRequest.class, ListClusterNetworksResponse.newBuilder().addNetworks(
                ClusterNetworkView.newBuilder().setId("7").setName("shop_back").putAllLabels(made.getLabelsMap()))
                .addNetworks(ClusterNetworkView.newBuilder().setId("8").setName("other")).build());
        cluster.answer(ListServicesRequest.class, ListServicesResponse.getDefaultInstance());
        assertEquals("Removing network shop_back\n", out("stack", "rm", "shop"));
        assertEquals(List.of("7"), cluster.all(RemoveClusterNetworkRequest.class).stream()
                .map(RemoveClusterNetworkRequest::getName).toList());
    }

    @Test
    void secretsAndConfigsAreMadeAndDoNotChange() throws IOException {
        file("key", "hunter2");
        String compose = file("compose.yaml", """
                services:
                  web: {image: a, network_mode: none, secrets: [key], configs: [site]}
                secrets:
                  key: {file: ./key}
                configs:
                  site: {content: "listen 80"}
                """);
        assertEquals("Creating secret shop_key\nCreating config shop_site\nCreating service shop_web\n",
                out("stack", "deploy", "-d", "-c", compose, "shop"));
        CreateFileRequest key = cluster.all(CreateFileRequest.class).getFirst();
        assertTrue(key.getSecret(), "a secret");
        assertEquals("shop", key.getLabelsOrThrow("com.docker.stack.namespace"));
        assertTrue(!key.getLabelsMap().toString().contains("hunter2"), "its label keeps it");
        CreateFileRequest site = cluster.all(CreateFileRequest.class).getLast();
        assertEquals("listen 80", site.getData().toStringUtf8());

        cluster.answer(ListFilesRequest.class, ListFilesResponse.newBuilder()
                .addFiles(ListFilesResponse.File.newBuilder().setName("shop_key").putAllLabels(key.getLabelsMap()))
                .addFiles(ListFilesResponse.File.newBuilder().setName("shop_site")
                        .setData(ByteString.copyFromUtf8("listen 80"))).build());
        assertEquals("Creating service shop_web\n", out("stack", "deploy", "-d", "-c", compose, "shop"));
        file("key", "hunter3");
        String said = err("stack", "deploy", "-d", "-c", compose, "shop");
        assertTrue(said.contains("secret shop_key is in the cluster with another content"), said);
    }

    @Test
    void stacksAreListed() throws IOException {
        out("stack", "deploy", "-d", "-c", file("compose.yaml", TWO), "shop");
        out("stack", "deploy", "-d", "-c", file("one.yaml", "services: {a: {image: a, network_mode: none}}"), "bar");
        kept();
        assertEquals("NAME   SERVICES\nbar    1\nshop   2\n", out("stack", "ls"));
        assertEquals("bar\nshop\n", out("stack", "ls", "-q"));
        assertTrue(out("stack", "services", "-f", "name=web", "shop").contains("shop_web   replicated   1/1"));
        assertEquals(List.of("name=web", "label=com.docker.stack.namespace=shop"),
                cluster.all(ListServicesRequest.class).getLast().getFiltersList());
        cluster.answer(ListTasksRequest.class, ListTasksResponse.getDefaultInstance());
        out("stack", "ps", "shop");
        assertEquals(List.of("id-shop_api", "id-shop_web", "id-bar_a"),
                cluster.all(ListTasksRequest.class).getFirst().getServicesList());
        cluster.answer(ListServicesRequest.class, ListServicesResponse.getDefaultInstance());
        assertTrue(err("stack", "ps", "shop").contains("nothing found in stack: shop"));
        TestConsole none = fresh();
        assertEquals(0, none.run("stack", "services", "shop"));
        assertEquals("Nothing found in stack: shop\n", none.err());
    }

    @Test
    void aStackGoesWithItsFilesAndNoOthers() throws IOException {
        out("stack", "deploy", "-d", "-c", file("compose.yaml", TWO), "shop");
        kept();
        cluster.answer(ListFilesRequest.class, ListFilesResponse.newBuilder()
                .addFiles(ListFilesResponse.File.newBuilder().setName("shop_key")
                        .putLabels("com.docker.stack.namespace", "shop"))
                .addFiles(ListFilesResponse.File.newBuilder().setName("other")).build());
        cluster.asked = request -> {
            if (request instanceof RemoveServiceRequest) {
                cluster.answer(ListServicesRequest.class, ListServicesResponse.getDefaultInstance());
            }
        };
        assertEquals("Removing service shop_api\nRemoving service shop_web\nRemoving secret shop_key\n"
                + "Removing config shop_key\n", out("stack", "rm", "shop"));
        assertEquals(2, cluster.all(RemoveFileRequest.class).size());
        cluster.answer(ListFilesRequest.class, ListFilesResponse.getDefaultInstance());
        TestConsole none = fresh();
        assertEquals(0, none.run("stack", "rm", "shop"));
        assertEquals("Nothing found in stack: shop\n", none.err());
    }

    @Test
    void theNormalFormIsOfTheFileWithItsEnvironment() throws IOException {
        String compose = file("compose.yaml", TWO);
        TestConsole config = fresh().with("COLOUR", "green");
        assertEquals(0, config.run("stack", "config", "-c", compose, "-p", "shop"), config.err());
        assertTrue(config.out().startsWith("name: shop\n"), config.out());
        assertTrue(config.out().contains("COLOUR: green"), config.out());
        TestConsole named = fresh().with("COMPOSE_PROJECT_NAME", "other");
        assertEquals(0, named.run("stack", "config", "-c", compose), named.err());
        assertTrue(named.out().startsWith("name: other\n"), named.out());
        TestConsole piped = fresh().withInput("name: mine\nservices: {a: {image: b}}\n");
        assertEquals(0, piped.run("stack", "config", "-c", "-"), piped.err());
        assertTrue(piped.out().startsWith("name: mine\n"), piped.out());
    }

    @Test
    void upIsForOneNode() throws IOException {
        assertTrue(err("up", "-d", "-f", file("compose.yaml", TWO)).contains("the cluster has 2"));
        assertTrue(err("down", "-p", "shop").contains("the cluster has 2 nodes"));
        assertEquals(List.of(), cluster.all(CreateServiceRequest.class));
    }
}
