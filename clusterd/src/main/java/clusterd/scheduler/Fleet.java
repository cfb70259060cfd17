package clusterd.scheduler;

import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The nodes with what is left of each, kept up to date by what changes in the state, so that a decision costs
 * the logarithm of their number. One thread at a time.
 */
public final class Fleet {
    private final Map<NodeId, NodeLoad> loads = new HashMap<>();
    private final Map<NodeId, Rank> ranks = new HashMap<>();
    private final Map<NodeId, NodeClass> classOf = new HashMap<>();
    private final Map<NodeClass.Key, NodeClass> classes = new LinkedHashMap<>();
    private final Map<TaskId, NodeId> places = new HashMap<>();
    private final Map<ServiceId, Map<NodeLoad, Integer>> services = new HashMap<>();
    private final Map<String, ServiceId> serviceNames = new HashMap<>();
    private final Map<String, Set<NodeLoad>> hostnames = new HashMap<>();
    private final Map<String, Set<NodeLoad>> images = new HashMap<>();
    private final Map<String, Resources> projectUse = new HashMap<>();
    private final TreeMap<Integer, Integer> priorities = new TreeMap<>();
    private Resources capacity = Resources.NONE;
    private int nextOrder;
    private long growth;

    /** That of a state. */
    public static Fleet of(ClusterState state) {
        Fleet fleet = new Fleet();
        state.services().stream().filter(each -> !each.removed())
                .forEach(each -> fleet.serviceNames.put(each.spec().name(), each.id()));
        state.nodes().forEach(fleet::put);
        state.tasks().forEach(each -> fleet.put(each, state));
        return fleet;
    }

    /**
     * Takes changes in.
     *
     * @param changes in the order they happened
     * @param state   after them
     */
    public void observe(List<Change> changes, ClusterState state) {
        for (Change change : changes) {
            switch (change) {
                case Change.ServiceChange each -> {
                    if (each.after().isPresent() && !each.latest().removed()) {
                        serviceNames.put(each.latest().spec().name(), each.latest().id());
                    } else {
                        serviceNames.remove(each.latest().spec().name(), each.latest().id());
                    }
                }
                case Change.NodeChange each -> {
                    if (each.after().isPresent()) {
                        put(each.latest());
                    } else {
                        remove(each.latest());
                    }
                }
                case Change.TaskChange each -> {
                    if (each.after().isPresent()) {
                        put(each.latest(), state);
                    } else {
                        free(each.latest().id());
                    }
                }
                case Change.FileChange each -> { /* needs no node */ }
                case Change.ProjectChange each -> growth++;
                case Change.DecisionKept each -> { /* is about the past */ }
                case Change.VaultChange each -> { /* needs no node */ }
                case Change.TermBegan each -> { /* needs no node */ }
                case Change.NetworkChange each -> { /* needs no node */ }
                case Change.BlockChange each -> { /* needs no node */ }
                case Change.VirtualAddressChange each -> { /* needs no node */ }
            }
        }
    }

    /** Counts whatever may let a task in that was refused before. */
    long growth() {
        return growth;
    }

    Collection<NodeClass> classes() {
        return classes.values();
    }

    Collection<NodeLoad> loads() {
        return loads.values();
    }

    /** The node of that id. */
    public Optional<Node> node(NodeId id) {
        return load(id).map(NodeLoad::node);
    }

    Optional<NodeLoad> load(NodeId id) {
        return Optional.ofNullable(loads.get(id));
    }

    NodeClass classOf(NodeLoad load) {
        return classOf.get(load.node().id());
    }

    /** How many tasks that are alive each node has of a service. */
    Map<NodeLoad, Integer> nodesOf(ServiceId service) {
        return services.getOrDefault(service, Map.of());
    }

    Optional<ServiceId> service(String name) {
        return Optional.ofNullable(serviceNames.get(name));
    }

    Set<NodeLoad> withHostname(String hostname) {
        return hostnames.getOrDefault(hostname, Set.of());
    }

    Set<NodeLoad> withImage(String reference) {
        return images.getOrDefault(reference, Set.of());
    }

    /** What a project's tasks take together. */
    public Resources useOf(String project) {
        return projectUse.getOrDefault(project, Resources.NONE);
    }

    /** Whether any task is less important. */
    boolean hasBelow(int priority) {
        return !priorities.isEmpty() && priorities.firstKey() < priority;
    }

    /** A project's dominant share: the largest one of anything there is that its tasks take, 0 to 1. */
    public double shareOf(String project) {
        return share(useOf(project), capacity);
    }

    private static double share(Resources use, Resources all) {
        double share = Math.max(share(use.cpuMillis(), all.cpuMillis()),
                share(use.memoryBytes(), all.memoryBytes()));
        for (Map.Entry<String, Long> each : use.named().entrySet()) {
            share = Math.max(share, share(each.getValue(), all.named().getOrDefault(each.getKey(), 0L)));
        }
        return share;
    }

    private static double share(long used, long all) {
        return all <= 0 ? 0 : (double) used / all;
    }

    /** What a node adds to what there is: one that takes no tasks is nothing to have a share of. */
    private static Resources offer(Node node) {
        return node.takesTasks() ? node.description().capacity() : Resources.NONE;
    }

    private void put(Node node) {
        NodeLoad load = loads.get(node.id());
        if (load == null) {
            load = new NodeLoad(node, nextOrder++);
            loads.put(node.id(), load);
            capacity = capacity.plus(offer(node));
            index(load);
            classify(load);
        } else if (!sameToTasks(load.node(), node)) {
            capacity = capacity.plus(offer(node)).minus(offer(load.node()));
            unindex(load);
            declassify(load);
            load.become(node);
            index(load);
            classify(load);
        } else {
            load.become(node);
            return;
        }
        growth++;
    }

    private static boolean sameToTasks(Node before, Node after) {
        return before.description().equals(after.description()) && before.spec().equals(after.spec())
                && before.status().state() == after.status().state();
    }

    private void index(NodeLoad load) {
        hostnames.computeIfAbsent(load.node().description().hostname(), name -> set()).add(load);
        for (String image : load.node().description().images()) {
            images.computeIfAbsent(image, name -> set()).add(load);
        }
    }

    private void unindex(NodeLoad load) {
        dropFrom(hostnames, load.node().description().hostname(), load);
        for (String image : load.node().description().images()) {
            dropFrom(images, image, load);
        }
    }

    private static void dropFrom(Map<String, Set<NodeLoad>> index, String key, NodeLoad load) {
        Set<NodeLoad> rest = index.get(key);
        rest.remove(load);
        if (rest.isEmpty()) {
            index.remove(key);
        }
    }

    private static Set<NodeLoad> set() {
        return new TreeSet<>((a, b) -> Integer.compare(a.order(), b.order()));
    }

    private void classify(NodeLoad load) {
        NodeClass its = classes.computeIfAbsent(NodeClass.Key.of(load.node()), NodeClass::new);
        classOf.put(load.node().id(), its);
        rank(load, its);
    }

    private void declassify(NodeLoad load) {
        NodeClass its = classOf.remove(load.node().id());
        its.ranks().remove(ranks.remove(load.node().id()));
        if (its.ranks().isEmpty()) {
            classes.remove(its.key());
        }
    }

    private void rank(NodeLoad load, NodeClass its) {
        Rank rank = new Rank(load.load(), load);
        ranks.put(load.node().id(), rank);
        its.ranks().add(rank);
    }

    private void rankAgain(NodeLoad load) {
        NodeClass its = classOf.get(load.node().id());
        its.ranks().remove(ranks.get(load.node().id()));
        rank(load, its);
    }

    private void remove(Node node) {
        NodeLoad load = loads.get(node.id());
        if (load == null) {
            return;
        }
        for (TaskId id : List.copyOf(load.held().keySet())) {
            free(id);
        }
        unindex(load);
        declassify(load);
        loads.remove(node.id());
        capacity = capacity.minus(offer(load.node()));
        growth++;
    }

    private void put(Task task, ClusterState state) {
        if (!task.holdsNode()) {
            free(task.id());
            return;
        }
        Service service = state.service(task.service()).orElseThrow(() -> new IllegalStateException(
                "task " + task.id() + " is of no service"));
        take(task.node().orElseThrow(), task.id(),
                held(service, service.template(task.specVersion()), task.isAlive()));
    }

    static Held held(Service service, TaskTemplate template, boolean alive) {
        return new Held(service.id(), service.spec().project(), service.spec().priority(),
                template.reservation(), template.hostPorts(), alive);
    }

    /** A task takes its share of a node, or another one than before. */
    void take(NodeId node, TaskId task, Held what) {
        NodeLoad load = loads.get(node);
        if (load == null) {
            return;
        }
        Held before = load.held().get(task);
        if (what.equals(before)) {
            return;
        }
        if (before != null) {
            count(load, before, -1);
        }
        load.take(task, what);
        count(load, what, 1);
        places.put(task, node);
        rankAgain(load);
    }

    /** Takes back that a task was given a node, unless the state says so. */
    public void forget(TaskId task, ClusterState state) {
        if (state.task(task).filter(Task::holdsNode).isEmpty()) {
            free(task);
        }
    }

    /** A task takes nothing any more. */
    void free(TaskId task) {
        NodeId node = places.remove(task);
        if (node == null) {
            return;
        }
        NodeLoad load = loads.get(node);
        Held before = load.give(task);
        count(load, before, -1);
        rankAgain(load);
        growth++;
    }

    private void count(NodeLoad load, Held what, int by) {
        if (what.alive()) {
            Map<NodeLoad, Integer> nodes = services.computeIfAbsent(what.service(),
                    service -> new TreeMap<>((a, b) -> Integer.compare(a.order(), b.order())));
            nodes.merge(load, by, (a, b) -> a + b == 0 ? null : a + b);
            if (nodes.isEmpty()) {
                services.remove(what.service());
            }
        }
        priorities.merge(what.priority(), by, (a, b) -> a + b == 0 ? null : a + b);
        Resources use = useOf(what.project());
        projectUse.put(what.project(), by > 0 ? use.plus(what.reservation()) : use.minus(what.reservation()));
    }
}
