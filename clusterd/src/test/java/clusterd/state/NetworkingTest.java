package clusterd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Block;
import clusterd.model.EndpointPort;
import clusterd.model.HostPort;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.NetworkUse;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskAddress;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.model.VirtualAddress;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;
import clusterd.wire.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import overlaynet.mesh.Mesh;

/** Networks that nodes share, as commands make, divide and remove them. */
class NetworkingTest {
    private static final ServiceId WEB = new ServiceId("web-id");
    private static final NetworkId FRONT = id(1);
    private static final NetworkId BACK = id(2);

    private static NetworkId id(int number) {
        return new NetworkId("%064x".formatted(number));
    }

    private static Network network(NetworkId id, String name, String subnet, int blockPrefix) {
        return new Network(id, new NetworkSpec(name, new TreeMap<>(), false, true, 0, blockPrefix), 0,
                List.of(subnet), 4);
    }

    private static Command front() {
        return new Command.CreateNetwork(network(FRONT, "front", "10.1.0.0/16", 24));
    }

    /** Of three parts. */
    private static Command back() {
        return new Command.CreateNetwork(network(BACK, "back", "10.2.0.0/24", 26));
    }

    private static ServiceSpec web(NetworkId... networks) {
        return Sample.service("web", 2, Sample.template(100, 64).withNetworks(
                List.of(networks).stream().map(each -> new NetworkUse(each, List.of())).toList()));
    }

    private static ServiceSpec named(String name, NetworkId... networks) {
        return Sample.service(name, 2, web(networks).task());
    }

    private static Command update(ServiceSpec spec) {
        return new Command.UpdateService(WEB, 0, spec, UpdateStatus.NONE, 9);
    }

    private static Command add(String node) {
        return new Command.AddNode(Sample.node(node, 4, 8));
    }

    private static Command take(NetworkId network, String node) {
        return new Command.TakeBlock(network, new NodeId(node));
    }

    private static ClusterState after(ClusterState state, Command... commands) {
        ClusterState.Applied applied = state.apply(List.of(commands));
        applied.results().forEach(each -> assertInstanceOf(Result.Done.class, each));
        return applied.state();
    }

    private static ClusterState with(Command... commands) {
        return after(ClusterState.EMPTY, commands);
    }

    private static Refused refusal(ClusterState state, Command command) {
        ClusterState.Applied applied = state.apply(List.of(command));
        assertEquals(List.of(), applied.changes());
        assertEquals(StateCodec.digest(state), StateCodec.digest(applied.state()));
        return assertInstanceOf(Refused.class, applied.results().getFirst());
    }

    private static OptionalInt place(ClusterState state, NetworkId network, String node) {
        return state.networking().block(network, new NodeId(node)).stream().mapToInt(Block::place).findFirst();
    }

    private static OptionalInt virtual(ClusterState state, NetworkId network, ServiceId service) {
        return state.networking().virtual(network, service).stream().mapToInt(VirtualAddress::place).findFirst();
    }

    private static Command[] task(String id, String node) {
        return new Command[] {new Command.CreateTask(Sample.task(id, WEB, 1, 1)),
                new Command.AssignTask(new TaskId(id), new NodeId(node), "emptiest", 6)};
    }

    private static Command report(String task, String node, TaskState state) {
        return new Command.ReportTasks(new NodeId(node), 1, List.of(new TaskReport(new TaskId(task),
                Sample.task(task, WEB, 1, 1).status().in(state, 9, "so it is"))));
    }

    @Test
    void aNetworkIsThereOnceByNameAndById() {
        ClusterState state = with(front());
        assertEquals(FRONT, state.networking().find("front").orElseThrow().id());
        Refused name = refusal(state, new Command.CreateNetwork(network(BACK, "front", "10.2.0.0/16", 24)));
        assertEquals(Reason.EXISTS, name.reason());
        assertTrue(name.message().startsWith("network front is there already"), name.message());
        assertEquals(Reason.EXISTS,
                refusal(state, new Command.CreateNetwork(network(FRONT, "other", "10.2.0.0/16", 24))).reason());
    }

    @Test
    void aSubnetThatOverlapsOneMadeMeanwhileIsOutOfDate() {
        Refused refused = refusal(with(front()), new Command.CreateNetwork(network(BACK, "back", "10.1.7.0/24", 26)));
        assertEquals(new Refused(Reason.OUT_OF_DATE, "subnet 10.1.7.0/24 overlaps that of the network front, which was"
                + " made meanwhile: try again"), refused);
    }

    @Test
    void aNumberIsAnothersOnlyOnceItsNetworkIsGone() {
        ClusterState state = with(front(), back());
        assertEquals(Network.FIRST_NUMBER, state.networking().find(FRONT).orElseThrow().number());
        assertEquals(Network.FIRST_NUMBER + 1, state.networking().find(BACK).orElseThrow().number());
        NetworkId other = id(3);
        Command create = new Command.CreateNetwork(network(other, "other", "10.3.0.0/16", 24));
        assertEquals(Network.FIRST_NUMBER + 2, after(state, create).networking().find(other).orElseThrow().number());
        assertEquals(Network.FIRST_NUMBER, after(state, new Command.RemoveNetwork(FRONT), create).networking()
                .find(other).orElseThrow().number());
    }

    @Test
    void whoeverAsksForWhatIsNotThereIsToldSo() {
        ClusterState state = with(front(), add("a"));
        assertEquals(Reason.NOT_FOUND, refusal(state, new Command.RemoveNetwork(BACK)).reason());
        assertEquals(Reason.NOT_FOUND, refusal(state, take(BACK, "a")).reason());
        assertEquals(Reason.NOT_FOUND, refusal(state, take(FRONT, "b")).reason());
        assertEquals(Reason.NOT_FOUND,
                refusal(state, new Command.CreateService(WEB, web(FRONT, BACK), 5)).reason());
        ClusterState served = after(state, new Command.CreateService(WEB, web(FRONT), 5));
        assertEquals(Reason.NOT_FOUND, refusal(served, update(web(BACK))).reason());
    }

    @Test
    void aTasksNodeHasAPartOfEachOfItsNetworks() {
        ClusterState state = after(with(front(), back(), add("a"), add("b"), take(BACK, "b"),
                new Command.CreateService(WEB, web(FRONT, BACK), 5)), task("t1", "a"));
        assertEquals(OptionalInt.of(0), place(state, FRONT, "a"));
        assertEquals(OptionalInt.of(1), place(state, BACK, "a"));
        assertEquals(OptionalInt.empty(), place(state, FRONT, "b"));
        state = after(state, task("t2", "a"));
        assertEquals(1, state.networking().blocks(FRONT).size(), "it has one already");
        state = after(state, task("t3", "b"));
        assertEquals(OptionalInt.of(1), place(state, FRONT, "b"));
        assertEquals(OptionalInt.of(0), place(state, BACK, "b"));
        assertEquals(2, state.networking().blocks(new NodeId("b")).count());
    }

    @Test
    void aNodesWordOfAnAddressCountsForItsOwnPartAlone() {
        ClusterState state = after(with(front(), back(), add("a"), add("b"), take(FRONT, "b"),
                new Command.CreateService(WEB, web(FRONT), 5)), task("t1", "a"));
        assertEquals(OptionalInt.of(1), place(state, FRONT, "a"));
        List<TaskAddress> said = List.of(new TaskAddress(FRONT, "10.1.1.2"), new TaskAddress(FRONT, "10.1.0.2"),
                new TaskAddress(FRONT, "192.0.2.1"), new TaskAddress(FRONT, "no address"),
                new TaskAddress(BACK, "10.2.0.2"), new TaskAddress(id(9), "10.1.1.3"));
        ClusterState heard = after(state, new Command.ReportTasks(new NodeId("a"), 1, List.of(new TaskReport(
                new TaskId("t1"), Sample.task("t1", WEB, 1, 1).status().in(TaskState.RUNNING, 9, "").with(said)))));
        assertEquals(List.of(new TaskAddress(FRONT, "10.1.1.2")),
                heard.task(new TaskId("t1")).orElseThrow().status().addresses());
    }

    private static ServiceSpec published(String name, int... ports) {
        return named(name, FRONT).with(new ServiceEndpoint(ServiceEndpoint.Mode.VIRTUAL, ServiceEndpoint.Choice.RANDOM,
                IntStream.of(ports).mapToObj(port -> new EndpointPort("tcp", port, 80)).toList()));
    }

    private static List<Integer> ports(ClusterState state, String service) {
        return state.service(service).orElseThrow().spec().reached().ports().stream()
                .map(EndpointPort::published).toList();
    }

    @Test
    void aPortOfEveryNodeIsOneServicesAlone() {
        ClusterState state = with(front(), new Command.CreateService(WEB, published("web", 80), 5));
        Refused refused = refusal(state, new Command.CreateService(new ServiceId("s2"), published("api", 81, 80), 5));
        assertEquals(Reason.IN_USE, refused.reason());
        assertTrue(refused.message().contains("port 80/tcp is published by service web"), refused.message());
        ServiceSpec onNode = named("api", FRONT);
        onNode = onNode.with(onNode.task().withHostPorts(List.of(new HostPort("tcp", 80))));
        assertEquals(Reason.IN_USE, refusal(state, new Command.CreateService(new ServiceId("s2"), onNode, 5)).reason());
        state = after(state, new Command.UpdateService(WEB, 0, published("web", 82), UpdateStatus.NONE, 9),
                new Command.CreateService(new ServiceId("s2"), onNode, 5));
        assertEquals(Reason.IN_USE, refusal(state, new Command.UpdateService(WEB, 0, published("web", 80),
                UpdateStatus.NONE, 9)).reason());
        assertEquals(Reason.INVALID, refusal(state, new Command.CreateService(new ServiceId("s3"),
                named("api2").with(published("x", 90).reached()), 5)).reason(), "it is in no network of the cluster");
    }

    @Test
    void aPortThatNobodyNamesIsFreeAndStays() {
        ClusterState state = with(front(), new Command.CreateService(WEB, published("web", 0, 30_001), 5),
                new Command.CreateService(new ServiceId("s2"), published("api", 0), 5));
        assertEquals(List.of(30_000, 30_001), ports(state, "web"));
        assertEquals(List.of(30_002), ports(state, "api"));
        state = after(state, new Command.RemoveService(WEB, 6), new Command.UpdateService(new ServiceId("s2"), 0,
                published("api", 0), UpdateStatus.NONE, 9));
        assertEquals(List.of(30_002), ports(state, "api"), "it keeps what it had");
    }

    @Test
    void everyNodeLeadsPortsOnAndNeedsAPartForThat() {
        ClusterState state = with(front(), add("a"), add("b"), new Command.CreateService(WEB, published("web", 80), 5));
        assertEquals(2, state.networking().blocks(FRONT).size());
        state = after(state, add("c"), new Command.OpenSession(new NodeId("c"), 2,
                Sample.node("c", 1, 1).description(), Sample.node("c", 1, 1).status()));
        assertTrue(state.networking().block(FRONT, new NodeId("c")).isPresent());
    }

    @Test
    void aPlaceIsFreeOnceItsNodeIsRemoved() {
        ClusterState state = with(front(), back(), add("a"), add("b"), add("c"), take(FRONT, "a"), take(FRONT, "b"),
                take(BACK, "b"));
        state = after(state, new Command.RemoveNode(new NodeId("a")));
        assertEquals(OptionalInt.empty(), place(state, FRONT, "a"));
        assertEquals(OptionalInt.of(1), place(state, FRONT, "b"));
        assertEquals(OptionalInt.of(0), place(after(state, take(FRONT, "c")), FRONT, "c"));
    }

    @Test
    void whereAllPartsAreHeldThereIsNoneLeft() {
        ClusterState state = with(back(), add("a"), add("b"), add("c"), add("d"), take(BACK, "a"), take(BACK, "b"),
                take(BACK, "c"));
        Refused refused = refusal(state, take(BACK, "d"));
        assertEquals(Reason.EXHAUSTED, refused.reason());
        assertTrue(refused.message().startsWith("network back has no block left for node d: 3 nodes hold one each"),
                refused.message());
        state = after(after(state, new Command.CreateService(WEB, web(BACK), 5)), task("t1", "d"));
        assertEquals(OptionalInt.empty(), place(state, BACK, "d"), "the task waits on its node");
        state = after(state, new Command.ReleaseBlock(BACK, new NodeId("b")), take(BACK, "d"));
        assertEquals(OptionalInt.of(1), place(state, BACK, "d"));
    }

    @Test
    void aPartStaysAsLongAsATaskIsInIt() {
        ClusterState state = after(with(front(), back(), add("a"), new Command.CreateService(WEB, web(FRONT), 5),
                take(BACK, "a")), task("t1", "a"));
        Command release = new Command.ReleaseBlock(FRONT, new NodeId("a"));
        assertEquals(new Refused(Reason.IN_USE, "node a has task t1 in network " + FRONT), refusal(state, release));
        assertEquals(OptionalInt.empty(), place(after(state, new Command.ReleaseBlock(BACK, new NodeId("a"))), BACK, "a"));
        state = after(state, report("t1", "a", TaskState.FAILED), release);
        assertEquals(OptionalInt.empty(), place(state, FRONT, "a"));
        assertEquals(StateCodec.digest(state), StateCodec.digest(after(state, release)), "there is nothing to give back");
    }

    @Test
    void aPolicyIsPutOnWhatItsWriterSaw() {
        ClusterState state = with(front());
        Network before = state.networking().find(FRONT).orElseThrow();
        Command closed = new Command.PutPolicy(before, before.with(true, List.of("allow web to db:5432")));
        ClusterState after = after(state, closed);
        assertEquals(before.with(true, List.of("allow web to db:5432")), after.networking().find(FRONT).orElseThrow());
        assertEquals(Reason.OUT_OF_DATE, refusal(after, closed).reason());
        assertEquals(Reason.NOT_FOUND, refusal(after(state, new Command.RemoveNetwork(FRONT)), closed).reason());
    }

    @Test
    void aNetworkThatAServiceNamesStays() {
        ClusterState state = with(front(), back(), new Command.CreateService(WEB, web(FRONT), 5));
        Command remove = new Command.RemoveNetwork(FRONT);
        assertEquals(new Refused(Reason.IN_USE, "network front is used by service web"), refusal(state, remove));
        assertTrue(after(state, new Command.RemoveNetwork(BACK)).networking().find("back").isEmpty());
        assertTrue(after(state, new Command.RemoveService(WEB, 9), remove).networking().find("front").isEmpty());
        ClusterState left = after(state, update(web()));
        assertEquals(Reason.IN_USE, refusal(left, remove).reason(), "the change may be taken back");
        assertTrue(after(left, update(web(BACK)), remove).networking().find("front").isEmpty());
    }

    @Test
    void aNetworkThatATaskOfAnEarlierVersionIsInStays() {
        ClusterState state = after(after(with(front(), add("a"), new Command.CreateService(WEB, web(FRONT), 5)),
                task("t1", "a")), update(web()));
        Command remove = new Command.RemoveNetwork(FRONT);
        assertEquals(Reason.IN_USE, refusal(state, remove).reason());
        ClusterState removed = after(state, new Command.RemoveService(WEB, 9));
        assertEquals(new Refused(Reason.IN_USE, "network front is used by task t1, which has not ended yet"),
                refusal(removed, remove));
        ClusterState gone = after(removed, report("t1", "a", TaskState.SHUTDOWN), remove);
        assertTrue(gone.networking().blocks(FRONT).isEmpty());
        assertEquals(0, gone.networking().blocks(new NodeId("a")).count());
    }

    @Test
    void aServiceKeepsItsAddressOverUpdates() {
        ServiceId other = new ServiceId("other-id");
        ClusterState state = with(front(), back(), new Command.CreateService(other, named("other", FRONT), 5),
                new Command.CreateService(WEB, web(FRONT, BACK), 5));
        assertEquals(OptionalInt.of(1), virtual(state, FRONT, WEB));
        assertEquals(OptionalInt.of(0), virtual(state, BACK, WEB));
        state = after(state, new Command.RemoveService(other, 6), update(web(BACK, FRONT)),
                update(web(BACK, FRONT).with(new ServiceEndpoint(ServiceEndpoint.Mode.VIRTUAL,
                        ServiceEndpoint.Choice.SOURCE))));
        assertEquals(OptionalInt.of(1), virtual(state, FRONT, WEB));
        assertEquals(OptionalInt.of(0), virtual(state, BACK, WEB));
        assertEquals(List.of(new VirtualAddress(FRONT, WEB, 1)), state.networking().virtuals(FRONT).toList());
    }

    @Test
    void aServiceHasNoAddressWhereItIsNotOrWantsNone() {
        ClusterState state = with(front(), back(), new Command.CreateService(WEB, web(FRONT, BACK), 5));
        ClusterState left = after(state, update(web(BACK)));
        assertEquals(OptionalInt.empty(), virtual(left, FRONT, WEB));
        assertEquals(OptionalInt.of(0), virtual(left, BACK, WEB));
        ServiceSpec turns = web(FRONT, BACK).with(new ServiceEndpoint(ServiceEndpoint.Mode.ROUND_ROBIN,
                ServiceEndpoint.Choice.RANDOM));
        ClusterState round = after(state, update(turns));
        assertEquals(OptionalInt.empty(), virtual(round, FRONT, WEB));
        assertEquals(OptionalInt.empty(), virtual(round, BACK, WEB));
        assertEquals(OptionalInt.empty(), virtual(with(front(), back(), new Command.CreateService(WEB, turns, 5)),
                FRONT, WEB));
        assertTrue(virtual(after(round, update(web(FRONT))), FRONT, WEB).isPresent());
        assertEquals(Optional.empty(), after(state, new Command.RemoveService(WEB, 9)).networking().virtual(FRONT, WEB));
    }

    @Test
    void aRemovedServiceWhoseTasksStillEndHasNoAddress() {
        ClusterState state = after(after(with(front(), add("a"), new Command.CreateService(WEB, web(FRONT), 5)),
                task("t1", "a")), new Command.RemoveService(WEB, 9));
        assertTrue(state.service(WEB).orElseThrow().removed());
        assertEquals(List.of(), state.networking().virtuals(FRONT).toList());
    }

    @Test
    void anAddressIsNotAnothersAtOnce() {
        ClusterState state = with(front());
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ServiceId service = new ServiceId("s" + i);
            state = after(state, new Command.CreateService(service, named("s" + i, FRONT), 5));
            given.add(virtual(state, FRONT, service).orElseThrow());
            if (i != 1) {
                state = after(state, new Command.RemoveService(service, 6));
            }
        }
        assertEquals(List.of(0, 1, 2, 3, 4), given);
    }

    @Test
    void addressesThatWereGivenBackAreGivenAgainOnceTheLastIsGiven() {
        // 10.2.0.0/24 has 62 of them.
        ClusterState state = with(back());
        for (int i = 0; i < 62; i++) {
            state = after(state, new Command.CreateService(new ServiceId("s" + i), named("s" + i, BACK), 5));
        }
        ClusterState full = after(state, new Command.CreateService(WEB, web(BACK), 5));
        assertEquals(OptionalInt.empty(), virtual(full, BACK, WEB), "its name stands for its tasks");
        state = after(state, new Command.RemoveService(new ServiceId("s20"), 6),
                new Command.CreateService(WEB, web(BACK), 5));
        assertEquals(OptionalInt.of(20), virtual(state, BACK, WEB));
    }

    @Test
    void aSnapshotHasAllOfIt() throws IOException {
        ClusterState state = after(with(front(), back(), add("a"), add("b"), take(BACK, "b"),
                new Command.CreateService(WEB, web(FRONT, BACK), 5),
                new Command.CreateService(new ServiceId("x"), named("x", FRONT), 5),
                new Command.RemoveService(new ServiceId("x"), 6)), task("t1", "a"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateCodec.write(state, bytes);
        ClusterState read = StateCodec.read(new ByteArrayInputStream(bytes.toByteArray()));
        assertEquals(StateCodec.digest(state), StateCodec.digest(read));
        assertEquals(List.copyOf(state.networking().all()), List.copyOf(read.networking().all()));
        for (ClusterState each : List.of(state, read)) {
            ClusterState more = after(each, new Command.CreateService(new ServiceId("y"), named("y", FRONT), 7),
                    take(BACK, "a"), take(FRONT, "b"));
            assertEquals(OptionalInt.of(2), virtual(more, FRONT, new ServiceId("y")));
            assertEquals(OptionalInt.of(1), place(more, BACK, "a"));
            assertEquals(OptionalInt.of(1), place(more, FRONT, "b"));
        }
        assertEquals(2, read.networking().virtuals(FRONT).count() + read.networking().virtuals(BACK).count());
    }

    private static Network encrypted(int number) {
        return new Network(new NetworkId("0005" + "%060x".formatted(number)), new NetworkSpec("safe" + number,
                new TreeMap<>(), false, true, 0, 26, false, List.of(), true), 0,
                List.of("10." + (10 + number / 256) + "." + number % 256 + ".0/24"), 4);
    }

    @Test
    void encryptedNetworksHaveAPortEach() {
        Network one = encrypted(0);
        Network other = new Network(new NetworkId("0405" + "0".repeat(60)), new NetworkSpec("other", new TreeMap<>(), false, true,
                0, 26, false, List.of(), true), 0, List.of("10.11.0.0/24"), 4);
        ClusterState state = with(new Command.CreateNetwork(one), new Command.CreateNetwork(other));
        assertEquals(Network.FIRST_NUMBER + 5, state.networking().find(one.id()).orElseThrow().number());
        assertEquals(Network.FIRST_NUMBER + 0x406, state.networking().find(other.id()).orElseThrow().number());
        Networking full = Networking.EMPTY;
        for (int number = 0; number < Mesh.ENCRYPTED_PORTS; number++) {
            assertTrue(full.freeEncryptedNumber(one.id()).isPresent());
            full = full.with(encrypted(number).numbered(Network.FIRST_NUMBER + number));
        }
        assertEquals(OptionalInt.empty(), full.freeEncryptedNumber(one.id()));
        assertEquals(Network.FIRST_NUMBER + 0x405, full.freeNumber(other.id()));
    }

    @Test
    void keysAreOldAfterAMonthAndWaitForNodesThatAreLost() {
        NodeId a = new NodeId("a");
        ClusterState state = with(new Command.CreateNetwork(encrypted(0)), front(), add("a"),
                new Command.MarkNode(a, 1, new NodeStatus(NodeStatus.State.DOWN, 5, "", "")),
                new Command.TakeBlock(encrypted(0).id(), a));
        long month = 4 + KeyAge.MOST_MILLIS;
        assertEquals(List.of(), KeyAge.due(state, month));
        assertEquals(1, KeyAge.due(state, month + KeyAge.MOST_MILLIS).size());
        state = after(state, new Command.OpenSession(a, 2, state.node(a).orElseThrow().description(),
                new NodeStatus(NodeStatus.State.READY, 5, "", "192.0.2.1")));
        assertEquals(List.of(), KeyAge.due(state, month - 1));
        List<Command> due = KeyAge.due(state, month);
        state = after(state, due.toArray(Command[]::new));
        Network rekeyed = state.networking().find(encrypted(0).id()).orElseThrow();
        assertEquals(month, rekeyed.keysMillis());
        assertEquals(month + 1, state.networking().keysMillis(5));
        assertEquals(List.of(), KeyAge.due(state, month + 1));
    }
}
