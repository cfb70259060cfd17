package runtime.plugin;

import static runtime.container.ContainerException.Reason.NOT_FOUND;
import static runtime.container.ContainerException.Reason.START_FAILED;
import static runtime.container.ContainerException.Reason.UNSUPPORTED;

import api.function.Prepared;
import api.function.ReleaseRequest;
import api.function.SweepResponse;
import api.function.VirtualFunctionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import runtime.container.ContainerException;
import runtime.container.DevicePlugins;
import runtime.container.Journal;
import runtime.device.CdiName;
import runtime.device.ContainerEdits;
import runtime.device.Demand;
import runtime.device.DeviceChoice;
import runtime.device.DeviceException;
import runtime.device.FunctionWish;
import runtime.device.PluginDevice;
import runtime.device.ResourceRequest;
import runtime.device.Share;
import runtime.spec.Linux.NetDevice;
import runtime.topology.Alignment;
import runtime.topology.CpuList;
import runtime.topology.NumaNode;
import runtime.topology.TopologyChoice;
import runtime.topology.TopologyDecision;
import runtime.topology.TopologyRequest;

/**
 * Plug-ins of devices that have registered at this daemon, as they would at a kubelet ({@code kubelet.sock}), and what containers have of them. Who
 * has what is on the disk before a plug-in is asked for it. Safe for use by several threads.
 */
public final class RegisteredPlugins implements DevicePlugins, AutoCloseable {
    /** The socket that plug-ins look for. */
    public static final String KUBELET = "kubelet.sock";
    /** Where jctl's own plug-in for virtual functions is called. */
    public static final String FUNCTIONS = "jctl-sriov.sock";
    private static final String SOCKET = ".sock";
    private static final long AGAIN_MILLIS = 1_000;
    /** To divide a card takes seconds. */
    private static final int FUNCTIONS_SECONDS = 120;

    private final Path folder;
    private final AllotmentFolder ledger;
    /** Processors that no container has alone; empty = none has any. */
    private final Optional<CpuList> reserved;
    private final HostTopology topology;
    private final Journal journal;
    private final PluginSockets sockets = new PluginSockets();
    private final Server server;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<String, PluginClient> clients = new TreeMap<>();
    private final Map<String, Allotment> allotments;
    /** Containers that run no more, whose devices are not back yet, and why. */
    private final Map<String, String> ending = new TreeMap<>();
    /** So that who is told which containers live is not told so while one gets something. */
    private final ReentrantLock functions = new ReentrantLock();
    private final Thread again;
    private boolean closed;

    private RegisteredPlugins(Path folder, AllotmentFolder ledger, Optional<CpuList> reserved, HostTopology topology, Journal journal) throws IOException {
        this.folder = folder;
        this.ledger = ledger;
        this.reserved = reserved;
        this.topology = topology;
        this.journal = journal;
        this.allotments = ledger.read(journal);
        this.server = sockets.serve(folder.resolve(KUBELET), new RegistrationService(this::registered));
        this.again = Thread.ofVirtual().name("devices-back").start(this::takeBackAgain);
    }

    /**
     * Takes registrations from now on.
     *
     * @param folder for sockets. Those that are there are removed: by that, and by another {@code kubelet.sock}, plug-ins see that they must register again
     * @param ledger   for who has what
     * @param reserved processors that no container has alone; empty = none has any
     */
    public static RegisteredPlugins open(Path folder, Path ledger, Optional<CpuList> reserved, Journal journal) throws IOException {
        return open(folder, ledger, reserved, HostTopology.OF_HOST, journal);
    }

    /** The same of a machine that is described. */
    static RegisteredPlugins open(Path folder, Path ledger, Optional<CpuList> reserved, HostTopology topology, Journal journal) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SOCKET)) {
            for (Path each : files) {
                Files.deleteIfExists(each);
            }
        }
        return new RegisteredPlugins(folder, AllotmentFolder.open(ledger), reserved, topology, journal);
    }

    /** Where plug-ins and the daemon meet. */
    public Path folder() {
        return folder;
    }

    private void registered(String resource, String endpoint) {
        Path socket = folder.resolve(endpoint);
        PluginClient client = new PluginClient(resource, socket, sockets.dial(socket), journal);
        // It is called back only once it knows that it is registered: some serve nothing before.
        Thread.ofVirtual().name("plugin-" + resource).start(() -> begin(client));
    }

    private void begin(PluginClient client) {
        functions.lock();
        try {
            Optional<SweepResponse> swept = client.begin(living());
            lock.lock();
            try {
                if (closed) {
                    client.close();
                    return;
                }
                PluginClient before = clients.put(client.resource(), client);
                if (before != null) {
                    before.close();
                }
                ended.signalAll();
            } finally {
                lock.unlock();
            }
            journal.say("a plug-in offers " + client.resource() + " at " + client.socket());
            swept.ifPresent(response -> response.getRefusedMap().forEach((function, why) -> journal.say("function " + function
                    + " of a container that is no more is not back yet: " + why)));
        } catch (DeviceException silent) {
            client.close();
            journal.say(silent.getMessage());
        } finally {
            functions.unlock();
        }
    }

    private Set<String> living() {
        lock.lock();
        try {
            Set<String> living = new TreeSet<>(allotments.keySet());
            living.removeAll(ending.keySet());
            return living;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Equipment give(String containerId, Demand whole) throws ContainerException, IOException {
        boolean done = false;
        try {
            Demand demand = new Demand(present(containerId, whole.resources()), whole.exclusiveCpus(), whole.hugePages(), whole.alignment());
            List<PluginClient> of = new ArrayList<>();
            for (ResourceRequest each : demand.resources()) {
                of.add(asked(each));
            }
            Equipment equipment = equipment(containerId, demand, of, take(containerId, demand, of));
            done = true;
            return equipment;
        } catch (DeviceException refused) {
            throw new ContainerException(START_FAILED, (whole.resources().isEmpty() ? "--exclusive-cpus: " : "--resource: ") + refused.getMessage(), 125,
                    refused);
        } finally {
            if (!done) {
                release(containerId);
            }
        }
    }

    /** Without what the container can do without, and is not there. */
    private List<ResourceRequest> present(String containerId, List<ResourceRequest> requests) {
        List<ResourceRequest> present = new ArrayList<>();
        for (ResourceRequest each : requests) {
            try {
                if (each.optional()) {
                    PluginClient client = asked(each);
                    DeviceChoice.free(each.resource(), client.devices(), taken(client), each.count());
                }
                present.add(each);
            } catch (DeviceException absent) {
                journal.say("container " + shortened(containerId) + " starts without " + each.resource() + ", which it can do without: "
                        + absent.getMessage());
            }
        }
        return present;
    }

    /** Who can be asked for it. */
    private PluginClient asked(ResourceRequest request) throws DeviceException {
        PluginClient client = client(request.resource());
        client.awaitReport();
        if (!client.takesBack() && !request.wish().equals(FunctionWish.NONE)) {
            throw new DeviceException("the plug-in of " + request.resource() + " (" + client.socket() + ") is not jctl's own: it makes no function as it is"
                    + " asked for here (mac, vlan and so on); leave that out");
        }
        return client;
    }

    /**
     * What somebody gets.
     *
     * @param devices of each request
     * @param place   which processors, and near what
     */
    private record Taken(List<List<String>> devices, TopologyDecision.Placed place) {}

    /** Devices and processors that nobody else gets from now on. */
    private Taken take(String containerId, Demand demand, List<PluginClient> of) throws DeviceException, IOException {
        List<List<String>> preferred = new ArrayList<>();
        Taken first = choose(demand, of, List.of());
        for (int i = 0; i < of.size(); i++) {
            int count = demand.resources().get(i).count();
            preferred.add(of.get(i).preferred(near(of.get(i), count, first.place()), count));
        }
        lock.lock();
        try {
            if (ending.containsKey(containerId)) {
                throw new DeviceException("what container " + shortened(containerId) + " had before is not back yet: " + ending.get(containerId));
            }
            Taken taken = choose(demand, of, preferred);
            List<Share> shares = new ArrayList<>();
            for (int i = 0; i < of.size(); i++) {
                shares.add(new Share(of.get(i).resource(), taken.devices().get(i)));
            }
            Allotment allotment = new Allotment(containerId, shares, of.stream().anyMatch(PluginClient::takesBack), taken.place().cpus().ids());
            ledger.write(allotment);
            allotments.put(containerId, allotment);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be had now, and where; nobody has it by that. */
    private Taken choose(Demand demand, List<PluginClient> of, List<List<String>> preferred) throws DeviceException, IOException {
        lock.lock();
        try {
            Map<String, Integer> counts = new TreeMap<>();
            for (int i = 0; i < of.size(); i++) {
                counts.merge(of.get(i).resource(), demand.resources().get(i).count(), Integer::sum);
            }
            for (PluginClient each : of) {
                DeviceChoice.free(each.resource(), each.devices(), taken(each), counts.get(each.resource()));
            }
            TopologyDecision.Placed place = place(demand, of, counts);
            List<List<String>> devices = new ArrayList<>();
            Set<String> before = new HashSet<>();
            for (int i = 0; i < of.size(); i++) {
                int count = demand.resources().get(i).count();
                List<String> free = new ArrayList<>(near(of.get(i), count, place));
                String kind = of.get(i).resource() + " ";
                free.removeIf(each -> before.contains(kind + each));
                List<String> chosen = DeviceChoice.of(preferred.isEmpty() ? List.of() : preferred.get(i), free, count);
                chosen.forEach(each -> before.add(kind + each));
                devices.add(chosen);
            }
            return new Taken(devices, place);
        } finally {
            lock.unlock();
        }
    }

    private TopologyDecision.Placed place(Demand demand, List<PluginClient> of, Map<String, Integer> counts) throws DeviceException, IOException {
        if (demand.exclusiveCpus() > 0 && reserved.isEmpty()) {
            throw new DeviceException("no processors are given to containers alone here: start the agent with --reserved-cpus LIST, which says which ones stay"
                    + " everybody's");
        }
        CpuList taken = exclusive().with(reserved.orElse(CpuList.NONE));
        Map<String, Integer> anywhere = new TreeMap<>();
        List<NumaNode> nodes = new ArrayList<>();
        for (NumaNode each : topology.read()) {
            Map<String, Integer> devices = new TreeMap<>();
            of.forEach(client -> devices.put(client.resource(), (int) free(client).filter(device -> device.numaNodes().contains((long) each.id())).count()));
            nodes.add(new NumaNode(each.id(), each.cpus().without(taken.ids()), each.hugePages(), devices));
        }
        of.forEach(client -> anywhere.put(client.resource(), (int) free(client).filter(device -> device.numaNodes().isEmpty()).count()));
        return switch (TopologyChoice.decide(nodes, anywhere, new TopologyRequest(demand.exclusiveCpus(), demand.hugePages(), counts, demand.alignment()))) {
            case TopologyDecision.Placed placed -> placed;
            case TopologyDecision.Refused(String why) -> throw new DeviceException(why + "; processors that stay everybody's: "
                    + reserved.map(CpuList::toString).orElse("all") + ", that others have alone: " + (exclusive().size() == 0 ? "none" : exclusive()));
        };
    }

    private Stream<PluginDevice> free(PluginClient client) {
        Set<String> taken = taken(client);
        return client.devices().stream().filter(each -> each.healthy() && !taken.contains(each.id()));
    }

    /** Those that may be given, the ones near the place first, or alone if there are enough. */
    private List<String> near(PluginClient client, int count, TopologyDecision.Placed place) {
        List<String> all = free(client).map(PluginDevice::id).toList();
        if (place.node().isEmpty()) {
            return all;
        }
        List<String> near = free(client).filter(each -> each.numaNodes().isEmpty() || each.numaNodes().contains((long) place.node().getAsInt()))
                .map(PluginDevice::id).toList();
        return near.size() < count ? all : near;
    }

    private CpuList exclusive() {
        lock.lock();
        try {
            return new CpuList(allotments.values().stream().flatMap(each -> each.cpus().stream()).toList());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<CpuList> sharedCpus() {
        if (reserved.isEmpty()) {
            return Optional.empty();
        }
        try {
            CpuList all = CpuList.NONE;
            for (NumaNode each : topology.read()) {
                all = all.with(each.cpus());
            }
            return Optional.of(all.without(exclusive().ids()));
        } catch (IOException unreadable) {
            journal.say("containers stay on the processors where they are: " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    private PluginClient client(String resource) throws DeviceException {
        lock.lock();
        try {
            PluginClient client = clients.get(resource);
            if (client == null) {
                throw new DeviceException("no plug-in offers " + resource + (clients.isEmpty() ? ", nor anything else: one registers at " + folder.resolve(KUBELET)
                        : "; there are " + String.join(", ", clients.keySet())));
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    /** What nobody else can have. A function that jctl's own plug-in gave stays its owner's when its pool is called something else. */
    private Set<String> taken(PluginClient client) {
        lock.lock();
        try {
            Set<String> taken = new HashSet<>();
            for (Allotment each : allotments.values()) {
                boolean ofOwn = client.takesBack() && each.takenBack();
                each.shares().stream().filter(share -> ofOwn || share.resource().equals(client.resource())).forEach(share -> taken.addAll(share.devices()));
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Equipment equipment(String containerId, Demand demand, List<PluginClient> of, Taken taken) throws DeviceException {
        List<ContainerEdits> edits = new ArrayList<>();
        List<CdiName> cdi = new ArrayList<>();
        Map<String, String> annotations = new TreeMap<>();
        Map<String, List<String>> addresses = new TreeMap<>();
        int network = 1;
        for (int i = 0; i < of.size(); i++) {
            ResourceRequest request = demand.resources().get(i);
            List<String> devices = taken.devices().get(i);
            int number = 0;
            for (Prepared prepared : of.get(i).takesBack() ? prepared(containerId, of.get(i), request, devices) : List.<Prepared>of()) {
                if (!prepared.getNetworkDevice().isEmpty()) {
                    String wanted = request.interfaceName();
                    String name = wanted.isEmpty() ? "net" + network : wanted.replace("%d", Integer.toString(number));
                    network++;
                    number++;
                    edits.add(moved(prepared.getNetworkDevice(), name));
                    addresses.put(prepared.getNetworkDevice(), request.addresses());
                }
            }
            AllocateAnswer answer = of.get(i).allocate(devices);
            edits.add(answer.edits());
            cdi.addAll(answer.cdi());
            annotations.putAll(answer.annotations());
            if (number == 0 && !request.addresses().isEmpty()) {
                throw new DeviceException(request.resource() + " gives no network device that could have an address; leave ip= out");
            }
        }
        for (int i = 0; i < of.size(); i++) {
            of.get(i).beforeStart(taken.devices().get(i));
        }
        boolean bound = demand.alignment() == Alignment.REQUIRED;
        return new Equipment(edits, cdi, annotations, addresses, taken.place().cpus(), bound ? taken.place().node() : OptionalInt.empty());
    }

    private List<Prepared> prepared(String containerId, PluginClient client, ResourceRequest request, List<String> devices) throws DeviceException {
        functions.lock();
        try {
            return client.prepare(containerId, 0, request, devices);
        } finally {
            functions.unlock();
        }
    }

    private static ContainerEdits moved(String device, String name) {
        return new ContainerEdits(List.of(), List.of(), List.of(), List.of(), List.of(), false, Map.of(device, new NetDevice(Optional.of(name))));
    }

    @Override
    public void release(String containerId) throws IOException {
        lock.lock();
        try {
            if (!allotments.containsKey(containerId)) {
                return;
            }
            ending.putIfAbsent(containerId, "it was not tried yet");
            // Processors are free at once, whatever becomes of devices.
            Allotment had = allotments.get(containerId);
            allotments.put(containerId, new Allotment(had.owner(), had.shares(), had.takenBack(), List.of()));
        } finally {
            lock.unlock();
        }
        takeBack(containerId);
    }

    @Override
    public void reconcile(Set<String> aliveIds) {
        lock.lock();
        try {
            allotments.keySet().stream().filter(each -> !aliveIds.contains(each)).forEach(each -> ending.putIfAbsent(each, "it was not tried yet"));
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tries once; what is refused is tried again by {@link #takeBackAgain}. */
    private void takeBack(String containerId) {
        functions.lock();
        try {
            Allotment allotment = allotment(containerId);
            if (allotment == null) {
                return;
            }
            if (allotment.takenBack()) {
                giveBack(allotment, containerId);
            }
            lock.lock();
            try {
                ledger.remove(containerId);
                allotments.remove(containerId);
                ending.remove(containerId);
            } finally {
                lock.unlock();
            }
        } catch (DeviceException | IOException refused) {
            note(containerId, refused.getMessage());
        } finally {
            functions.unlock();
        }
    }

    private Allotment allotment(String containerId) {
        lock.lock();
        try {
            return allotments.get(containerId);
        } finally {
            lock.unlock();
        }
    }

    /**
     * To any plug-in that it has something of and that takes back: there is one such plug-in, of several kinds. Its pool may be in no config any more; then the plug-in itself
     * is asked, which knows all the same who has what.
     */
    private void giveBack(Allotment allotment, String containerId) throws DeviceException {
        Optional<PluginClient> owner = owner(allotment);
        if (owner.isPresent()) {
            owner.get().release(containerId);
            return;
        }
        if (!Files.exists(folder.resolve(FUNCTIONS))) {
            throw new DeviceException("its plug-in is not there (any more): start it");
        }
        try {
            functions(plugin -> plugin.release(ReleaseRequest.newBuilder().setOwner(containerId).build()));
        } catch (ContainerException refused) {
            throw new DeviceException(refused.getMessage());
        }
    }

    private Optional<PluginClient> owner(Allotment allotment) {
        lock.lock();
        try {
            return allotment.shares().stream().map(share -> clients.get(share.resource())).filter(client -> client != null && client.takesBack()
                    && client.trouble().isEmpty()).findFirst();
        } finally {
            lock.unlock();
        }
    }

    private void note(String containerId, String why) {
        lock.lock();
        try {
            if (!why.equals(ending.put(containerId, why))) {
                journal.say("what container " + shortened(containerId) + " had of devices is not back yet, and is tried again: " + why);
            }
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void takeBackAgain() {
        try {
            while (true) {
                List<String> due;
                lock.lock();
                try {
                    while (ending.isEmpty() && !closed) {
                        ended.await();
                    }
                    if (closed) {
                        return;
                    }
                    due = List.copyOf(ending.keySet());
                } finally {
                    lock.unlock();
                }
                due.forEach(this::takeBack);
                TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static String shortened(String containerId) {
        return containerId.substring(0, Math.min(12, containerId.length()));
    }

    /**
     * What a plug-in offers, as somebody is shown it.
     *
     * @param resource {@code DOMAIN/NAME}
     * @param socket   of the plug-in
     * @param trouble  why it cannot be asked; empty if it can
     * @param devices  that it has
     * @param owners   a container's id, by a device's
     */
    public record View(String resource, Path socket, String trouble, List<PluginDevice> devices, Map<String, String> owners) {
        /** Copies list and map. */
        public View {
            devices = List.copyOf(devices);
            owners = Map.copyOf(owners);
        }
    }

    /** Processors that containers can have alone, as devices that no plug-in offers. */
    private Optional<View> processors() {
        if (reserved.isEmpty()) {
            return Optional.empty();
        }
        List<PluginDevice> devices = new ArrayList<>();
        String trouble = "";
        try {
            for (NumaNode node : topology.read()) {
                node.cpus().without(reserved.get().ids()).ids().forEach(cpu -> devices.add(new PluginDevice(Integer.toString(cpu), true,
                        List.of((long) node.id()))));
            }
        } catch (IOException unreadable) {
            trouble = String.valueOf(unreadable.getMessage());
        }
        Map<String, String> owners = new TreeMap<>();
        allotments.values().forEach(each -> each.cpus().forEach(cpu -> owners.put(Integer.toString(cpu), each.owner())));
        return Optional.of(new View(ResourceRequest.EXCLUSIVE_CPUS, folder.resolve(KUBELET), trouble, devices, owners));
    }

    /** All that is offered, by name, and processors that containers can have alone. */
    public List<View> all() {
        lock.lock();
        try {
            List<View> views = new ArrayList<>();
            for (PluginClient each : clients.values()) {
                List<PluginDevice> devices = each.devices();
                Set<String> ids = devices.stream().map(PluginDevice::id).collect(Collectors.toSet());
                Map<String, String> owners = new TreeMap<>();
                for (Allotment had : allotments.values()) {
                    boolean ofOwn = each.takesBack() && had.takenBack();
                    had.shares().forEach(share -> share.devices().stream().filter(device -> share.resource().equals(each.resource())
                            || ofOwn && ids.contains(device)).forEach(device -> owners.put(device, had.owner())));
                }
                views.add(new View(each.resource(), each.socket(), each.trouble(), devices, owners));
            }
            processors().ifPresent(views::add);
            return views;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks jctl's own plug-in for virtual functions.
     *
     * @throws ContainerException if there is none, or it refuses
     */
    public <T> T functions(Function<VirtualFunctionsGrpc.VirtualFunctionsBlockingStub, T> question) throws ContainerException {
        Path socket = folder.resolve(FUNCTIONS);
        if (!Files.exists(socket)) {
            throw new ContainerException(UNSUPPORTED, "no plug-in for virtual functions is at " + socket + ": start the agent with --sriov-config FILE (or, to try it out, with"
                    + " --practice-cards N), or jctl sriov-plugin beside it");
        }
        ManagedChannel channel = sockets.dial(socket);
        try {
            return question.apply(VirtualFunctionsGrpc.newBlockingStub(channel).withDeadlineAfter(FUNCTIONS_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException refused) {
            throw new ContainerException(refused.getStatus().getCode() == Status.Code.NOT_FOUND ? NOT_FOUND : UNSUPPORTED,
                    Optional.ofNullable(refused.getStatus().getDescription()).orElse("the plug-in for virtual functions at " + socket + ": "
                            + refused.getStatus().getCode()), 1, refused);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Devices stay with whom they are: the next daemon takes them up. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        again.interrupt();
        server.shutdownNow();
        clients.values().forEach(PluginClient::close);
        sockets.close();
    }
}
