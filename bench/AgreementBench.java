package bench;

import api.cluster.ClusterGrpc;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateServiceRequest;
import api.cluster.CreateTokenRequest;
import api.cluster.ListNodesRequest;
import api.cluster.UpdateServiceRequest;
import api.node.CreateContainerRequest;
import api.node.NetworkPlace;
import clusterd.agent.EnrollmentClient;
import clusterd.agent.GrpcDial;
import clusterd.agent.HostAndPort;
import clusterd.agent.NodeAgent;
import clusterd.agent.NodeNetworks;
import clusterd.agent.Tasks;
import clusterd.agent.Usages;
import clusterd.credential.JoinToken;
import clusterd.credential.Revoked;
import clusterd.daemon.ClusterDaemon;
import clusterd.daemon.ClusterSettings;
import clusterd.fabric.TrackedNetworks;
import clusterd.model.Constraint;
import clusterd.model.ContainerTemplate;
import clusterd.model.Mode;
import clusterd.model.NetworkId;
import clusterd.model.NetworkUse;
import clusterd.model.NodeDescription;
import clusterd.model.Placement;
import clusterd.model.Resources;
import clusterd.model.Role;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskAddress;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.model.TaskTemplate;
import clusterd.security.CurrentIdentity;
import clusterd.security.Enroller;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.TlsContexts;
import clusterd.session.Assignment;
import clusterd.session.AssignmentDelta;
import clusterd.session.NetworkDelta;
import clusterd.session.ToNode;
import clusterd.state.TaskReport;
import clusterd.wire.RecordCodec;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import linux.abi.OpenFlag;
import linux.netlink.AddressMessages;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import linux.syscall.SeparateThread;
import overlaynet.attach.HostNetworks;
import overlaynet.attach.HostPorts;
import overlaynet.ipam.Subnet;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;

/**
 * The nodes of {@code bench/agreement --virtual}, in one process: three managers with their log on loopback, and nodes with the real
 * session, overlay and tables, each in a network namespace that is there already, whose tasks run as soon as they are asked for.
 * Writes for each round a line: when its task was said to run, in seconds since 1970, and the task's address. What it has to
 * say of where the time went is said at the end, on the other stream.
 */
final class AgreementBench {
    private static final int MANAGERS = 3;
    private static final int TASKS = 10;
    private static final int LOOPBACK = 1;
    private static final long QUIET_MILLIS = 1_500;
    private static final long PATIENCE_SECONDS = 300;
    private static final RecordCodec<ServiceSpec> SPECS = RecordCodec.of(ServiceSpec.class);

    private final SecureRandom random = new SecureRandom();
    private final Path folder;
    private final Path memory;
    private final List<VirtualNode> nodes = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    /** When each address of a task was said to run, in nanoseconds of this process. */
    private final Map<String, Long> said = new ConcurrentHashMap<>();
    /** How long after that each node was told of it, in nanoseconds. */
    private final Map<String, List<Long>> told = new ConcurrentHashMap<>();
    private volatile String newest = "";
    private volatile long newestMicros;

    private AgreementBench(Path folder, Path memory) {
        this.memory = memory;
        this.folder = folder;
    }

    /** The lab's name, how many nodes it has, how many rounds there are to be, an empty folder, and one in memory. */
    public static void main(String[] words) throws Exception {
        new AgreementBench(Path.of(words[3]), Path.of(words[4])).measure(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        System.exit(0); // what is left are daemons
    }

    private void measure(String lab, int count, int rounds) throws Exception {
        // libnftables waits with select(2): its descriptors come first, and are below 1024.
        for (int i = 1; i <= count; i++) {
            nodes.add(new VirtualNode(i, Path.of("/run/netns", lab + "-node" + i)));
        }
        List<ClusterDaemon> managers = managers();
        ClusterGrpc.ClusterBlockingStub calls = calls(managers.getFirst());
        JoinToken token = JoinToken.parse(calls.createToken(CreateTokenRequest.newBuilder()
                .setRole(api.cluster.Role.ROLE_WORKER).build()).getToken());
        List<String> addresses = managers.getFirst().managers();
        for (VirtualNode each : nodes) {
            each.join(token, addresses);
        }
        await("all nodes are ready", () -> calls.listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
                .filter(each -> each.getNode().getStatus().getState().name().endsWith("READY")).count() == count + MANAGERS);
        System.err.println("bench: " + count + " nodes have sessions");
        calls.createClusterNetwork(CreateClusterNetworkRequest.newBuilder().setName("wide").build());
        calls.createService(CreateServiceRequest.newBuilder().setSpec(spec("everywhere", new Mode.Global())).build());
        await("all nodes have a task in the network", () -> said.size() == count);
        calls.createService(CreateServiceRequest.newBuilder().setSpec(spec("web", new Mode.Replicated(TASKS, false))).build());
        await("the service runs", () -> said.size() == count + TASKS);
        TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
        List<String> measured = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            int before = said.size();
            calls.updateService(UpdateServiceRequest.newBuilder().setName("web")
                    .setSpec(spec("web", new Mode.Replicated(TASKS + round, false))).build());
            await("round " + round, () -> said.size() > before);
            TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
            measured.add(newest);
            System.out.printf(Locale.ROOT, "%d.%06d %s%n", newestMicros / 1_000_000, newestMicros % 1_000_000, newest);
            System.out.flush();
            TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS / 3); // who listens forgets what it heard of this round
        }
        List<Double> lasts = measured.stream().map(each -> told.getOrDefault(each, List.of()).stream().mapToLong(Long::longValue)
                .max().orElse(0) / 1e6).toList();
        System.err.println("bench: of that, until the last node was told: " + Sample.of(lasts).in("ms"));
        System.err.println("bench: a node's look at all its tables took " + Sample.of(nodes.stream().map(each -> each.overlay.figures()
                .orElseThrow().lastAuditSeconds() * 1e3).toList()).in("ms"));
    }

    private List<ClusterDaemon> managers() throws IOException {
        List<ClusterDaemon> managers = new ArrayList<>();
        ClusterDaemon first = ClusterDaemon.found(settings(0));
        managers.add(first);
        String token = calls(first).createToken(CreateTokenRequest.newBuilder().setRole(api.cluster.Role.ROLE_MANAGER).build()).getToken();
        HostAndPort address = HostAndPort.parse(first.managers().getFirst());
        for (int i = 1; i < MANAGERS; i++) {
            managers.add(ClusterDaemon.join(settings(i), address, token, "manager" + i));
        }
        await("all managers are known", () -> first.managers().size() == MANAGERS);
        return managers;
    }

    /** Of a manager whose node has no containers. */
    private ClusterSettings settings(int number) throws IOException {
        String api = "node-api-" + number;
        InProcessServerBuilder.forName(api).addService(new api.node.NodeGrpc.NodeImplBase() { }).build().start();
        Path its = Files.createDirectories(folder.resolve("manager" + number));
        return new ClusterSettings(its.resolve("cluster"), its.resolve("run"), Files.createDirectories(memory.resolve("manager" + number)),
                InProcessChannelBuilder.forName(api).build(), "0", new HostAndPort("127.0.0.1", freePort()), Duration.ofDays(1),
                random, InstantSource.system(), line -> { });
    }

    /** That nobody has now, nor the next one. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket one = new ServerSocket(0); ServerSocket next = new ServerSocket(one.getLocalPort() + 1)) {
                return next.getLocalPort() - 1;
            } catch (IOException taken) {
                continue;
            }
        }
    }

    private ClusterGrpc.ClusterBlockingStub calls(ClusterDaemon manager) throws IOException {
        String name = "api-" + channels.size();
        InProcessServerBuilder.forName(name).addService(manager.service().orElseThrow()).build().start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        channels.add(channel);
        return ClusterGrpc.newBlockingStub(channel);
    }

    private static api.cluster.ServiceSpec spec(String name, Mode mode) throws IOException {
        byte[] options = CreateContainerRequest.newBuilder().setImage("none").setNetworkMode("wide")
                .addNetworks(NetworkPlace.newBuilder().setNetwork("wide")).build().toByteArray();
        TaskTemplate task = TaskTemplate.of(new ContainerTemplate("none", options), Resources.of(1, 1 << 20))
                .with(Placement.ANYWHERE.with(List.of(Constraint.parse("node.role==worker"))));
        return api.cluster.ServiceSpec.parseFrom(SPECS.encode(ServiceSpec.of(name, mode, task)));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("never: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** A node in a network namespace of its own; its tasks have addresses, and no containers. */
    private final class VirtualNode implements Tasks {
        private final int number;
        private final Path its;
        private final Overlay overlay;
        private final TrackedNetworks networks;
        private final Map<TaskId, TaskReport> reports = new ConcurrentHashMap<>();
        private final String underlay;
        private int addresses = 1;
        private volatile NodeAgent agent;

        VirtualNode(int number, Path namespace) throws IOException {
            this.number = number;
            this.underlay = "192.0." + (2 + number / 250) + "." + (1 + number % 250);
            this.its = Files.createDirectories(folder.resolve("node" + number));
            int descriptor = Descriptors.open(namespace, OpenFlag.O_RDONLY);
            HostNetworks host = SeparateThread.inNetwork(descriptor, () -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    socket.request(LinkMessages.loopbackUp());
                    socket.request(AddressMessages.add(InetAddress.ofLiteral(underlay), Integer.SIZE, LOOPBACK));
                }
                return HostNetworks.open(its, Path.of("/run/jctl"), HostPorts.own(), new Random(number),
                        InstantSource.system());
            });
            this.overlay = new Overlay(host, line -> System.err.println("bench: node " + number + ": " + line));
            // The thread that looks after networks is the namespace's own.
            SeparateThread.inNetwork(descriptor, () -> {
                overlay.want(Overlay.Wanted.NOTHING);
                return null;
            });
            this.networks = new TrackedNetworks(overlay, host, its.resolve("networks"), line -> { });
        }

        void join(JoinToken token, List<String> managers) throws Exception {
            HostAndPort manager = HostAndPort.parse(managers.getFirst());
            String id = "virtualnode%05d".formatted(number);
            NodeIdentity identity = EnrollmentClient.join(manager.host(), manager.port(), token, new Enroller.Facts(id,
                    List.of("127.0.0.1"), "node" + number, "0"), P256.generate(random), InstantSource.system());
            TlsContexts tls = new TlsContexts(new CurrentIdentity(identity), () -> Revoked.NOBODY, InstantSource.system());
            networks.join(id, name -> { });
            networks.underlay(underlay, List.of());
            agent = new NodeAgent(new NodeAgent.Settings(id, "run" + number, managers, () -> NodeDescription.of("node" + number,
                    Resources.of(64_000, 64L << 30)).at(underlay), known -> { }, (reading, address) -> { }, new Orders(), Usages.NONE,
                    new Heard(networks)), new GrpcDial(tls), this, random, line -> { });
        }

        /** What is new of them; what is not named stays, though this is all there is. */
        @Override
        public synchronized void assign(AssignmentDelta delta) {
            delta.removed().forEach(reports::remove);
            for (Assignment each : delta.put()) {
                if (each.desire().isAlive() && !reports.containsKey(each.task())) {
                    Thread.ofVirtual().start(() -> run(each));
                } else if (!each.desire().isAlive()) {
                    say(each.task(), TaskState.SHUTDOWN, List.of());
                }
            }
        }

        private void run(Assignment task) {
            List<NetworkId> uses = task.template().networks().stream().map(NetworkUse::network).toList();
            await("networks of node " + number, () -> networks.lacking(uses).isEmpty());
            List<TaskAddress> found = uses.stream().map(each -> new TaskAddress(each, address(each))).toList();
            Instant now = Instant.now();
            found.forEach(each -> said.put(each.address(), System.nanoTime()));
            say(task.task(), TaskState.RUNNING, found);
            newestMicros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
            newest = found.getFirst().address();
        }

        private synchronized String address(NetworkId network) {
            WantedNetwork part = overlay.network(network.value()).orElseThrow();
            Subnet block = part.block().getFirst();
            return block.at(++addresses).getHostAddress();
        }

        private void say(TaskId task, TaskState state, List<TaskAddress> found) {
            TaskReport report = new TaskReport(task, new TaskStatus(state, System.currentTimeMillis(), "", "", OptionalInt.empty(),
                    found));
            reports.put(task, report);
            agent.report(report);
        }

        @Override
        public List<TaskReport> reports() {
            return List.copyOf(reports.values());
        }

        @Override
        public void cutOff(boolean now) {
            // Its tasks do not end.
        }

        @Override
        public void fence() {
            // None of them is unique.
        }
    }

    /** Of nodes that stay what they are. */
    private static final class Orders implements NodeAgent.Orders {
        @Override
        public void become(Role role) {
            // It is a worker.
        }

        @Override
        public void removed(String why) {
            System.err.println("bench: a node was removed: " + why);
        }

        @Override
        public void trust(ToNode.Trust trust) {
            // The root stays.
        }
    }

    /** The same, noting when a node hears of a task's address. */
    private final class Heard implements NodeNetworks {
        private final NodeNetworks networks;
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        Heard(NodeNetworks networks) {
            this.networks = networks;
        }

        @Override
        public void hear(NetworkDelta delta) {
            long now = System.nanoTime();
            networks.hear(delta);
            delta.services().stream().flatMap(each -> each.tasks().stream()).filter(each -> !each.leaving())
                    .flatMap(each -> each.addresses().stream()).filter(known::add).forEach(each ->
                            told.computeIfAbsent(each, key -> new CopyOnWriteArrayList<>()).add(now - said.getOrDefault(each, now)));
        }

        @Override
        public void join(String nodeId, Consumer<String> want) {
            networks.join(nodeId, want);
        }

        @Override
        public void refused(String name, String why) {
            networks.refused(name, why);
        }

        @Override
        public Optional<String> lacking(List<NetworkId> wanted) {
            return networks.lacking(wanted);
        }

        @Override
        public List<TaskAddress> addresses(String containerId) {
            return networks.addresses(containerId);
        }

        @Override
        public String underlay(String ownAddress, List<String> managers) {
            return networks.underlay(ownAddress, managers);
        }

        @Override
        public List<String> troubles() {
            return networks.troubles();
        }

        @Override
        public String tunnelKey() {
            return networks.tunnelKey();
        }

        @Override
        public Collection<Subnet> reached() {
            return networks.reached();
        }

        @Override
        public void leave() {
            networks.leave();
        }
    }
}
