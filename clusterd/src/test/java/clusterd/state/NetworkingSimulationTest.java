package clusterd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Block;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.NetworkUse;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.model.VirtualAddress;
import clusterd.network.NetworkLayout;
import clusterd.wire.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** Nodes, networks, services and tasks that come and go at random: what holds after each step. */
class NetworkingSimulationTest {
    private static final int SEEDS = 20;
    private static final int STEPS = 400;
    private static final int NETWORKS = 4;

    private static NetworkId network(int number) {
        return new NetworkId("%064x".formatted(number));
    }

    /** Of three parts, and 62 addresses for services; two of them overlap. */
    private static Network made(Random random) {
        int number = random.nextInt(NETWORKS);
        String subnet = "10.1." + Math.min(number, NETWORKS - 2) + ".0/24";
        return new Network(network(number), new NetworkSpec("net" + random.nextInt(NETWORKS), new TreeMap<>(), false,
                true, 0, 26), 0, List.of(subnet), 3);
    }

    private static ServiceSpec spec(ServiceId service, Random random) {
        List<NetworkUse> uses = new ArrayList<>();
        for (int i = 0; i < NETWORKS; i++) {
            if (random.nextInt(3) == 0) {
                uses.add(new NetworkUse(network(i), List.of()));
            }
        }
        return Sample.service("name-" + service, 3, Sample.template(1, 1).withNetworks(uses))
                .with(new ServiceEndpoint(ServiceEndpoint.Mode.values()[random.nextInt(4) / 3],
                        ServiceEndpoint.Choice.RANDOM));
    }

    private static Command any(Random random, int step, ClusterState state) {
        ServiceId service = new ServiceId("s" + random.nextInt(3));
        NodeId node = new NodeId("n" + random.nextInt(5));
        TaskId task = new TaskId("t" + random.nextInt(10));
        NetworkId network = network(random.nextInt(NETWORKS));
        Task made = Sample.task(task.value(), service, 1, state.service(service).map(Service::specVersion).orElse(1L));
        NodeId its = state.task(task).flatMap(Task::node).orElse(node);
        return switch (random.nextInt(16)) {
            case 0 -> new Command.CreateService(service, spec(service, random), step);
            case 1 -> new Command.UpdateService(service, 0, spec(service, random), UpdateStatus.NONE, step);
            case 2 -> new Command.RemoveService(service, step);
            case 3, 4 -> new Command.AddNode(Sample.node(node.value(), 4, 8));
            case 5 -> random.nextInt(4) == 0 ? new Command.RemoveNode(node) : new Command.TakeBlock(network, node);
            case 6 -> new Command.CreateNetwork(made(random));
            case 7 -> random.nextInt(4) == 0 ? new Command.RemoveNetwork(network)
                    : new Command.CreateNetwork(made(random));
            case 8 -> new Command.TakeBlock(network, node);
            case 9 -> new Command.ReleaseBlock(network, node);
            case 10, 11 -> new Command.CreateTask(made);
            case 12, 13 -> new Command.AssignTask(task, node, "", step);
            case 14 -> new Command.ReportTasks(its, 1, List.of(new TaskReport(task, made.status().in(
                    random.nextBoolean() ? TaskState.RUNNING : TaskState.FAILED, step, ""))));
            default -> new Command.ForgetTask(task);
        };
    }

    private static void checkNetworks(ClusterState state, String when) {
        Set<Integer> numbers = new HashSet<>();
        Set<String> names = new HashSet<>();
        List<Subnet> subnets = new ArrayList<>();
        for (Network each : state.networking().all()) {
            assertTrue(numbers.add(each.number()), when);
            assertTrue(names.add(each.spec().name()), when);
            Subnet subnet = Subnet.parse(each.subnets().getFirst());
            assertTrue(subnets.stream().noneMatch(subnet::overlaps), when);
            subnets.add(subnet);
            NetworkLayout layout = NetworkLayout.of(each);
            Set<Integer> held = new HashSet<>();
            for (Block block : state.networking().blocks(each.id())) {
                assertTrue(held.add(block.place()), () -> "two nodes hold " + block + ", " + when);
                assertTrue(block.place() >= 0 && block.place() < layout.blocks(), when);
                assertTrue(state.node(block.node()).isPresent(), () -> "a node that is gone holds " + block + ", " + when);
            }
            Set<Integer> given = new HashSet<>();
            state.networking().virtuals(each.id()).forEach(address -> {
                assertTrue(given.add(address.place()), when);
                assertTrue(address.place() >= 0 && address.place() < layout.virtuals(), when);
                assertEquals(address, state.networking().virtual(each.id(), address.service()).orElseThrow(), when);
            });
        }
    }

    /** Each has an address where it is, if it wants one, and nowhere else. */
    private static void checkServices(ClusterState state, String when) {
        Set<VirtualAddress> expected = new HashSet<>();
        Set<VirtualAddress> had = new HashSet<>();
        for (Network each : state.networking().all()) {
            state.networking().virtuals(each.id()).forEach(had::add);
        }
        for (Service service : state.services()) {
            if (!service.removed() && service.spec().reached().mode() == ServiceEndpoint.Mode.VIRTUAL) {
                for (NetworkUse use : service.spec().task().networks()) {
                    assertTrue(state.networking().find(use.network()).isPresent(), when);
                    expected.add(state.networking().virtual(use.network(), service.id()).orElseThrow());
                }
            }
        }
        assertEquals(expected, had, when);
    }

    /** Unless all parts are held, or the network of a service that was removed is gone. */
    private static void checkAssigned(Task task, NodeId node, ClusterState state, String when) {
        for (NetworkUse use : state.service(task.service()).orElseThrow().template(task.specVersion()).networks()) {
            state.networking().find(use.network()).ifPresent(network ->
                    assertTrue(state.networking().block(network.id(), node).isPresent()
                            || state.networking().blocks(network.id()).size() == NetworkLayout.of(network).blocks(),
                            () -> task + " is where " + network + " is not, " + when));
        }
    }

    private static void checkReleased(Command.ReleaseBlock release, ClusterState state, String when) {
        assertTrue(state.networking().block(release.network(), release.node()).isEmpty(), when);
    }

    @Test
    void noTwoNodesEverHoldOnePlaceAndARefusedCommandChangesNothing() {
        Map<Result.Reason, Integer> refusals = new EnumMap<>(Result.Reason.class);
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            ClusterState state = ClusterState.EMPTY;
            for (int step = 0; step < STEPS; step++) {
                Command command = any(random, step, state);
                String when = "seed " + seed + ", step " + step + ": " + command;
                ClusterState.Applied applied = state.apply(List.of(command));
                if (applied.results().getFirst() instanceof Result.Refused refused) {
                    refusals.merge(refused.reason(), 1, Integer::sum);
                    assertEquals(List.of(), applied.changes(), when);
                    assertEquals(StateCodec.digest(state), StateCodec.digest(applied.state()), when);
                    continue;
                }
                state = applied.state();
                checkNetworks(state, when);
                checkServices(state, when);
                if (command instanceof Command.AssignTask assign) {
                    checkAssigned(state.task(assign.id()).orElseThrow(), assign.node(), state, when);
                } else if (command instanceof Command.ReleaseBlock release) {
                    checkReleased(release, state, when);
                }
            }
        }
        for (Result.Reason each : List.of(Result.Reason.NOT_FOUND, Result.Reason.EXISTS, Result.Reason.OUT_OF_DATE,
                Result.Reason.IN_USE, Result.Reason.EXHAUSTED)) {
            assertTrue(refusals.getOrDefault(each, 0) > 0, "nothing was refused as " + each);
        }
    }

    @Test
    void aTaskThatHasNotEndedKeepsItsNodesParts() {
        int ended = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            ClusterState state = ClusterState.EMPTY;
            Set<Block> held = new HashSet<>();
            for (int step = 0; step < STEPS; step++) {
                state = state.apply(List.of(any(random, step, state))).state();
                Set<Block> now = new HashSet<>();
                for (Task task : state.tasks()) {
                    if (task.holdsNode()) {
                        ClusterState at = state;
                        at.service(task.service()).orElseThrow().template(task.specVersion()).networks().forEach(use ->
                                at.networking().block(use.network(), task.node().orElseThrow()).ifPresent(now::add));
                    }
                }
                Set<Block> lost = new HashSet<>(held);
                lost.removeAll(now);
                for (Block each : lost) {
                    assertFalse(isUsed(each, state), "seed " + seed + ", step " + step + ": " + each);
                    ended++;
                }
                held = now;
            }
        }
        assertTrue(ended > SEEDS, ended + " parts were left by their last task");
    }

    private static boolean isUsed(Block block, ClusterState state) {
        return state.tasksOf(block.node()).filter(Task::holdsNode).anyMatch(task -> state.service(task.service())
                .orElseThrow().template(task.specVersion()).networks().stream()
                .anyMatch(use -> use.network().equals(block.network())));
    }

    @Test
    void aSnapshotGoesOnAsTheStateDoes() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            ClusterState state = ClusterState.EMPTY;
            List<Command> before = new ArrayList<>();
            List<Command> after = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                Command command = any(random, step, state);
                state = state.apply(List.of(command)).state();
                before.add(command);
                after.add(any(random, step, state));
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            StateCodec.write(state, bytes);
            ClusterState read = StateCodec.read(new ByteArrayInputStream(bytes.toByteArray()));
            assertEquals(StateCodec.digest(state), StateCodec.digest(read), "seed " + seed);
            assertEquals(StateCodec.digest(state.apply(after).state()), StateCodec.digest(read.apply(after).state()),
                    "seed " + seed);
            Entry entry = new Entry(0, before);
            assertEquals(entry, StateCodec.entry(StateCodec.encode(entry)), "seed " + seed);
        }
    }
}
