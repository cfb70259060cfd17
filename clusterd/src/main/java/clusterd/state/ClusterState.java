package clusterd.state;

import clusterd.model.Decision;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.VaultEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Everything the cluster knows, as a value: a command gives another one, which shares with this one whatever
 * did not change. So a decider can look at it while the log goes on.
 */
public final class ClusterState {
    /** Of a cluster that has nothing yet. */
    public static final ClusterState EMPTY = new ClusterState(TreePMap.empty(), TreePMap.empty(),
            TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(),
            TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), Networking.EMPTY, 0);

    /** How many decisions are kept; the oldest go first. */
    public static final int DECISIONS = 1000;

    final PSortedMap<ServiceId, Service> services;
    final PSortedMap<String, ServiceId> serviceNames;
    final PSortedMap<TaskId, Task> tasks;
    final PSortedMap<ServiceId, PSortedMap<TaskId, Task>> tasksOfService;
    final PSortedMap<NodeId, PSortedSet<TaskId>> tasksOfNode;
    final PSortedMap<NodeId, Node> nodes;
    final PSortedMap<String, StoredFile> files;
    final PSortedMap<String, Project> projects;
    final PSortedMap<Long, Decision> decisions;
    final PSortedMap<String, VaultEntry> vault;
    final Networking networking;
    final long term;

    ClusterState(PSortedMap<ServiceId, Service> services, PSortedMap<String, ServiceId> serviceNames,
            PSortedMap<TaskId, Task> tasks, PSortedMap<ServiceId, PSortedMap<TaskId, Task>> tasksOfService,
            PSortedMap<NodeId, PSortedSet<TaskId>> tasksOfNode, PSortedMap<NodeId, Node> nodes,
            PSortedMap<String, StoredFile> files, PSortedMap<String, Project> projects,
            PSortedMap<Long, Decision> decisions,
            PSortedMap<String, VaultEntry> vault, Networking networking, long term) {
        this.services = services;
        this.serviceNames = serviceNames;
        this.tasks = tasks;
        this.tasksOfService = tasksOfService;
        this.tasksOfNode = tasksOfNode;
        this.nodes = nodes;
        this.files = files;
        this.projects = projects;
        this.decisions = decisions;
        this.vault = vault;
        this.networking = networking;
        this.term = term;
    }

    /**
     * What follows from a list of commands: each is done whole or refused, in their order.
     *
     * @param state   after them
     * @param results one for each
     * @param changes of all, in the order they happened
     */
    public record Applied(ClusterState state, List<Result> results, List<Change> changes) {
    }

    /** Does what an entry of the log says. */
    public Applied apply(Entry entry) {
        Draft draft = new Draft(this);
        List<Result> results = new ArrayList<>(entry.commands().size());
        for (Command command : entry.commands()) {
            boolean late = entry.term() != 0 && entry.term() != draft.term()
                    && !(command instanceof Command.BeginTerm);
            results.add(late ? new Result.Refused(Result.Reason.LATE, "decided in term " + entry.term()
                    + "; it is term " + draft.term()) : Rules.apply(command, draft));
        }
        return new Applied(draft.state(), results, draft.changes());
    }

    /** Does what users, nodes or a test want: commands no leader's decision stands behind. */
    public Applied apply(List<Command> commands) {
        return apply(new Entry(0, commands));
    }

    /** Of the leader whose decisions count. */
    public long term() {
        return term;
    }

    /** All services, by id. */
    public Collection<Service> services() {
        return services.values();
    }

    /** The one of that id. */
    public Optional<Service> service(ServiceId id) {
        return Optional.ofNullable(services.get(id));
    }

    /** The one of that name. */
    public Optional<Service> service(String name) {
        return Optional.ofNullable(serviceNames.get(name)).map(services::get);
    }

    /** All tasks, by id. */
    public Collection<Task> tasks() {
        return tasks.values();
    }

    /** The one of that id. */
    public Optional<Task> task(TaskId id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** Those of a service, by id. */
    public Stream<Task> tasksOf(ServiceId service) {
        PSortedMap<TaskId, Task> its = tasksOfService.get(service);
        return its == null ? Stream.empty() : its.values().stream();
    }

    /** Those a node has been given and that are not forgotten, by id. */
    public Stream<Task> tasksOf(NodeId node) {
        PSortedSet<TaskId> ids = tasksOfNode.get(node);
        return ids == null ? Stream.empty() : ids.stream().map(tasks::get);
    }

    /** All nodes, by id. */
    public Collection<Node> nodes() {
        return nodes.values();
    }

    /** The one of that id. */
    public Optional<Node> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** All secrets and configurations. */
    public Collection<StoredFile> files() {
        return files.values();
    }

    /** The secret, or the configuration, of that name. */
    public Optional<StoredFile> file(String name, boolean secret) {
        return Optional.ofNullable(files.get(fileKey(name, secret)));
    }

    static String fileKey(String name, boolean secret) {
        return (secret ? "secret/" : "config/") + name;
    }

    /** What the cluster keeps for itself under that key. */
    public Optional<VaultEntry> vault(String key) {
        return Optional.ofNullable(vault.get(key));
    }

    /** The networks that nodes share. */
    public Networking networking() {
        return networking;
    }

    /** All projects that were said to be. */
    public Collection<Project> projects() {
        return projects.values();
    }

    /** The decisions that are kept, by number. */
    public SortedMap<Long, Decision> decisions() {
        return decisions;
    }

    /** Its parts, from which {@link #of} makes it again; equal states have equal parts in the same order. */
    public Stream<Part> parts() {
        return Stream.of(Stream.of(new Part.Term(term)), projects.values().stream().map(Part.OfProject::new),
                files.values().stream().map(Part.OfFile::new), nodes.values().stream().map(Part.OfNode::new),
                services.values().stream().map(Part.OfService::new),
                tasks.values().stream().map(Part.OfTask::new),
                decisions.values().stream().map(Part.OfDecision::new),
                vault.values().stream().map(Part.OfVault::new), networking.all().stream().map(Part.OfNetwork::new),
                networking.all().stream().flatMap(each -> networking.blocks(each.id()).stream())
                        .map(Part.OfBlock::new),
                networking.all().stream().flatMap(each -> networking.virtuals(each.id()))
                        .map(Part.OfVirtualAddress::new), networking.lastVirtuals()).flatMap(each -> each);
    }

    /** The state of these parts. */
    public static ClusterState of(Iterable<Part> parts) {
        Draft draft = new Draft(EMPTY);
        for (Part part : parts) {
            put(part, draft);
            draft.forgetChanges();
        }
        return draft.state();
    }

    static void put(Part part, Draft draft) {
        switch (part) {
            case Part.Term each -> draft.begin(each.term());
            case Part.OfProject each -> draft.put(each.project());
            case Part.OfFile each -> draft.put(each.file());
            case Part.OfNode each -> draft.put(each.node());
            case Part.OfService each -> draft.put(each.service());
            case Part.OfTask each -> draft.put(each.task());
            case Part.OfDecision each -> draft.put(each.decision());
            case Part.OfVault each -> draft.put(each.entry());
            case Part.OfNetwork each -> draft.put(each.network());
            case Part.OfBlock each -> draft.put(each.block());
            case Part.OfVirtualAddress each -> draft.put(each.address());
            case Part.OfLastVirtual each -> draft.put(each);
        }
    }

    static PSortedSet<TaskId> none() {
        return TreePSet.empty();
    }
}
