package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.CreateServiceRequest;
import api.cluster.CreateServiceResponse;
import api.cluster.Decision;
import api.cluster.InspectServiceRequest;
import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.Mode;
import api.cluster.PlanServiceRequest;
import api.cluster.PlanServiceResponse;
import api.cluster.RemoveServiceRequest;
import api.cluster.Resources;
import api.cluster.Service;
import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.UpdateServiceRequest;
import api.node.LogEntry;
import api.node.OutputStream;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Command lines about services against a cluster of the tests' own. */
class ServiceCommandsTest extends ClusterFixture {

    private static ServiceView web() throws Exception {
        return ServiceView.newBuilder().setRunning(2).setWanted(3).setWaitingFor("1 waits: no node has room")
                .setService(Service.newBuilder().setId("abcdefghijklmnop").setVersion(4)
                        .setCreatedMillis(SECOND * 1000).setUpdatedMillis(SECOND * 1000)
                        .setSpec(spec("--name", "web", "--replicas", "3", "-l", "tier=front", "--publish",
                                "published=8080,target=80,mode=host", "--srv", "_sip._udp:5060", "--reserve-cpu", "0.5",
                                "--limit-memory", "64m", "--constraint", "node.role==worker", "--secret", "key",
                                "--resource", "media=2,vlan=100", "--resource", "intel.com/fpga",
                                "nginx", "-q")))
                .build();
    }

    @Test
    void listsServices() throws Exception {
        Service job = Service.newBuilder().setId("job1").setSpec(spec("--name", "batch", "--mode",
                "replicated-job", "--replicas", "9", "--replicas-max-per-node", "2", "work")).build();
        cluster.answer(ListServicesRequest.class, ListServicesResponse.newBuilder().addServices(web())
                .addServices(ServiceView.newBuilder().setService(job).setRunning(1).setWanted(9)
                        .setCompleted(3)).addServices(globalJob()).build());
        assertEquals("""
                ID             NAME    MODE             REPLICAS                               IMAGE   PORTS
                abcdefghijkl   web     replicated       2/3                                    nginx   *:8080->80/tcp
                job1           batch   replicated job   1/9 (3/9 completed) (max 2 per node)   work
                job2           each    global job       0/3 (3/3 completed)                    work
                """, out("service", "ls", "--filter", "label=tier=front"));
        assertEquals(List.of("label=tier=front"),
                cluster.all(ListServicesRequest.class).getFirst().getFiltersList());
        assertEquals("abcdefghijklmnop\njob1\njob2\n", out("service", "ls", "-q", "--no-trunc"));
        assertEquals("web front\nbatch \neach \n", out("service", "ls", "--format", "{{.Name}} {{.Label \"tier\"}}"));
        assertTrue(out("service", "ls", "-o", "json").contains("\"WaitingFor\": \"1 waits: no node has room\""));
        assertTrue(err("service", "ls", "-f", "colour=red").contains("unknown filter 'colour'; there are name"));
        assertTrue(err("service", "ls", "-f", "web").contains("expected key=value"));
    }

    private static ServiceView.Builder globalJob() throws Exception {
        return ServiceView.newBuilder().setWanted(3).setCompleted(3).setService(Service.newBuilder().setId("job2")
                .setSpec(spec("--name", "each", "--mode", "global-job", "work")));
    }

    @Test
    void aGlobalJobIsInspectedAndNotScaled() throws Exception {
        cluster.answer(InspectServiceRequest.class, globalJob().build());
        assertTrue(out("service", "inspect", "--format", "{{json .Spec.Mode}}", "each").contains("GlobalJob"));
        assertTrue(out("service", "inspect", "--pretty", "each").contains("Service Mode:    GlobalJob"));
        assertTrue(err("service", "scale", "each=2").contains("runs once on each node that suits"));
        assertTrue(err("service", "update", "--replicas", "2", "each").contains("of mode global-job"));
    }

    @Test
    void inspectsServices() throws Exception {
        cluster.answer(InspectServiceRequest.class, web());
        assertEquals("web 3 500000000 67108864 8080\n", out("service", "inspect", "--format",
                "{{.Spec.Name}} {{.Spec.Mode.Replicated.Replicas}}"
                        + " {{.Spec.TaskTemplate.Resources.Reservations.NanoCPUs}}"
                        + " {{.Spec.TaskTemplate.Resources.Limits.MemoryBytes}}"
                        + " {{range .Endpoint.Ports}}{{.PublishedPort}}{{end}}", "web"));
        assertEquals("_sip._udp 5060\n", out("service", "inspect", "--format",
                "{{range .Spec.EndpointSpec.NamedPorts}}{{.Name}} {{.TargetPort}}{{end}}", "web"));
        assertEquals("sriov/media=2,vlan=100;intel.com/fpga;\n", out("service", "inspect", "--format",
                "{{range .Spec.TaskTemplate.ContainerSpec.Resources}}{{.}};{{end}}", "web"));
        assertTrue(out("service", "inspect", "-o", "yaml", "web").startsWith("- ID: abcdefghijklmnop\n"));
        String pretty = out("service", "inspect", "--pretty", "web");
        for (String line : List.of("Name:            web", " Replicas:       3", "Waiting for:     1 waits",
                " Constraint:     node.role==worker", " Args:           -q", " Limit Memory:   64MiB",
                " Secret:         key at /run/secrets/key", " Published:      8080 -> 80/tcp, host",
                " Named:          _sip._udp -> 5060", " Resource:       sriov/media=2,vlan=100\n",
                " Resource:       intel.com/fpga\n")) {
            assertTrue(pretty.contains(line), pretty);
        }
        cluster.answer(InspectServiceRequest.class,
                FakeCluster.refusal(Status.NOT_FOUND, "NOT_FOUND", "there is no service api"));
        TestConsole none = fresh();
        assertEquals(1, none.run("service", "inspect", "api"));
        assertEquals("[]\n", none.out());
        assertEquals("jctl: there is no service api\n", none.err());
    }

    @Test
    void aServicesLoginIsNotShown() throws Exception {
        ServiceView view = web();
        ServiceSpec spec = view.getService().getSpec();
        var container = spec.getTask().getContainer();
        cluster.answer(InspectServiceRequest.class, view.toBuilder().setService(view.getService().toBuilder()
                .setSpec(spec.toBuilder().setTask(spec.getTask().toBuilder().setContainer(container.toBuilder()
                        .setOptions(container.getOptions().toBuilder().setAuth(api.node.RegistryAuth
                                .newBuilder().setUsername("me").setPassword("hunter2"))))))).build());
        assertFalse(out("service", "inspect", "web").contains("hunter2"));
        assertFalse(out("service", "inspect", "--pretty", "web").contains("hunter2"));
    }

    @Test
    void warningsAndRefusalsOfCreation() {
        cluster.answer(CreateServiceRequest.class, CreateServiceResponse.newBuilder().setId("id9")
                .addWarnings("no node fulfils node.labels.zone==b").build());
        assertEquals(0, console.run("service", "create", "-d", "nginx"));
        assertEquals("id9\n", console.out());
        assertEquals("WARNING: no node fulfils node.labels.zone==b\n", console.err());
        cluster.answer(CreateServiceRequest.class,
                FakeCluster.refusal(Status.ALREADY_EXISTS, "EXISTS", "service web is there already"));
        assertEquals("jctl: service web is there already\n", err("service", "create", "--name", "web", "a"));
        assertTrue(err("service", "create", "--mode", "often", "a").endsWith("See 'jctl service create --help'.\n"));
    }

    @Test
    void removesServicesOneByOne() {
        assertEquals(1, console.run("service", "rm", "a", "gone", "b"));
        assertEquals("a\nb\n", console.out());
        assertEquals("jctl: there is no service gone\n", console.err());
        assertEquals(3, cluster.all(RemoveServiceRequest.class).size());
    }

    @Test
    void scaleLooksAtItsWordsFirst() throws Exception {
        assertTrue(err("service", "scale", "web").contains("expected SERVICE=REPLICAS"));
        assertTrue(err("service", "scale", "web=-1").contains("below 0"));
        assertTrue(err("service", "scale", "web=x").contains("no whole number"));
        assertTrue(err("service", "scale", "web=1", "web=2").contains("two numbers"));
        assertEquals(List.of(), cluster.all(InspectServiceRequest.class));
        cluster.answer(InspectServiceRequest.class, ServiceView.newBuilder().setService(Service.newBuilder()
                .setSpec(ServiceSpec.newBuilder().setMode(Mode.newBuilder()
                        .setGlobal(Mode.Global.getDefaultInstance())))).build());
        assertTrue(err("service", "scale", "web=2").contains("cannot be scaled"));
        cluster.answer(InspectServiceRequest.class, web());
        assertEquals("web scaled to 5\n", out("service", "scale", "-d", "web=5"));
        UpdateServiceRequest request = cluster.all(UpdateServiceRequest.class).getFirst();
        assertEquals("abcdefghijklmnop", request.getName());
        assertEquals(4, request.getExpectedVersion());
        assertEquals(web().getService().getSpec().toBuilder().setMode(Mode.newBuilder().setReplicated(
                Mode.Replicated.newBuilder().setReplicas(5))).build(), request.getSpec());
    }

    @Test
    void updateLooksAtItsWordsFirst() {
        assertTrue(err("service", "update", "--constraint-add", "zone", "web").contains("--constraint-add"));
        assertTrue(err("service", "update", "--publish-add", "1:80:80", "web").contains("--publish-add"));
        assertTrue(err("service", "update", "--rollback", "--image", "a", "web").contains("--image"));
        assertTrue(err("service", "update", "--args", "'", "web").contains("--args"));
        assertEquals(List.of(), cluster.all(InspectServiceRequest.class));
    }

    @Test
    void listsTasks() {
        cluster.answer(ListTasksRequest.class, ListTasksResponse.getDefaultInstance());
        assertEquals("ID   NAME   IMAGE   NODE   DESIRED STATE   CURRENT STATE   ERROR   PORTS\n",
                out("service", "ps", "-f", "node=a", "web", "api"));
        assertEquals(ListTasksRequest.newBuilder().addServices("web").addServices("api").addFilters("node=a")
                .build(), cluster.all(ListTasksRequest.class).getFirst());
        out("node", "ps");
        out("node", "ps", "a", "b");
        assertEquals(List.of("", "self", "a", "b"),
                cluster.all(ListTasksRequest.class).stream().map(ListTasksRequest::getNode).toList());
    }

    @Test
    void logsSayWhoseALineIs() {
        cluster.answer(ServiceLogsRequest.class, List.of(log("web.1", OutputStream.STDOUT, "a\nb"),
                log("web.2", OutputStream.STDOUT, "c\n"), log("web.1", OutputStream.STDERR, "e\n"),
                log("web.1", OutputStream.STDOUT, "b\n"), log("web.2", OutputStream.STDOUT, "d")));
        TestConsole logs = fresh();
        assertEquals(0, logs.run("service", "logs", "-f", "--tail", "5", "web"));
        assertEquals("web.1@b    | a\nweb.2@b    | c\nweb.1@b    | bb\nweb.2@b    | d", logs.out());
        assertEquals("web.1@b    | e\n", logs.err());
        assertEquals(ServiceLogsRequest.newBuilder().setName("web").setFollow(true).setTail(5).build(),
                cluster.all(ServiceLogsRequest.class).getFirst());
        assertEquals("a\nc\nbb\nd", out("service", "logs", "--raw", "web"));
        assertEquals(-1, cluster.all(ServiceLogsRequest.class).getLast().getTail());
        assertTrue(out("service", "logs", "-t", "--since", "10m", "web")
                .startsWith("2026-09-21T14:13:20.000000000Z web.1@b    | a\n"));
        assertTrue(err("service", "logs", "--tail", "some", "web").contains("expected a whole number"));
    }

    private static ServiceLogEntry log(String task, OutputStream stream, String text) {
        return ServiceLogEntry.newBuilder().setTaskName(task).setNodeName("b").setEntry(LogEntry.newBuilder()
                .setStream(stream).setUnixNanos(SECOND * 1_000_000_000)
                .setData(ByteString.copyFromUtf8(text))).build();
    }

    @Test
    void aPlanIsRead() throws Exception {
        cluster.answer(PlanServiceRequest.class, PlanServiceResponse.newBuilder()
                .addSteps(step("start", "web.3", "b", "the emptiest of 3 nodes"))
                .addSteps(step("stop", "web.1", "a", "another image"))
                .addSteps(step("wait", "web.4", "", "no node has room"))
                .addSteps(step("start", "web.5", "c", ""))
                .addDecisions(Decision.newBuilder().addRefused(Decision.Refused.newBuilder().setNodes(5)
                        .setReason("lack 2 of pool media").addExamples("a").addExamples("d")))
                .addWarnings("the image is not known").build());
        TestConsole plan = fresh();
        assertEquals(0, plan.run("service", "plan", "--name", "web", "--replicas", "5", "nginx"));
        assertEquals("""
                + start web.3 on b: the emptiest of 3 nodes
                - stop web.1 on a: another image
                ? wait web.4: no node has room
                + start web.5 on c
                  5 nodes lack 2 of pool media (a, d, …)
                2 to start, 1 to stop, 1 to wait
                """, plan.out());
        assertEquals("WARNING: the image is not known\n", plan.err());
        assertEquals(spec("--name", "web", "--replicas", "5", "nginx"),
                cluster.all(PlanServiceRequest.class).getFirst().getSpec());
        assertTrue(out("service", "plan", "-o", "json", "nginx").contains("\"Action\": \"wait\""));
        cluster.answer(PlanServiceRequest.class, PlanServiceResponse.getDefaultInstance());
        assertEquals("nothing to do\n", out("service", "plan", "nginx"));
    }

    private static PlanServiceResponse.Step step(String action, String task, String node, String why) {
        return PlanServiceResponse.Step.newBuilder().setAction(action).setTaskName(task).setNodeName(node)
                .setWhy(why).build();
    }
}
