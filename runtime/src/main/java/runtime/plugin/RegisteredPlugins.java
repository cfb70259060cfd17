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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import runtime.container.ContainerException;
import runtime.container.DevicePlugins;
import runtime.container.Journal;
import runtime.device.CdiName;
import runtime.device.ContainerEdits;
import runtime.device.DeviceChoice;
import runtime.device.DeviceException;
import runtime.device.FunctionWish;
import runtime.device.PluginDevice;
import runtime.device.ResourceRequest;
import runtime.device.Share;
import runtime.spec.Linux.NetDevice;

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

    private RegisteredPlugins(Path folder, AllotmentFolder ledger, Journal journal) throws IOException {
        this.folder = folder;
        this.ledger = ledger;
        this.journal = journal;
        this.allotments = ledger.read(journal);
        this.server = sockets.serve(folder.resolve(KUBELET), new RegistrationService(this::registered));
        this.again = Thread.ofVirtual().name("devices-back").start(this::takeBackAgain);
    }

    /**
     * Takes registrations from now on.
     *
     * @param folder for sockets. Those that are there are removed: by that, and by another {@code kubelet.sock}, plug-ins see that they must register again
     * @param ledger for who has what
     */
    public static RegisteredPlugins open(Path folder, Path ledger, Journal journal) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SOCKET)) {
            for (Path each : files) {
                Files.deleteIfExists(each);
            }
        }
        return new RegisteredPlugins(folder, AllotmentFolder.open(ledger), journal);
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
    public Equipment give(String containerId, List<ResourceRequest> requests) throws ContainerException, IOException {
        boolean done = false;
        try {
            List<Taken> taken = new ArrayList<>();
            for (ResourceRequest each : requests) {
                taken.add(take(containerId, each));
            }
            Equipment equipment = equipment(containerId, taken);
            done = true;
            return equipment;
        } catch (DeviceException refused) {
            throw new ContainerException(START_FAILED, "--resource: " + refused.getMessage(), 125, refused);
        } finally {
            if (!done) {
                release(containerId);
            }
        }
    }

    /** A request, and which devices are for it. */
    private record Taken(ResourceRequest request, PluginClient client, List<String> devices) {}

    /** Devices that nobody else gets from now on. */
    private Taken take(String containerId, ResourceRequest request) throws DeviceException, IOException {
        PluginClient client = client(request.resource());
        client.awaitReport();
        if (!client.takesBack() && !request.wish().equals(FunctionWish.NONE)) {
            throw new DeviceException("the plug-in of " + request.resource() + " (" + client.socket() + ") is not jctl's own: it makes no function as it is"
                    + " asked for here (mac, vlan and so on); leave that out");
        }
        List<String> preferred = client.preferred(DeviceChoice.free(request.resource(), client.devices(), taken(request.resource()),
                request.count()), request.count());
        lock.lock();
        try {
            if (ending.containsKey(containerId)) {
                throw new DeviceException("what container " + shortened(containerId) + " had before is not back yet: " + ending.get(containerId));
            }
            List<String> free = DeviceChoice.free(request.resource(), client.devices(), taken(request.resource()), request.count());
            List<String> chosen = DeviceChoice.of(preferred, free, request.count());
            Allotment before = allotments.getOrDefault(containerId, new Allotment(containerId, List.of(), false));
            List<Share> shares = new ArrayList<>(before.shares());
            shares.add(new Share(request.resource(), chosen));
            Allotment after = new Allotment(containerId, shares, before.takenBack() || client.takesBack());
            ledger.write(after);
            allotments.put(containerId, after);
            return new Taken(request, client, chosen);
        } finally {
            lock.unlock();
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

    private Set<String> taken(String resource) {
        lock.lock();
        try {
            Set<String> taken = new HashSet<>();
            allotments.values().forEach(each -> each.shares().stream().filter(share -> share.resource().equals(resource))
                    .forEach(share -> taken.addAll(share.devices())));
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Equipment equipment(String containerId, List<Taken> all) throws DeviceException {
        List<ContainerEdits> edits = new ArrayList<>();
        List<CdiName> cdi = new ArrayList<>();
        Map<String, String> annotations = new TreeMap<>();
        Map<String, List<String>> addresses = new TreeMap<>();
        int network = 1;
        for (Taken each : all) {
            if (each.client().takesBack()) {
                int number = 0;
                for (Prepared prepared : prepared(containerId, each)) {
                    if (!prepared.getNetworkDevice().isEmpty()) {
                        String wanted = each.request().interfaceName();
                        String name = wanted.isEmpty() ? "net" + network : wanted.replace("%d", Integer.toString(number));
                        network++;
                        number++;
                        edits.add(moved(prepared.getNetworkDevice(), name));
                        addresses.put(prepared.getNetworkDevice(), each.request().addresses());
                    }
                }
            }
            AllocateAnswer answer = each.client().allocate(each.devices());
            edits.add(answer.edits());
            cdi.addAll(answer.cdi());
            annotations.putAll(answer.annotations());
        }
        for (Taken each : all) {
            each.client().beforeStart(each.devices());
        }
        List<String> needless = all.stream().map(Taken::request).filter(each -> !each.addresses().isEmpty()).map(ResourceRequest::resource).toList();
        if (!needless.isEmpty() && addresses.isEmpty()) {
            throw new DeviceException(needless.getFirst() + " gives no network device that could have an address; leave ip= out");
        }
        return new Equipment(edits, cdi, annotations, addresses);
    }

    private List<Prepared> prepared(String containerId, Taken taken) throws DeviceException {
        functions.lock();
        try {
            return taken.client().prepare(containerId, 0, taken.request(), taken.devices());
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

    /** All that is offered, by name. */
    public List<View> all() {
        lock.lock();
        try {
            List<View> views = new ArrayList<>();
            for (PluginClient each : clients.values()) {
                Map<String, String> owners = new TreeMap<>();
                allotments.values().forEach(allotment -> allotment.shares().stream().filter(share -> share.resource().equals(each.resource()))
                        .forEach(share -> share.devices().forEach(device -> owners.put(device, allotment.owner()))));
                views.add(new View(each.resource(), each.socket(), each.trouble(), each.devices(), owners));
            }
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
