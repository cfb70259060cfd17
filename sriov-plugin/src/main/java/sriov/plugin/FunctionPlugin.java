package sriov.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import sriov.grant.FunctionState;
import sriov.grant.Grant;
import sriov.grant.NetdevState;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PciFunction;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.Uplink;
import sriov.pool.Assignment;
import sriov.pool.Candidate;
import sriov.pool.Division;
import sriov.pool.DivisionStep;
import sriov.pool.Divisions;
import sriov.pool.Mode;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.Preference;
import sriov.pool.ResourceName;

/**
 * A host's virtual functions, divided and offered as its config says, to a kubelet and to jctl's agent. Looks again and again at what there is; whatever it sees or is told meanwhile, a
 * function that somebody has stays his. Safe for use by several threads.
 */
public final class FunctionPlugin implements AutoCloseable {
    /** Served beside those of the pools, also if there are none. */
    public static final String SOCKET = "jctl-sriov.sock";
    private static final Duration DIVIDED_WITHIN = Duration.ofSeconds(30);
    private static final int LOOK_SECONDS = 2;

    private final Settings settings;
    private final FileChannel claim;
    private final Grants grants;
    private final Functions functions;
    private final Handover handover;
    private final Divider divider;
    private final Health health;
    private final ConfigFile config;
    private final HostRoutes routes;
    private final LocalSocket sockets;
    private final FunctionService service;
    private final ServedSocket own;
    private final ReentrantLock looking = new ReentrantLock();
    private final Semaphore news = new Semaphore(1);
    private final Map<ResourceName, Served> served = new TreeMap<>();
    /** What somebody has said beside the config, by physical function. */
    private final Map<PciAddress, Division> told = new TreeMap<>();
    private List<String> said = List.of();
    private String failed = "";
    private boolean looked;
    private volatile View view = View.NONE;
    private volatile boolean ended;
    private Thread looks;
    private WatchService watch;

    /** A pool that is offered. */
    private record Served(PluginService service, PluginServer server) {
    }

    /**
     * What it works with.
     *
     * @param tree       of the kernel's devices
     * @param links      of the host's namespace
     * @param groups     by which programs open functions
     * @param patience   how long a driver may take to make a network device
     * @param records    folder of who has what; one plug-in at a time has it
     * @param kubelet    folder of the socket of a kubelet, or of the agent in its place
     * @param config     file, which is read again when it is another
     * @param routes     folder in which the kernel tells the host's routes
     * @param preference which functions are best given together
     * @param clock      what time it is
     * @param journal    takes what the operator should know, once
     */
    public record Settings(DeviceTree tree, Links links, VfioGroups groups, Duration patience, Path records, Path kubelet, Path config, Path routes,
            Preference preference, InstantSource clock, Consumer<String> journal) {
        private static final Duration PATIENCE = Duration.ofSeconds(20);

        /** The cards of this host. */
        public static Settings host(Path records, Path kubelet, Path config, Consumer<String> journal) {
            return new Settings(new HostSysTree(Path.of("/sys")), new HostLinks(), new HostVfioGroups(Path.of("/dev/vfio")), PATIENCE, records, kubelet,
                    config, Path.of("/proc/net"), Preference.PACKED, InstantSource.system(), journal);
        }

        /** Cards that no machine has, with links that are the host's own: all is as with those of the host. */
        public static Settings practice(PracticeCards cards, Path records, Path kubelet, Path config, Consumer<String> journal) {
            return new Settings(cards, cards, cards, PATIENCE, records, kubelet, config, Path.of("/proc/net"), Preference.PACKED,
                    InstantSource.system(), journal);
        }

        /** Cards that no machine has; the host's routes lead through none of them. */
        public static Settings simulated(SimulatedCards cards, Path records, Path kubelet, Path config, Consumer<String> journal) {
            return new Settings(cards, cards, cards, Duration.ofMillis(50), records, kubelet, config, records.resolve("routes"), Preference.PACKED,
                    InstantSource.system(), journal);
        }
    }

    private FunctionPlugin(Settings settings, FileChannel claim) throws IOException {
        this.settings = settings;
        this.claim = claim;
        this.functions = new HostFunctions(settings.tree(), settings.links(), settings.groups(), settings.patience());
        this.grants = Grants.open(functions, GrantFolder.open(settings.records()), settings.clock());
        this.handover = new Handover(grants, functions);
        this.divider = new Divider(settings.tree(), functions, grants, DIVIDED_WITHIN, settings.clock(), settings.journal());
        this.health = new Health(settings.tree(), settings.links());
        this.config = new ConfigFile(settings.config());
        this.routes = new HostRoutes(settings.routes());
        this.sockets = new LocalSocket();
        this.service = new FunctionService(this, grants, handover, settings.links());
        this.own = new ServedSocket(settings.kubelet().resolve(SOCKET), sockets, List.of(service));
    }

    /**
     * With what the records say of before; nothing is changed or offered until the first look.
     *
     * @throws IOException if another plug-in has the records, or they cannot be read
     */
    public static FunctionPlugin open(Settings settings) throws IOException {
        GrantFolder.open(settings.records());
        Files.createDirectories(settings.kubelet());
        FileChannel claim = FileChannel.open(settings.records().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (claim.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return new FunctionPlugin(settings, claim);
        } catch (OverlappingFileLockException another) {
            claim.close();
            throw new IOException("another plug-in gives functions away by the records of " + settings.records() + ": end that one first", another);
        } catch (IOException | RuntimeException refused) {
            claim.close();
            throw refused;
        }
    }

    /** Looks once: at the config, at the cards, at who listens; divides and offers what has changed. */
    public void look() {
        looking.lock();
        try {
            if (!ended) {
                round();
                failed = "";
            }
        } catch (IOException | UncheckedIOException unreadable) {
            String why = "this host's functions cannot be looked at or offered, and stay as they are: " + unreadable.getMessage();
            if (!why.equals(failed)) {
                settings.journal().accept(why);
            }
            failed = why;
        } finally {
            looking.unlock();
        }
    }

    private void round() throws IOException {
        if (config.look()) {
            told.clear();
            settings.journal().accept("the config " + settings.config() + " is in force: " + config.inForce().pools().size() + " pools");
        }
        if (!looked) {
            takeBackUnfinished();
            looked = true;
        }
        Set<String> kept = routes.devices(settings.tree());
        List<String> notes = new ArrayList<>(config.problems());
        Inventory inventory = Inventory.read(settings.tree());
        if (divide(inventory, notes)) {
            inventory = Inventory.read(settings.tree());
        }
        notes.addAll(inventory.problems());
        notes.addAll(off(inventory));
        Map<PciAddress, String> troubles = health.troubles(inventory, grants.all(), notes);
        view = view(config.inForce().pools(), inventory, kept, troubles, notes);
        tell(view.notes());
        serve();
    }

    /** What a kubelet was to get when the plug-in was killed it was never told of. */
    private void takeBackUnfinished() {
        for (Grant each : grants.all()) {
            if (Handover.isKubelet(each.owner()) && !each.ready()) {
                try {
                    grants.takeBack(each.function(), each.owner());
                } catch (IOException refused) {
                    settings.journal().accept("what was begun when the plug-in ended is not taken back: " + refused.getMessage());
                }
            }
        }
    }

    private void tell(List<String> now) {
        now.stream().filter(each -> !said.contains(each)).forEach(settings.journal());
        said = List.copyOf(now);
    }

    /** @return whether anything was begun */
    private boolean divide(Inventory inventory, List<String> notes) {
        List<Division> divisions = new ArrayList<>(told.values());
        divisions.addAll(config.inForce().divisions());
        Map<PciAddress, List<DivisionStep>> steps = new LinkedHashMap<>();
        for (DivisionStep each : Divisions.decide(divisions, inventory, taken())) {
            switch (each) {
                case DivisionStep.Leave(var _, String why) -> notes.add(why);
                case DivisionStep.Probe _, DivisionStep.Divide _ -> steps.computeIfAbsent(each.physical(), none -> new ArrayList<>()).add(each);
            }
        }
        notes.addAll(divider.waits());
        steps.forEach((physical, some) -> {
            if (!divider.isBusy(physical)) {
                try {
                    divider.carryOut(inventory.find(physical.toString()).orElseThrow(), some);
                } catch (IOException refused) {
                    notes.add(refused.getMessage());
                }
            }
        });
        return !steps.isEmpty();
    }

    private Map<PciAddress, String> taken() {
        Map<PciAddress, String> taken = new TreeMap<>();
        grants.damaged().keySet().forEach(each -> taken.put(each, "somebody"));
        grants.all().forEach(each -> taken.put(each.function(), each.owner()));
        return taken;
    }

    /** A card that is off is left so: who turned it off knows why. */
    private static List<String> off(Inventory inventory) {
        return inventory.physical().stream().filter(each -> !each.virtual().isEmpty() && each.uplink().filter(uplink -> !uplink.up()).isPresent())
                .map(each -> each.name() + " is turned off, and so nobody gets its " + each.virtual().size() + " virtual functions: ip link set "
                        + each.name() + " up").toList();
    }

    private View view(List<Pool> pools, Inventory inventory, Set<String> kept, Map<PciAddress, String> troubles, List<String> notes) {
        List<Candidate> candidates = Candidate.of(inventory).stream().map(this::asBefore).toList();
        Assignment assignment = Assignment.of(pools, candidates, kept);
        Map<ResourceName, Map<String, Offer>> offers = new TreeMap<>();
        for (Pool pool : pools) {
            List<Candidate> members = assignment.members().get(pool.resource());
            Map<PciAddress, String> all = new TreeMap<>(troubles);
            members.stream().filter(each -> View.mode(pool, each) == Mode.VFIO && each.function().iommuGroup().isEmpty()).forEach(each ->
                    all.put(each.address(), "it is in no IOMMU group: the machine has no IOMMU that is on (intel_iommu=on, amd_iommu=on)"));
            offers.put(pool.resource(), Offer.of(members, grants.damaged(), all));
        }
        return new View(pools, inventory, kept, candidates, assignment, offers, troubles, List.copyOf(notes));
    }

    /** A function that somebody has is chosen by what it was like: it must not leave its pool because of how it was given. */
    private Candidate asBefore(Candidate now) {
        Optional<FunctionState> before = grants.of(now.address()).map(Grant::before);
        PciFunction it = now.function();
        return before.isEmpty() ? now : new Candidate(new PciFunction(it.address(), it.vendor(), it.device(), it.classCode(), before.get().driver(),
                it.numaNode(), it.iommuGroup(), before.get().netdev().map(NetdevState::name).stream().toList(), it.rdmaNames()), now.of(), now.index());
    }

    private void serve() throws IOException {
        Files.createDirectories(settings.kubelet());
        if (own.isMissing()) {
            own.serve();
        }
        for (ResourceName each : List.copyOf(served.keySet())) {
            if (view.pool(each).isEmpty()) {
                served.remove(each).server().close();
                settings.journal().accept(each + " is no pool any more; who has functions of it keeps them");
            }
        }
        for (Pool each : view.pools()) {
            Map<String, Offer> offers = view.offers().get(each.resource());
            Served there = served.get(each.resource());
            if (there == null) {
                PluginService pool = new PluginService(each, settings.preference(), offers, allocation());
                there = new Served(pool, new PluginServer(settings.kubelet(), each.resource(), pool, List.of(service), sockets, settings.journal()));
                served.put(each.resource(), there);
            }
            there.service().offer(each, offers);
            there.server().keep();
        }
    }

    private PluginService.Preparation allocation() {
        return new PluginService.Preparation() {
            @Override
            public Map<PciAddress, Integer> prepare(Pool pool, List<Candidate> wanted) throws IOException {
                Map<PciAddress, Mode> modes = new LinkedHashMap<>();
                wanted.forEach(each -> modes.put(each.address(), View.mode(pool, each)));
                handover.give(pool.resource().toString(), modes);
                Map<PciAddress, Integer> groups = new TreeMap<>();
                for (Candidate each : wanted) {
                    boolean program = grants.of(each.address()).filter(grant -> grant.wish().mode() == Mode.VFIO).isPresent();
                    group(each.address()).stream().filter(any -> program).forEach(number -> groups.put(each.address(), number));
                }
                return groups;
            }

            @Override
            public boolean isGiven(PciAddress function) {
                return grants.of(function).filter(grant -> !Handover.isKubelet(grant.owner())).isPresent();
            }
        };
    }

    /** Asked for each time: it is another after the machine has begun anew, or the function was made anew. */
    OptionalInt group(PciAddress function) {
        Optional<String> name = settings.tree().link("bus/pci/devices/" + function + "/iommu_group");
        return name.isPresent() ? OptionalInt.of(Integer.parseInt(name.get())) : OptionalInt.empty();
    }

    /** What the last look has shown. */
    View view() {
        return view;
    }

    /** What there is now, with what the last look found of it. */
    View viewNow() {
        View last = view;
        return view(last.pools(), Inventory.read(settings.tree()), last.kept(), last.troubles(), last.notes());
    }

    /**
     * Divides a card in another way than the config says, until that is another.
     *
     * @param physical network device or address of it
     * @return its parts then
     */
    List<PciAddress> divide(String physical, int parts, boolean probesDrivers) throws IOException {
        looking.lock();
        try {
            Inventory inventory = Inventory.read(settings.tree());
            PhysicalFunction card = inventory.find(physical).orElseThrow(() -> new GrantException("there is no physical function " + physical
                    + " that could be divided; there are " + inventory.physical().stream().map(PhysicalFunction::name).toList()));
            Division division = new Division(card.address().toString(), parts, probesDrivers);
            List<DivisionStep> steps = Divisions.decide(List.of(division), inventory, taken());
            for (DivisionStep each : steps) {
                if (each instanceof DivisionStep.Leave(var _, String why)) {
                    throw new GrantException(why);
                }
            }
            divider.forgive(card.address());
            divider.carryOut(card, steps);
            told.put(card.address(), division);
            look();
            return Inventory.read(settings.tree()).find(card.address().toString()).stream().flatMap(each -> each.virtual().stream())
                    .map(each -> each.address()).toList();
        } finally {
            looking.unlock();
        }
    }

    /** Makes a function free whoever has it. */
    void reset(PciAddress function) throws IOException {
        Inventory inventory = Inventory.read(settings.tree());
        PciFunction found = inventory.functions().get(function);
        if (found == null && grants.of(function).isEmpty() && !grants.damaged().containsKey(function)) {
            throw new GrantException("there is no function " + function + " (any more)");
        }
        Optional<String> way = found == null ? Optional.empty() : found.netNames().stream().filter(routes.devices(settings.tree())::contains).findFirst();
        if (way.isPresent()) {
            throw new GrantException("function " + function + " is not reset: the host's own way to elsewhere leads through its " + way.get());
        }
        if (inventory.find(function.toString()).filter(card -> !card.virtual().isEmpty()).isPresent()) {
            throw new GrantException("function " + function + " is not reset: all of its virtual functions would be gone with its driver; reset these,"
                    + " or divide it into 0");
        }
        grants.reset(function);
        health.forgive(function);
        news();
    }

    /** Looks again and again from now on, until it is closed: at once when there is news, and every few seconds. */
    public void start() throws IOException {
        watch = settings.kubelet().getFileSystem().newWatchService();
        settings.kubelet().register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        Thread.ofVirtual().name("function-plugin-folder").start(this::watch);
        looks = Thread.ofPlatform().name("function-plugin").start(this::looks);
    }

    /** Something may be other than it was: look at once. */
    public void news() {
        news.release();
    }

    private void looks() {
        while (!ended) {
            try {
                look();
            } catch (RuntimeException unexpected) {
                settings.journal().accept("a look at this host's functions ended with " + unexpected + "; the next one is in " + LOOK_SECONDS + " s");
            }
            try {
                news.drainPermits();
                news.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException end) {
                return; // whoever has this thread wants it to end
            }
        }
    }

    /** A kubelet that begins anew takes all sockets away and makes its own. */
    private void watch() {
        try {
            for (WatchKey key = watch.take(); key.isValid(); key = watch.take()) {
                key.pollEvents();
                news();
                key.reset();
            }
        } catch (ClosedWatchServiceException | InterruptedException end) {
            return; // the plug-in ends
        }
    }

    /** Who has functions keeps them. Returns once nothing is given or changed any more. */
    @Override
    public void close() throws IOException {
        ended = true;
        news();
        if (watch != null) {
            watch.close();
        }
        service.end();
        handover.end();
        looking.lock();
        try {
            for (Served each : served.values()) {
                each.server().close();
            }
            served.clear();
            own.close();
        } finally {
            looking.unlock();
        }
        awaitLooks();
        sockets.close();
        claim.close();
    }

    private void awaitLooks() {
        if (looks == null) {
            return;
        }
        try {
            looks.join();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt(); // it ends by itself, soon
        }
    }
}
