package clusterd.state;

import clusterd.model.Block;
import clusterd.model.Decision;
import clusterd.model.Network;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.VaultEntry;
import clusterd.model.VirtualAddress;
import clusterd.state.Change.DecisionKept;
import clusterd.state.Change.FileChange;
import clusterd.state.Change.NodeChange;
import clusterd.state.Change.ProjectChange;
import clusterd.state.Change.ServiceChange;
import clusterd.state.Change.TaskChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;

/** A state while commands are applied to it: it keeps the indexes right and notes what changed. */
final class Draft {
    private PSortedMap<ServiceId, Service> services;
    private PSortedMap<String, ServiceId> serviceNames;
    private PSortedMap<TaskId, Task> tasks;
    private PSortedMap<ServiceId, PSortedMap<TaskId, Task>> tasksOfService;
    private PSortedMap<NodeId, PSortedSet<TaskId>> tasksOfNode;
    private PSortedMap<NodeId, Node> nodes;
    private PSortedMap<String, StoredFile> files;
    private PSortedMap<String, Project> projects;
    private PSortedMap<Long, Decision> decisions;
    private PSortedMap<String, VaultEntry> vault;
    private Networking networking;
    private long term;
    private final List<Change> changes = new ArrayList<>();

    Draft(ClusterState from) {
        this.services = from.services;
        this.serviceNames = from.serviceNames;
        this.tasks = from.tasks;
        this.tasksOfService = from.tasksOfService;
        this.tasksOfNode = from.tasksOfNode;
        this.nodes = from.nodes;
        this.files = from.files;
        this.projects = from.projects;
        this.decisions = from.decisions;
        this.vault = from.vault;
        this.networking = from.networking;
        this.term = from.term;
    }

    ClusterState state() {
        return new ClusterState(services, serviceNames, tasks, tasksOfService, tasksOfNode, nodes, files,
                projects, decisions, vault, networking, term);
    }

    long term() {
        return term;
    }

    void begin(long newTerm) {
        term = newTerm;
    }

    void begin(long newTerm, String leader) {
        term = newTerm;
        changes.add(new Change.TermBegan(newTerm, leader));
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    void forgetChanges() {
        changes.clear();
    }

    Service service(ServiceId id) {
        return services.get(id);
    }

    boolean isTaken(String serviceName) {
        return serviceNames.containsKey(serviceName);
    }

    Iterable<Service> services() {
        return services.values();
    }

    Task task(TaskId id) {
        return tasks.get(id);
    }

    List<Task> tasksOf(ServiceId id) {
        PSortedMap<TaskId, Task> its = tasksOfService.get(id);
        return its == null ? List.of() : List.copyOf(its.values());
    }

    List<Task> tasksOf(NodeId id) {
        PSortedSet<TaskId> ids = tasksOfNode.get(id);
        return ids == null ? List.of() : ids.stream().map(tasks::get).toList();
    }

    List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    Node node(NodeId id) {
        return nodes.get(id);
    }

    StoredFile file(String name, boolean secret) {
        return files.get(ClusterState.fileKey(name, secret));
    }

    Project project(String name) {
        return projects.get(name);
    }

    void put(Service service) {
        Service before = services.get(service.id());
        if (before != null && !before.spec().name().equals(service.spec().name())) {
            serviceNames = serviceNames.minus(before.spec().name());
        }
        services = services.plus(service.id(), service);
        if (service.removed()) {
            freeName(service);
        } else {
            serviceNames = serviceNames.plus(service.spec().name(), service.id());
        }
        changes.add(new ServiceChange(Optional.ofNullable(before), Optional.of(service)));
    }

    /** While its tasks end another may have the name already. */
    private void freeName(Service service) {
        if (service.id().equals(serviceNames.get(service.spec().name()))) {
            serviceNames = serviceNames.minus(service.spec().name());
        }
    }

    void remove(Service service) {
        services = services.minus(service.id());
        freeName(service);
        changes.add(new ServiceChange(Optional.of(service), Optional.empty()));
    }

    void put(Task task) {
        Task before = tasks.get(task.id());
        tasks = tasks.plus(task.id(), task);
        tasksOfService = tasksOfService.plus(task.service(),
                tasksOfService.getOrDefault(task.service(), TreePMap.empty()).plus(task.id(), task));
        if (task.node().isPresent() && (before == null || before.node().isEmpty())) {
            NodeId node = task.node().get();
            tasksOfNode = tasksOfNode.plus(node,
                    tasksOfNode.getOrDefault(node, ClusterState.none()).plus(task.id()));
        }
        changes.add(new TaskChange(Optional.ofNullable(before), Optional.of(task)));
    }

    void remove(Task task) {
        tasks = tasks.minus(task.id());
        PSortedMap<TaskId, Task> rest = tasksOfService.get(task.service()).minus(task.id());
        tasksOfService = rest.isEmpty() ? tasksOfService.minus(task.service()) : tasksOfService.plus(task.service(), rest);
        if (task.node().isPresent()) {
            tasksOfNode = without(tasksOfNode, task.node().get(), task.id());
        }
        changes.add(new TaskChange(Optional.of(task), Optional.empty()));
    }

    private static <K> PSortedMap<K, PSortedSet<TaskId>> without(PSortedMap<K, PSortedSet<TaskId>> index, K key,
            TaskId id) {
        PSortedSet<TaskId> rest = index.get(key).minus(id);
        return rest.isEmpty() ? index.minus(key) : index.plus(key, rest);
    }

    void put(Node node) {
        Node before = nodes.get(node.id());
        nodes = nodes.plus(node.id(), node);
        changes.add(new NodeChange(Optional.ofNullable(before), Optional.of(node)));
    }

    void remove(Node node) {
        nodes = nodes.minus(node.id());
        changes.add(new NodeChange(Optional.of(node), Optional.empty()));
    }

    void put(StoredFile file) {
        String key = ClusterState.fileKey(file.name(), file.secret());
        StoredFile before = files.get(key);
        files = files.plus(key, file);
        changes.add(new FileChange(Optional.ofNullable(before), Optional.of(file)));
    }

    void remove(StoredFile file) {
        files = files.minus(ClusterState.fileKey(file.name(), file.secret()));
        changes.add(new FileChange(Optional.of(file), Optional.empty()));
    }

    void put(Project project) {
        Project before = projects.get(project.name());
        projects = projects.plus(project.name(), project);
        changes.add(new ProjectChange(Optional.ofNullable(before), Optional.of(project)));
    }

    void remove(Project project) {
        projects = projects.minus(project.name());
        changes.add(new ProjectChange(Optional.of(project), Optional.empty()));
    }

    void put(Decision decision) {
        decisions = decisions.plus(decision.number(), decision);
        while (decisions.size() > ClusterState.DECISIONS) {
            decisions = decisions.minus(decisions.firstKey());
        }
        changes.add(new DecisionKept(decision));
    }

    Networking networking() {
        return networking;
    }

    void put(Network network) {
        Optional<Network> before = networking.find(network.id());
        networking = networking.with(network);
        changes.add(new Change.NetworkChange(before, Optional.of(network)));
    }

    void remove(Network network) {
        networking = networking.without(network.id());
        changes.add(new Change.NetworkChange(Optional.of(network), Optional.empty()));
    }

    void put(Block block) {
        networking = networking.with(block);
        changes.add(new Change.BlockChange(Optional.empty(), Optional.of(block)));
    }

    void remove(Block block) {
        networking = networking.without(block);
        changes.add(new Change.BlockChange(Optional.of(block), Optional.empty()));
    }

    void put(VirtualAddress address) {
        networking = networking.with(address);
        changes.add(new Change.VirtualAddressChange(Optional.empty(), Optional.of(address)));
    }

    void remove(VirtualAddress address) {
        networking = networking.without(address);
        changes.add(new Change.VirtualAddressChange(Optional.of(address), Optional.empty()));
    }

    void put(Part.OfLastVirtual last) {
        networking = networking.with(last);
    }

    VaultEntry vault(String key) {
        return vault.get(key);
    }

    void put(VaultEntry entry) {
        vault = vault.plus(entry.key(), entry);
        changes.add(new Change.VaultChange(entry));
    }
}
