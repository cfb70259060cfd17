package clusterd.dispatch;

import clusterd.model.ContainerTemplate;
import clusterd.model.EndpointPort;
import clusterd.model.Mode;
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
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdatePolicy;
import clusterd.model.UpdateStatus;
import clusterd.network.NetworkChoice;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import clusterd.wire.StateCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Managers, nodes, and an operator who makes, changes and removes things at random; everything follows from the seed. */
final class SimulatedCluster {
    private static final List<String> NAMES = List.of("web", "api", "db", "cache", "mail", "logs", "queue", "search");
    private static final List<String> TIERS = List.of("front", "back");
    private static final int MOST_NETWORKS = 6;
    private static final long PATIENCE_MILLIS = 240_000;
    private static final long REST_MILLIS = 6_000;
    private static final long LOOK_MILLIS = 1_000;

    private final SimulatedTime time;
    private final Random random;
    private final int size;
    private final SimulatedManagers managers;
    private final Map<NodeId, SimulatedNode> nodes = new TreeMap<>();
    private final List<String> broken = new ArrayList<>();
    private int nodeNumber;
    private int networkNumber;
    private int serviceNumber;
    private int addressNumber;
    private int version;

    SimulatedCluster(long seed, int size) {
        this.time = new SimulatedTime(seed);
        this.random = time.random();
        this.size = size;
        this.managers = new SimulatedManagers(time, state -> broken.addAll(NetworkTruth.ofState(state)));
        for (int i = 0; i < size; i++) {
            addNode();
        }
        time.run(3_000);
        for (int i = 0; i < MOST_NETWORKS / 2; i++) {
            createNetwork();
        }
        time.run(100);
        for (String name : NAMES) {
            createService(name);
        }
    }

    ClusterState state() {
        return managers.state();
    }

    /** What tells one run from another. */
    String trace() {
        return Long.toHexString(managers.trace()) + " " + managers.agreed() + " "
                + nodes.values().stream().mapToLong(each -> each.kernel().writes()).sum();
    }

    Collection<SimulatedNode> nodes() {
        return nodes.values();
    }

    private String freshAddress() {
        addressNumber++;
        return "192.0." + (addressNumber >> 7) + "." + (1 + (addressNumber & 0x7f));
    }

    private void addNode() {
        NodeId id = new NodeId("n%03d".formatted(nodeNumber++));
        managers.ask(new Command.AddNode(Sample.node(id.value(), 16, 64)));
        String address = freshAddress();
        time.after(time.between(500, 1_000), () -> nodes.put(id, new SimulatedNode(time, managers, id, address)));
    }

    private SimulatedNode anyNode() {
        List<SimulatedNode> members = nodes.values().stream().filter(SimulatedNode::isMember).toList();
        return members.get(random.nextInt(members.size()));
    }

    private <T> Optional<T> any(Collection<T> some) {
        List<T> list = List.copyOf(some);
        return list.isEmpty() ? Optional.empty() : Optional.of(list.get(random.nextInt(list.size())));
    }

    private List<Service> services() {
        return state().services().stream().filter(each -> !each.removed()).toList();
    }

    private void createNetwork() {
        networkNumber++;
        boolean routed = random.nextInt(4) == 0;
        NetworkSpec spec = new NetworkSpec("net" + networkNumber, new TreeMap<>(), random.nextInt(5) == 0, true, 0, 0,
                random.nextInt(3) == 0, rules(), false, routed ? NetworkSpec.Backend.HOST_GATEWAY : NetworkSpec.Backend.TUNNEL);
        try {
            managers.ask(new Command.CreateNetwork(NetworkChoice.choose(new NetworkChoice.Wish(spec, List.of(),
                    !routed && random.nextInt(3) == 0), new NetworkId("%08x".formatted(random.nextInt()).repeat(8)), time.millis(),
                    List.of(), state().networking().all())));
        } catch (NetworkChoice.RefusedException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private List<String> rules() {
        List<String> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String rule = (random.nextBoolean() ? "allow " : "deny ") + end() + " to " + end() + (random.nextBoolean() ? "" : ":80");
            if (!rules.contains(rule)) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private String end() {
        return switch (random.nextInt(4)) {
            case 0 -> "*";
            case 1 -> "tier=" + TIERS.get(random.nextInt(TIERS.size()));
            default -> NAMES.get(random.nextInt(NAMES.size()));
        };
    }

    private ServiceSpec spec(String name, int replicas) {
        List<Network> networks = new ArrayList<>(state().networking().all());
        Collections.shuffle(networks, random);
        int count = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3);
        List<NetworkUse> uses = networks.stream().limit(count).map(each -> new NetworkUse(each.id(),
                random.nextInt(3) == 0 ? List.of(name + "-too") : List.of())).toList();
        TaskTemplate template = Sample.template(100, 64).with(new ContainerTemplate("web:" + version++, new byte[0]))
                .withNetworks(uses);
        boolean outside = networks.stream().limit(uses.size()).anyMatch(each -> !each.spec().internal());
        List<EndpointPort> ports = outside && random.nextInt(3) == 0 ? List.of(new EndpointPort(random.nextBoolean() ? "tcp" : "udp",
                0, 8_080)) : List.of();
        ServiceEndpoint endpoint = new ServiceEndpoint(random.nextInt(4) == 0 ? ServiceEndpoint.Mode.ROUND_ROBIN
                : ServiceEndpoint.Mode.VIRTUAL, random.nextInt(8) == 0 ? ServiceEndpoint.Choice.SOURCE
                : ServiceEndpoint.Choice.values()[random.nextInt(2)], ports, List.of(),
                random.nextInt(4) == 0);
        TreeMap<String, String> labels = new TreeMap<>();
        if (random.nextBoolean()) {
            labels.put("tier", TIERS.get(random.nextInt(TIERS.size())));
        }
        UpdatePolicy update = new UpdatePolicy(1 + random.nextInt(4), 0, random.nextBoolean(), 100,
                UpdatePolicy.FailureAction.CONTINUE, 100);
        Mode mode = random.nextInt(12) == 0 ? new Mode.Global() : new Mode.Replicated(replicas, false);
        return new ServiceSpec(name, labels, ServiceSpec.STANDARD_PROJECT, 0, mode, template, update, update, Optional.empty(),
                Optional.of(endpoint));
    }

    private void createService(String name) {
        managers.ask(new Command.CreateService(new ServiceId("s" + serviceNumber++), spec(name, 1 + random.nextInt(12)),
                time.millis()));
    }

    private void update(Service service, ServiceSpec spec) {
        managers.ask(new Command.UpdateService(service.id(), 0, spec, service.updateTo(spec, UpdateStatus.Phase.UPDATING,
                time.millis()), time.millis()));
    }

    private void changeService(Service service) {
        switch (random.nextInt(6)) {
            case 0 -> managers.ask(new Command.RemoveService(service.id(), time.millis()));
            case 1, 2 -> update(service, spec(service.spec().name(), 1 + random.nextInt(12)));
            default -> update(service, service.spec().scaledTo(random.nextInt(16)));
        }
    }

    private void changeNetwork(Network network) {
        if (random.nextBoolean()) {
            List<String> rules = rules();
            managers.ask(new Command.PutPolicy(network, network.with(random.nextBoolean(), rules)));
            return;
        }
        // As its operator does: services leave it first.
        for (Service each : services()) {
            TaskTemplate task = each.spec().task();
            if (task.networks().stream().anyMatch(use -> use.network().equals(network.id()))) {
                List<NetworkUse> others = task.networks().stream().filter(use -> !use.network().equals(network.id())).toList();
                update(each, each.spec().with(task.withNetworks(others)).with(each.spec().reached().with(List.of())));
            }
        }
        for (long at : List.of(50L, 2_000L, 6_000L)) {
            time.after(at, () -> managers.ask(new Command.RemoveNetwork(network.id())));
        }
    }

    /** One mishap, or one wish. */
    private void happen() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> any(services()).ifPresent(this::changeService);
            case 4 -> NAMES.stream().filter(each -> state().service(each).isEmpty()).findFirst().ifPresent(this::createService);
            case 5 -> {
                if (state().networking().all().size() < MOST_NETWORKS) {
                    createNetwork();
                }
            }
            case 6, 7 -> any(state().networking().all()).ifPresent(this::changeNetwork);
            case 8 -> {
                if (nodes.values().stream().filter(SimulatedNode::isMember).count() < size + 3) {
                    addNode();
                }
            }
            case 9 -> {
                if (nodes.values().stream().filter(SimulatedNode::isMember).count() > size - 3) {
                    managers.ask(new Command.RemoveNode(anyNode().id()));
                }
            }
            case 10 -> anyNode().switchOff(time.between(200, 6_000));
            case 11, 12 -> anyNode().cutOff(time.between(100, 6_000));
            case 13 -> anyNode().kill(time.between(50, 4_000));
            case 14, 15 -> anyNode().killAfterWrites(1 + random.nextInt(60));
            case 16, 17 -> anyNode().kernel().damage(random);
            case 18 -> anyNode().move(freshAddress());
            default -> managers.changeLeader(SimulatedManagers.End.values()[random.nextInt(3)]);
        }
    }

    private void trouble(double refusals, double slowness) {
        nodes.values().forEach(each -> each.trouble(refusals, slowness));
        managers.loseAnswers(refusals);
    }

    /** A while in which so much goes wrong, or is wanted. */
    void happen(int events) {
        trouble(0.01, 0.05);
        for (int i = 0; i < events; i++) {
            happen();
            time.run(time.between(1, 600));
        }
        trouble(0, 0);
    }

    /** Until every service has what it wants; then what is wrong of the networks. */
    List<String> rest() {
        long until = time.millis() + PATIENCE_MILLIS;
        List<String> waits = unsettled();
        while (!waits.isEmpty() && time.millis() < until) {
            time.run(LOOK_MILLIS);
            waits = unsettled();
        }
        time.run(REST_MILLIS);
        List<String> problems = new ArrayList<>(broken);
        problems.addAll(waits);
        if (waits.isEmpty()) {
            problems.addAll(NetworkTruth.ofNodes(state(), nodes.values()));
        }
        return problems;
    }

    private List<String> unsettled() {
        List<String> waits = new ArrayList<>();
        ClusterState state = state();
        for (Service service : state.services()) {
            long wanted = service.removed() ? 0 : service.spec().scale().orElse((int) state.nodes().stream().filter(each ->
                    each.takesTasks()).count());
            List<Task> alive = state.tasksOf(service.id()).filter(each -> each.isAlive()
                    || each.status().state().isOnNode()).toList();
            long good = alive.stream().filter(each -> each.desire().isAlive() && each.status().state() == TaskState.RUNNING
                    && each.specVersion() == service.specVersion()).count();
            if (alive.size() != wanted || good != wanted) {
                waits.add(service.spec().name() + " wants " + wanted + ", has " + alive.stream().map(each -> each.id() + " "
                        + each.desire() + " " + each.status().state() + " on " + each.node().orElse(null) + " version "
                        + each.specVersion()).toList() + " of version " + service.specVersion() + " " + service.update());
            }
        }
        for (SimulatedNode each : nodes.values()) {
            boolean member = state.node(each.id()).isPresent();
            boolean there = state.node(each.id()).filter(its -> its.takesTasks() && its.description().underlay()
                    .equals(each.underlay())).isPresent();
            if (member != each.isMember() || member && !there) {
                waits.add("node " + each.describe() + " is " + state.node(each.id()));
            }
        }
        return waits;
    }

    /** Whether all managers came to the same state. */
    List<String> managersApart() {
        List<String> digests = managers.addresses().stream().map(managers::at).map(each -> each.isBehind() ? each.address() + " is behind"
                : StateCodec.digest(each.state()).toString()).distinct().toList();
        return digests.size() == 1 ? List.of() : digests;
    }
}
