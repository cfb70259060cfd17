package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Desire;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.NetworkUse;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.NamedPort;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskAddress;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.model.UpdateStatus;
import clusterd.session.NetworkDelta;
import clusterd.session.NetworkPeer;
import clusterd.session.NetworkShare;
import clusterd.session.ServiceShare;
import clusterd.session.TaskShare;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.state.Sample;
import clusterd.state.TaskReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What nodes are told of networks, and whom it concerns. */
class NetworkNewsTest {
    private static final NetworkId FRONT = id(1);
    private static final NetworkId BACK = id(2);
    private static final ServiceId WEB = new ServiceId("web-id");
    private static final ServiceId STORE = new ServiceId("store-id");
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final TaskId TASK = new TaskId("t1");

    private final NetworkNews news = new NetworkNews();
    private ClusterState state = ClusterState.EMPTY;

    private static NetworkId id(int number) {
        return new NetworkId("%064x".formatted(number));
    }

    private static Command network(NetworkId id, String name, String subnet) {
        return new Command.CreateNetwork(new Network(id, new NetworkSpec(name, new TreeMap<>(), false, true, 0, 26), 0,
                List.of(subnet), 4));
    }

    private static Command add(NodeId id, String underlay) {
        Node node = Sample.node(id.value(), 4, 8);
        return new Command.AddNode(node.with(node.description().at(underlay)));
    }

    private static ServiceSpec spec(String name, NetworkId... networks) {
        return Sample.service(name, 2, Sample.template(100, 64).withNetworks(List.of(networks).stream()
                .map(each -> new NetworkUse(each, List.of(name + "-alias"))).toList()));
    }

    private static TaskStatus status(TaskState taskState, TaskAddress... addresses) {
        return new TaskStatus(taskState, 9, "", "c", OptionalInt.empty(), List.of(addresses));
    }

    private static Command report(TaskId task, NodeId node, TaskStatus status) {
        return new Command.ReportTasks(node, 1, List.of(new TaskReport(task, status)));
    }

    /** Applies, and tells of the changes as a dispatcher does. */
    private List<Result> change(Command... commands) {
        ClusterState.Applied applied = state.apply(List.of(commands));
        state = applied.state();
        for (Change each : applied.changes()) {
            news.note(each);
            if (each instanceof Change.NodeChange node && NetworkNews.isMoved(node)) {
                news.moved(node.latest().id(), state);
            }
        }
        return applied.results();
    }

    private void does(Command... commands) {
        change(commands).forEach(each -> assertTrue(each instanceof Result.Done, each.toString()));
    }

    /** Two networks and two nodes, of which a has a part of the first; nothing is left to tell. */
    private void begin() {
        does(network(FRONT, "front", "10.1.0.0/24"), network(BACK, "back", "10.2.0.0/24"), add(A, "192.0.2.1"),
                add(B, "192.0.2.2"), new Command.TakeBlock(FRONT, A));
        told(A);
        assertTrue(news.isEmpty());
    }

    private void serve() {
        does(new Command.CreateService(WEB, spec("web", FRONT), 5), new Command.CreateTask(Sample.task("t1", WEB, 1, 1)),
                new Command.AssignTask(TASK, A, "", 6),
                report(TASK, A, status(TaskState.RUNNING, new TaskAddress(FRONT, "10.1.0.2"))));
    }

    private NetworkDelta told(NodeId node) {
        return news.edition(state).of(node);
    }

    private Network network(NetworkId id) {
        return state.networking().find(id).orElseThrow();
    }

    private static ServiceShare web(TaskShare... tasks) {
        return new ServiceShare(FRONT, WEB, "web", List.of("web-alias"), OptionalInt.of(0), ServiceEndpoint.Choice.RANDOM,
                List.of(tasks));
    }

    private static TaskShare task(boolean leaving) {
        return new TaskShare(TASK, "1", A, List.of("10.1.0.2"), leaving);
    }

    private void rule(String... rules) {
        does(new Command.PutPolicy(network(FRONT), network(FRONT).with(false, List.of(rules))));
    }

    @Test
    void rulesBringTheLabelsTheyAskForAndNoOthers() {
        begin();
        ServiceSpec spec = spec("web", FRONT);
        does(new Command.CreateService(WEB, new ServiceSpec(spec.name(), new TreeMap<>(Map.of("tier", "front", "else", "x")),
                spec.project(), spec.priority(), spec.mode(), spec.task(), spec.update(), spec.rollback(), spec.autoscaling(),
                spec.endpoint()), 5));
        assertEquals(Map.of(), told(A).services().getFirst().labels());
        rule("deny web to *");
        assertEquals(Map.of(), told(A).services().getFirst().labels());
        rule("deny tier=front to *");
        NetworkDelta delta = told(A);
        assertEquals(List.of("deny tier=front to *"), delta.networks().getFirst().network().spec().rules());
        assertEquals(Map.of("tier", "front"), delta.services().getFirst().labels());
        assertEquals(Map.of("tier", "front"), NetworkNews.whole(A, state).services().getFirst().labels());
        rule("a rule of later days");
        assertEquals(Map.of("tier", "front", "else", "x"), told(A).services().getFirst().labels());
        does(new Command.PutPolicy(network(FRONT), network(FRONT).with(true, network(FRONT).spec().rules())));
        assertEquals(List.of(), told(A).services(), "the default asks for no labels");
    }

    @Test
    void aNodeWithoutAPartIsToldOfTheNetworkWithoutHolders() {
        does(add(A, "192.0.2.1"), add(B, "192.0.2.2"), network(FRONT, "front", "10.1.0.0/24"),
                new Command.TakeBlock(FRONT, A));
        NetworkNews.Edition edition = news.edition(state);
        List<NetworkPeer> holders = List.of(new NetworkPeer(A, "192.0.2.1", 0));
        assertEquals(new NetworkDelta(false, List.of(new NetworkShare(network(FRONT), holders)), List.of(), List.of(),
                List.of()), edition.of(A));
        assertEquals(new NetworkDelta(false, List.of(new NetworkShare(network(FRONT), List.of())), List.of(), List.of(),
                List.of()), edition.of(B));
        assertTrue(NetworkNews.whole(A, state).networks().contains(new NetworkShare(network(FRONT), holders)));
        assertEquals(new NetworkDelta(true, List.of(new NetworkShare(network(FRONT), List.of())), List.of(), List.of(),
                List.of()), NetworkNews.whole(B, state));
    }

    @Test
    void nothingIsSaidTwice() {
        begin();
        serve();
        assertFalse(news.isEmpty());
        assertFalse(told(A).isEmpty());
        assertTrue(news.isEmpty());
        assertTrue(told(A).isEmpty());
    }

    @Test
    void aNodeThatJustGotItsPartIsToldAllServicesOfThatNetwork() {
        begin();
        serve();
        does(new Command.CreateService(STORE, spec("store", FRONT, BACK), 5));
        told(A);
        does(new Command.TakeBlock(FRONT, B));
        NetworkNews.Edition edition = news.edition(state);
        List<NetworkPeer> holders = List.of(new NetworkPeer(A, "192.0.2.1", 0), new NetworkPeer(B, "192.0.2.2", 1));
        ServiceShare store = new ServiceShare(FRONT, STORE, "store", List.of("store-alias"), OptionalInt.of(1),
                ServiceEndpoint.Choice.RANDOM, List.of());
        assertEquals(new NetworkDelta(false, List.of(new NetworkShare(network(FRONT), holders)), List.of(),
                List.of(store, web(task(false))), List.of()), edition.of(B));
        assertEquals(new NetworkDelta(false, List.of(new NetworkShare(network(FRONT), holders)), List.of(), List.of(),
                List.of()), edition.of(A), "whoever had its part knows the services");
    }

    @Test
    void aTaskThatIsToEndTakesNoConnectionsAndThenHasNone() {
        begin();
        serve();
        assertEquals(List.of(web(task(false))), told(A).services());
        does(new Command.SetDesire(TASK, Desire.SHUTDOWN));
        assertEquals(List.of(web(task(true))), told(A).services());
        does(report(TASK, A, status(TaskState.SHUTDOWN)));
        assertEquals(List.of(web()), told(A).services());
        does(new Command.ForgetTask(TASK));
        assertTrue(told(A).isEmpty(), "nobody reached it any more");
    }

    @Test
    void aTaskOfALostNodeTakesNoConnectionsAndIsSaidToBeLost() {
        begin();
        serve();
        does(new Command.TakeBlock(FRONT, B));
        told(B);
        does(new Command.MarkNode(A, 1, new NodeStatus(NodeStatus.State.DOWN, 10, "not heard of", "")));
        news.turned(A, state);
        assertEquals(List.of(web(new TaskShare(TASK, "1", A, List.of("10.1.0.2"), true, true))), told(B).services());
        does(new Command.MarkNode(A, 1, new NodeStatus(NodeStatus.State.READY, 11, "", "")));
        news.turned(A, state);
        assertEquals(List.of(web(task(false))), told(B).services());
    }

    @Test
    void aTaskIsKnownOnceItBeginsAndReachedOnceItRuns() {
        begin();
        does(new Command.CreateService(WEB, spec("web", FRONT), 5), new Command.CreateTask(Sample.task("t1", WEB, 1, 1)),
                new Command.AssignTask(TASK, A, "", 6),
                report(TASK, A, status(TaskState.STARTING)));
        assertEquals(List.of(web()), told(A).services());
        does(report(TASK, A, status(TaskState.STARTING, new TaskAddress(FRONT, "10.1.0.2"))));
        assertEquals(List.of(web(task(true))), told(A).services(), "it may ask others, and is not asked");
        does(report(TASK, A, status(TaskState.RUNNING, new TaskAddress(FRONT, "10.1.0.2"))));
        assertEquals(List.of(web(task(false))), told(A).services());
        does(new Command.RemoveNode(A));
        does(new Command.TakeBlock(FRONT, B));
        assertEquals(List.of(web()), told(B).services());
    }

    @Test
    void aServiceThatIsNotThereAnyMoreIsGone() {
        begin();
        serve();
        told(A);
        does(new Command.RemoveService(WEB, 9));
        List<NetworkDelta.GoneService> gone = List.of(new NetworkDelta.GoneService(FRONT, WEB));
        assertEquals(new NetworkDelta(false, List.of(), List.of(), List.of(), gone), told(A));
        does(new Command.CreateService(STORE, spec("store", FRONT), 5));
        told(A);
        does(new Command.UpdateService(STORE, 0, spec("store", BACK), UpdateStatus.NONE, 7));
        assertEquals(List.of(new NetworkDelta.GoneService(FRONT, STORE)), told(A).goneServices());
    }

    @Test
    void aChangeOfHowAServiceIsReachedIsTold() {
        begin();
        serve();
        told(A);
        does(new Command.UpdateService(WEB, 0, spec("web", FRONT).with(new ServiceEndpoint(
                ServiceEndpoint.Mode.ROUND_ROBIN, ServiceEndpoint.Choice.SOURCE, List.of(),
                List.of(new NamedPort("_sip._udp", 5060)))), UpdateStatus.NONE, 7));
        assertEquals(List.of(new ServiceShare(FRONT, WEB, "web", List.of("web-alias"), OptionalInt.empty(),
                ServiceEndpoint.Choice.SOURCE, List.of(task(false)), List.of(),
                List.of(new NamedPort("_sip._udp", 5060)), new TreeMap<>())), told(A).services());
    }

    @Test
    void aNetworkThatIsNoMoreIsGoneForAll() {
        begin();
        does(new Command.RemoveNetwork(FRONT));
        NetworkNews.Edition edition = news.edition(state);
        for (NodeId each : List.of(A, B)) {
            assertEquals(new NetworkDelta(false, List.of(), List.of(FRONT), List.of(), List.of()), edition.of(each));
        }
        does(network(id(3), "short", "10.3.0.0/24"), new Command.TakeBlock(id(3), A), new Command.RemoveNetwork(id(3)));
        assertEquals(new NetworkDelta(false, List.of(), List.of(id(3)), List.of(), List.of()), told(A));
    }

    @Test
    void nodesWithoutAPartHearNoServices() {
        begin();
        serve();
        assertTrue(told(B).isEmpty());
        assertEquals(List.of(), NetworkNews.whole(B, state).services());
        does(new Command.TakeBlock(FRONT, B), new Command.ReleaseBlock(FRONT, B));
        assertEquals(new NetworkDelta(false, List.of(new NetworkShare(network(FRONT), List.of())), List.of(), List.of(),
                List.of()), told(B), "it had a part for a moment");
        does(new Command.TakeBlock(FRONT, B));
        told(B);
        does(new Command.ReleaseBlock(FRONT, B));
        assertEquals(List.of(new NetworkShare(network(FRONT), List.of())), told(B).networks());
    }

    @Test
    void aNodeThatIsReachedElsewhereIsToldToTheOthers() {
        begin();
        does(new Command.TakeBlock(FRONT, B));
        told(B);
        does(new Command.DescribeNode(A, 1, state.node(A).orElseThrow().description().at("192.0.2.9")));
        assertEquals(List.of(new NetworkShare(network(FRONT), List.of(new NetworkPeer(A, "192.0.2.9", 0),
                new NetworkPeer(B, "192.0.2.2", 1)))), told(B).networks());
        does(new Command.RemoveNode(A));
        assertEquals(List.of(new NetworkShare(network(FRONT), List.of(new NetworkPeer(B, "192.0.2.2", 1)))),
                told(B).networks());
    }

    /** What a node knows after all it was told. */
    private static final class Ear {
        private final NodeId node;
        private final Map<NetworkId, NetworkShare> networks = new HashMap<>();
        private final Map<NetworkId, Map<ServiceId, ServiceShare>> services = new HashMap<>();

        Ear(NodeId node) {
            this.node = node;
        }

        Ear hear(NetworkDelta delta, String when) {
            delta.networks().forEach(each -> {
                networks.put(each.network().id(), each);
                if (each.holders().isEmpty()) {
                    services.remove(each.network().id());
                }
            });
            delta.gone().forEach(each -> {
                networks.remove(each);
                services.remove(each);
            });
            delta.goneServices().forEach(each ->
                    services.getOrDefault(each.network(), new HashMap<>()).remove(each.service()));
            delta.services().forEach(each -> {
                assertTrue(networks.get(each.network()).holders().stream().anyMatch(holder -> holder.node().equals(node)),
                        () -> node + " has no part, " + when);
                services.computeIfAbsent(each.network(), key -> new HashMap<>()).put(each.service(), each);
            });
            services.values().removeIf(Map::isEmpty);
            return this;
        }
    }

    private static NodeId node(int number) {
        return new NodeId("n" + number);
    }

    private Command any(Random random, int step) {
        NetworkId network = id(random.nextInt(3));
        NodeId node = node(random.nextInt(4));
        ServiceId service = new ServiceId("s" + random.nextInt(3));
        TaskId task = new TaskId("t" + random.nextInt(8));
        List<NetworkId> some = new ArrayList<>(List.of(id(0), id(1), id(2)));
        some.removeIf(each -> random.nextBoolean());
        ServiceSpec spec = spec("name-" + service, some.toArray(NetworkId[]::new)).with(new ServiceEndpoint(
                ServiceEndpoint.Mode.values()[random.nextInt(2)], ServiceEndpoint.Choice.values()[random.nextInt(3)]));
        NodeId its = state.task(task).flatMap(each -> each.node()).orElse(node);
        return switch (random.nextInt(17)) {
            case 0 -> new Command.CreateService(service, spec, step);
            case 1 -> new Command.UpdateService(service, 0, spec, UpdateStatus.NONE, step);
            case 2 -> new Command.RemoveService(service, step);
            case 3 -> add(node, "192.0.2.1");
            case 4 -> random.nextInt(4) == 0 ? new Command.RemoveNode(node) : new Command.TakeBlock(network, node);
            case 5, 6 -> network(network, "net-" + network, "10." + network.value().charAt(63) + ".0.0/24");
            case 7 -> new Command.RemoveNetwork(network);
            case 8, 9 -> new Command.TakeBlock(network, node);
            case 10 -> new Command.ReleaseBlock(network, node);
            case 11 -> new Command.CreateTask(Sample.task(task.value(), service, 1 + random.nextInt(3),
                    state.service(service).map(each -> each.specVersion()).orElse(1L)));
            case 12 -> new Command.AssignTask(task, node, "", step);
            case 13 -> report(task, its, status(TaskState.RUNNING, new TaskAddress(network, "10.1.0." + step % 200)));
            case 14 -> report(task, its, status(random.nextBoolean() ? TaskState.FAILED : TaskState.RUNNING));
            case 15 -> new Command.SetDesire(task, random.nextBoolean() ? Desire.SHUTDOWN : Desire.REMOVE);
            default -> random.nextBoolean() ? new Command.ForgetTask(task) : state.node(node)
                    .<Command>map(each -> new Command.DescribeNode(node, 1, each.description().at("192.0.2." + step % 200)))
                    .orElse(add(node, "192.0.2.1"));
        };
    }

    @Test
    void whoeverHearsAllNewsKnowsTheWhole() {
        int told = 0;
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            state = ClusterState.EMPTY;
            List<Ear> ears = List.of(new Ear(node(0)), new Ear(node(1)), new Ear(node(2)), new Ear(node(3)));
            for (int step = 0; step < 400; step++) {
                change(any(random, step));
                if (random.nextInt(4) > 0) {
                    continue;
                }
                NetworkNews.Edition edition = news.edition(state);
                String when = "seed " + seed + ", step " + step;
                for (Ear each : ears) {
                    each.hear(edition.of(each.node), when);
                    Ear fresh = new Ear(each.node).hear(NetworkNews.whole(each.node, state), when);
                    assertEquals(fresh.networks, each.networks, when);
                    assertEquals(fresh.services, each.services, when);
                    told += each.services.size();
                }
            }
            news.edition(state);
        }
        assertTrue(told > 1_000, told + " networks had services");
    }

    @Test
    void keysAreToldOfEncryptedNetworksAlone() {
        String key = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
        begin();
        does(new Command.CreateNetwork(new Network(id(3), new NetworkSpec("safe", new TreeMap<>(),
                false, true, 0, 26, false, List.of(), true), 0, List.of("10.3.0.0/24"), 4)), new Command.TakeBlock(id(3), A));
        told(A);
        does(new Command.DescribeNode(A, 1, state.node(A).orElseThrow().description().keyed(key)));
        NetworkDelta told = told(A);
        assertEquals(List.of("", key), told.networks().stream().flatMap(each -> each.holders().stream())
                .map(NetworkPeer::key).sorted().toList());
        does(new Command.DescribeNode(A, 1, state.node(A).orElseThrow().description().keyed("no key")));
        assertEquals(List.of("", ""), told(A).networks().stream().flatMap(each -> each.holders().stream())
                .map(NetworkPeer::key).toList());
    }
}
