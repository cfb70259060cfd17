package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.Availability;
import api.cluster.ClusterStatusRequest;
import api.cluster.ClusterStatusResponse;
import api.cluster.CreateFileRequest;
import api.cluster.CreateTokenRequest;
import api.cluster.CreateTokenResponse;
import api.cluster.Decision;
import api.cluster.InspectNodeRequest;
import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import api.cluster.ListProjectsRequest;
import api.cluster.ListProjectsResponse;
import api.cluster.ListQueueRequest;
import api.cluster.ListQueueResponse;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.ListTokensRequest;
import api.cluster.ListTokensResponse;
import api.cluster.Node;
import api.cluster.NodeDescription;
import api.cluster.NodeSpec;
import api.cluster.NodeStatus;
import api.cluster.NodeView;
import api.cluster.Project;
import api.cluster.PutProjectRequest;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveProjectRequest;
import api.cluster.RemoveTokenRequest;
import api.cluster.Resources;
import api.cluster.Role;
import api.cluster.UpdateNodeRequest;
import api.cluster.WhyRequest;
import api.cluster.WhyResponse;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Command lines about all else of a cluster. */
class ClusterCommandsTest extends ClusterFixture {

    @Test
    void why() {
        cluster.answer(WhyRequest.class, WhyResponse.newBuilder().setText("web.1 runs on b")
                .putNodeNames("n1", "b").addDecisions(Decision.newBuilder().setNumber(7).setAtMillis(SECOND * 1000)
                        .addChosen(Decision.Chosen.newBuilder().setNode("n1").setTasks(2))).build());
        assertEquals("web.1 runs on b\n", out("why", "--history", "web"));
        assertEquals(WhyRequest.newBuilder().setName("web").setHistory(true).build(),
                cluster.all(WhyRequest.class).getFirst());
        String json = out("why", "-o", "json", "web");
        assertTrue(json.contains("\"NodeName\": \"b\""), json);
        assertTrue(json.contains("\"At\": \"2026-09-21T14:13:20.000000000Z\""), json);
        assertTrue(err("why", "-o", "xml", "web").contains("--output"));
    }

    private static NodeView view(String id, String name, boolean self) {
        return NodeView.newBuilder().setNode(Node.newBuilder().setId(id)
                .setSpec(NodeSpec.newBuilder().setRole(self ? Role.ROLE_MANAGER : Role.ROLE_WORKER)
                        .setAvailability(self ? Availability.AVAILABILITY_ACTIVE
                                : Availability.AVAILABILITY_DRAIN).putLabels("zone", "a"))
                .setDescription(NodeDescription.newBuilder().setHostname(name).setEngineVersion("0.1.0")
                        .setCapacity(Resources.newBuilder().setCpuMillis(4000).setMemoryBytes(8L << 30)
                                .setPids(1000).putNamed("gpu", 2)))
                .setStatus(NodeStatus.newBuilder().setState(NodeStatus.State.READY).setAddress("10.0.0.1")))
                .setTasks(3).setReserved(Resources.newBuilder().setCpuMillis(1500).setMemoryBytes(2L << 30)
                        .putNamed("gpu", 1)).setManagerStatus(self ? "leader" : "").setSelf(self).build();
    }

    @Test
    void listsNodes() {
        cluster.answer(ListNodesRequest.class, ListNodesResponse.newBuilder()
                .addNodes(view("n1", "alpha", true)).addNodes(view("n2", "beta", false)).build());
        assertEquals("""
                ID     HOSTNAME   STATUS   AVAILABILITY   MANAGER STATUS   ENGINE VERSION
                n1 *   alpha      Ready    Active         Leader           0.1.0
                n2     beta       Ready    Drain                           0.1.0
                """, out("node", "ls"));
        assertEquals("n1\nn2\n", out("node", "ls", "-q"));
        assertEquals("n1 true a\nn2 false a\n", out("node", "ls", "--format",
                "{{.ID}} {{.Self}} {{.Label \"zone\"}}"));
        out("node", "ls", "-f", "node.label=zone=a");
        assertEquals(List.of("node.label=zone=a"),
                cluster.all(ListNodesRequest.class).getLast().getFiltersList());
        assertEquals("""
                NODE    STATUS          TASKS   CPU     CPU %   MEMORY      MEMORY %   OTHER
                alpha   Ready           3       1.5/4   38%     2GiB/8GiB   25%        gpu 1/2
                beta    Ready (Drain)   3       1.5/4   38%     2GiB/8GiB   25%        gpu 1/2
                """, out("node", "top"));
    }

    @Test
    void inspectsNodes() {
        cluster.answer(InspectNodeRequest.class, view("n1", "alpha", true));
        assertEquals("alpha manager ready 4000000000\n", out("node", "inspect", "--format",
                "{{.Description.Hostname}} {{.Spec.Role}} {{.Status.State}}"
                        + " {{.Description.Resources.NanoCPUs}}", "self"));
        assertEquals("self", cluster.all(InspectNodeRequest.class).getFirst().getName());
        assertTrue(out("node", "inspect", "--pretty", "n1").contains(" CPUs:          1.5/4\n"));
        NodeView plain = view("n1", "alpha", true);
        Node node = plain.getNode();
        cluster.answer(InspectNodeRequest.class, plain.toBuilder().setNode(node.toBuilder().setDescription(
                        node.getDescription().toBuilder().setCapacity(node.getDescription().getCapacity().toBuilder()
                                .putNamed("sriov/media", 4).putNamed("hugepages-2Mi", 512))))
                .setReserved(plain.getReserved().toBuilder().putNamed("sriov/media", 1).putNamed("gone", 2)).build());
        String pretty = out("node", "inspect", "--pretty", "n1");
        assertTrue(pretty.contains(" gone:          2/0\n gpu:           1/2\n hugepages-2Mi: 0/512\n sriov/media:   1/4\n"), pretty);
        assertEquals("gpu 2;hugepages-2Mi 512;sriov/media 4;\n", out("node", "inspect", "--format",
                "{{range .Description.Resources.GenericResources}}{{.DiscreteResourceSpec.Kind}}"
                        + " {{.DiscreteResourceSpec.Value}};{{end}}", "n1"));
    }

    @Test
    void changesNodes() {
        assertEquals("Node a promoted to a manager in the cluster.\nNode b promoted to a manager in the"
                + " cluster.\n", out("node", "promote", "a", "b"));
        assertEquals("Manager a demoted in the cluster.\n", out("node", "demote", "a"));
        assertEquals("a\n", out("node", "drain", "a"));
        assertEquals("a\n", out("node", "pause", "a"));
        assertEquals("a\n", out("node", "activate", "a"));
        assertEquals("a\n", out("node", "label", "a", "zone=b", "old-", "x-y=1"));
        assertEquals("a\n", out("node", "update", "--availability", "drain", "--role", "witness",
                "--label-add", "c=d", "--label-rm", "e", "--site", "", "a"));
        UpdateNodeRequest.Builder a = UpdateNodeRequest.newBuilder().setName("a");
        assertEquals(List.of(a.clone().setRole(Role.ROLE_MANAGER).build(),
                a.clone().setName("b").setRole(Role.ROLE_MANAGER).build(),
                a.clone().setRole(Role.ROLE_WORKER).build(),
                a.clone().setAvailability(Availability.AVAILABILITY_DRAIN).build(),
                a.clone().setAvailability(Availability.AVAILABILITY_PAUSE).build(),
                a.clone().setAvailability(Availability.AVAILABILITY_ACTIVE).build(),
                a.clone().putAddLabels("zone", "b").putAddLabels("x-y", "1").addRemoveLabels("old").build(),
                a.clone().setAvailability(Availability.AVAILABILITY_DRAIN).setRole(Role.ROLE_WITNESS)
                        .putAddLabels("c", "d").addRemoveLabels("e").setSite("").build()),
                cluster.all(UpdateNodeRequest.class));
        assertTrue(err("node", "label", "a", "zone").contains("neither key=value"));
        assertTrue(err("node", "label", "a", "z=1", "z-").contains("added and removed"));
        assertTrue(err("node", "update", "a").contains("nothing to change"));
        assertTrue(err("node", "update", "--availability", "on", "a").contains("--availability"));
        assertEquals("a\n", out("node", "rm", "-f", "a"));
        assertTrue(cluster.all(RemoveNodeRequest.class).getFirst().getForce(), "force");
    }

    @Test
    void secretsAndConfigs() throws IOException {
        Path file = Files.writeString(folder.resolve("site.conf"), "listen 80\n");
        assertEquals("key\n", outOf(fresh().withInput("hunter2"), "secret", "create", "-l", "a=b", "key", "-"));
        assertEquals("site\n", out("config", "create", "site", file.toString()));
        assertEquals(List.of(CreateFileRequest.newBuilder().setName("key").setSecret(true).putLabels("a", "b")
                        .setData(ByteString.copyFromUtf8("hunter2")).build(),
                CreateFileRequest.newBuilder().setName("site")
                        .setData(ByteString.copyFromUtf8("listen 80\n")).build()),
                cluster.all(CreateFileRequest.class));
        assertTrue(err("secret", "create", "schlüssel", file.toString()).contains("letters a to z"));
        assertTrue(err("secret", "create", "none", folder.resolve("none").toString()).contains("no such file"));
        assertTrue(err("secret", "create", "empty").contains("standard input is empty"));
        Path large = Files.write(folder.resolve("large"), new byte[500 * 1024 + 1]);
        assertTrue(err("config", "create", "large", large.toString()).contains("at most 500 KiB"));

        cluster.answer(ListFilesRequest.class, ListFilesResponse.newBuilder().addFiles(
                ListFilesResponse.File.newBuilder().setName("site").setSizeBytes(10).putLabels("a", "b")
                        .setCreatedMillis(SECOND * 1000).setData(ByteString.copyFromUtf8("x")))
                .addFiles(ListFilesResponse.File.newBuilder().setName("other")).build());
        assertTrue(out("config", "ls").startsWith("NAME    SIZE   CREATED\nsite    10B    "));
        assertEquals("site\n", out("config", "ls", "-q", "-f", "label=a=b"));
        assertEquals("other\n", out("config", "ls", "-q", "-f", "name=oth"));
        assertTrue(err("secret", "ls", "-f", "id=1").contains("unknown filter"));
        assertEquals("site eA==\n", out("config", "inspect", "--format", "{{.Spec.Name}} {{.Spec.Data}}", "site"));
        assertFalse(out("secret", "inspect", "site").contains("Data"));
        assertEquals("a\nb\n", out("secret", "rm", "a", "b"));
        assertTrue(cluster.all(RemoveFileRequest.class).getFirst().getSecret(), "of secrets");
        cluster.answer(ListFilesRequest.class, ListFilesResponse.getDefaultInstance());
        assertTrue(err("secret", "inspect", "none").contains("`jctl secret ls` lists them"));
    }

    private static String outOf(TestConsole console, String... words) {
        assertEquals(0, console.run(words), console.err());
        return console.out();
    }

    @Test
    void projects() {
        cluster.answer(ListProjectsRequest.class, ListProjectsResponse.newBuilder().addProjects(
                ListProjectsResponse.View.newBuilder().setProject(Project.newBuilder().setName("team")
                        .setWeight(2).setQuota(Resources.newBuilder().setCpuMillis(4000)))
                        .setUsed(Resources.newBuilder().setCpuMillis(500).setMemoryBytes(1 << 20))
                        .setShare(0.125).setWaiting(4)).build());
        assertEquals("""
                NAME   WEIGHT   CPUS    MEMORY   SHARE   WAITING
                team   2        0.5/4   1MiB     13%     4
                """, out("project", "ls"));
        assertEquals("lab\n", out("project", "create", "--cpus", "1.5", "--memory", "1g", "lab"));
        assertEquals("team\n", out("project", "update", "--memory", "2g", "team"));
        assertEquals(List.of(Project.newBuilder().setName("lab").setWeight(1).setQuota(Resources.newBuilder()
                        .setCpuMillis(1500).setMemoryBytes(1L << 30)).build(),
                Project.newBuilder().setName("team").setWeight(2).setQuota(Resources.newBuilder()
                        .setCpuMillis(4000).setMemoryBytes(2L << 30)).build()),
                cluster.all(PutProjectRequest.class).stream().map(PutProjectRequest::getProject).toList());
        assertTrue(err("project", "create", "team").contains("exists"));
        assertTrue(err("project", "update", "--weight", "2", "none").contains("no project is named none"));
        assertTrue(err("project", "update", "team").contains("nothing to change"));
        assertTrue(err("project", "create", "--weight", "0", "x").contains("--weight"));
        assertEquals("team\n", out("project", "rm", "team"));
        assertEquals("team", cluster.all(RemoveProjectRequest.class).getFirst().getName());
    }

    @Test
    void theQueueOfWaitingTasks() {
        long since = System.currentTimeMillis() - 130_000;
        ListQueueResponse.Place first = ListQueueResponse.Place.newBuilder().setPosition(1).setProject("team")
                .setService("web").setServiceId("s1").setSpecVersion(3).setWaiting(4).setSinceMillis(since)
                .setPriority(5).setShare(0.125).setWeight(2).setReason("3 nodes lack 2 CPUs").build();
        cluster.answer(ListQueueRequest.class, ListQueueResponse.newBuilder().addPlaces(first)
                .addPlaces(first.toBuilder().setPosition(2).setService("db").setServiceId("s2").setPriority(-1)
                        .setReason("project team has as much as its quota allows")).build());
        assertEquals("""
                POSITION   PROJECT   SERVICE   WAITING   SINCE           PRIORITY   SHARE   REASON
                1          team      web       4         2 minutes ago   5          13%     3 nodes lack 2 CPUs
                2          team      db        4         2 minutes ago   -1         13%     project team has as much as its quota allows
                """, out("project", "queue"));
        assertEquals("s1\ns2\n", out("project", "queue", "-q", "team"));
        assertEquals(List.of("", "team"), cluster.all(ListQueueRequest.class).stream()
                .map(ListQueueRequest::getProject).toList());
        assertEquals("1 web 2\n2 db 2\n", out("project", "queue", "--format",
                "{{.Position}} {{.Service}} {{.Weight}}"));
        String json = out("project", "queue", "--format", "json");
        assertTrue(json.startsWith("{\"Position\":1,\"Project\":\"team\",\"Service\":\"web\",\"ID\":\"s1\""), json);
        assertTrue(out("project", "queue", "-o", "wide").contains("WEIGHT"));
        cluster.answer(ListQueueRequest.class, ListQueueResponse.newBuilder().addPlaces(first.toBuilder()
                .setSite("berlin")).build());
        assertTrue(out("project", "queue").contains("berlin"), "sites are shown if any must be in one");
    }

    @Test
    void statusOfTheCluster() {
        ClusterStatusResponse.Builder status = ClusterStatusResponse.newBuilder().setClusterId("c1").setTerm(3)
                .setCommittedIndex(120).setAppliedIndex(119).setServices(2).setTasks(7).setNodes(3)
                .setNodesReady(2).setDigest("ab12").setSelf("m1")
                .addManagers(ClusterStatusResponse.Manager.newBuilder().setId("m1").setName("alpha")
                        .setAddress("10.0.0.1:7601").setKind("voter").setLeader(true))
                .addManagers(ClusterStatusResponse.Manager.newBuilder().setId("m2").setName("beta")
                        .setAddress("10.0.0.2:7601").setKind("witness").setBehind(5).setSilentMillis(-1));
        cluster.answer(ClusterStatusRequest.class, status.build());
        assertEquals("""
                Cluster:    c1
                Nodes:      3, 2 ready
                Services:   2, 7 tasks
                Log:        term 3, committed 120, applied 119
                Digest:     ab12

                MANAGER   KIND      LEADER   ADDRESS         BEHIND      LAST HEARD OF
                alpha *   voter     yes      10.0.0.1:7601               now
                beta      witness            10.0.0.2:7601   5 entries   not known
                """, out("cluster", "status"));
        assertEquals("3 m2\n", out("cluster", "status", "--format", "{{.Term}} {{(index .Managers 1).ID}}"));
        assertTrue(out("cluster", "status", "-o", "yaml").startsWith("ID: c1\n"));
        cluster.answer(ClusterStatusRequest.class, status.clearManagers().build());
        assertTrue(out("cluster", "status").endsWith("must be in reach of each other\n"));
    }

    @Test
    void tokens() {
        cluster.answer(CreateTokenRequest.class, CreateTokenResponse.newBuilder().setToken("JCTL-1-x")
                .setAddress("10.0.0.1:7600").setExpiresMillis(SECOND * 1000).build());
        assertEquals("""
                To add a manager to this cluster, run on it:

                    jctl agent --join 10.0.0.1:7600 --token JCTL-1-x

                The token is good until 2026-09-21 14:13:20 +0000 UTC.
                """, out("cluster", "token", "create", "--role", "manager", "--expires", "24h", "--uses", "3"));
        assertEquals(CreateTokenRequest.newBuilder().setRole(Role.ROLE_MANAGER).setLifetimeSeconds(86_400)
                .setUses(3).build(), cluster.all(CreateTokenRequest.class).getFirst());
        assertEquals("JCTL-1-x\n", out("cluster", "token", "create", "-q"));
        cluster.answer(ListTokensRequest.class, ListTokensResponse.newBuilder().addTokens(ListTokensResponse.Token
                .newBuilder().setId("t1").setRole(Role.ROLE_WORKER).setUnlimited(true)).build());
        assertEquals("""
                ID   ROLE     EXPIRES   USES LEFT
                t1   worker   never     any
                """, out("cluster", "token", "ls"));
        assertEquals("t1\n", out("cluster", "token", "rm", "t1"));
        assertEquals("t1", cluster.all(RemoveTokenRequest.class).getFirst().getId());
        assertTrue(err("cluster", "token", "create", "--role", "king").contains("--role"));
        assertTrue(err("cluster", "token", "create", "--expires", "0").contains("--expires"));
        assertTrue(err("cluster", "token", "steal").contains("no command of jctl cluster token"));
        assertTrue(out("cluster", "token").startsWith("Usage:  jctl cluster token COMMAND"));
        assertTrue(out("help", "cluster", "token", "ls").startsWith("Usage:  jctl cluster token ls"));
    }

    @Test
    void whatAStrangerCalledAThingDoesNotMoveTheCursor() {
        cluster.answer(ListTasksRequest.class, ListTasksResponse.getDefaultInstance());
        byte[] bytes = out("service", "ps", "web").getBytes(StandardCharsets.UTF_8);
        assertTrue(bytes.length > 0, "a heading");
        cluster.answer(WhyRequest.class,
                FakeCluster.refusal(Status.NOT_FOUND, "NOT_FOUND", "no \u001b[2J here"));
        assertFalse(err("why", "x").contains("\u001b"), "no escape");
    }
}
