package clusterd.control;

import api.cluster.*;
import clusterd.autoscale.AutoscalingCheck;
import clusterd.explain.Names;
import clusterd.explain.Why;
import clusterd.manager.ClusterAccess;
import clusterd.model.Availability;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.UpdateStatus;
import clusterd.operation.Departure;
import clusterd.operation.RoleChange;
import clusterd.raft.MemberKind;
import clusterd.raft.Standing;
import clusterd.spec.ServiceCheck;
import clusterd.spec.SiteName;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.template.ContainerTemplateCheck;
import clusterd.template.DeviceRequests;
import clusterd.template.RegistryLogin;
import clusterd.wire.Messages;
import clusterd.wire.StateCodec;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The service of {@code cluster.proto} at a manager. */
public final class ClusterService extends ClusterOperations {
    private static final int LEAVING_MILLIS = 15_000;
    private static final int PAUSE_MILLIS = 50;
    private static final int UPDATE_ATTEMPTS = 20;

    private final ClusterAccess access;
    private final Supplier<String> ids;
    private final Tokens tokens;
    private final UnaryOperator<StoredFile> seal;
    private final Function<StoredFile, byte[]> open;
    private final InstantSource clock;
    private final String clusterId;
    private final BiConsumer<ServiceLogsRequest, ServerCallStreamObserver<ServiceLogEntry>> logs;
    private final Keeping keeping;
    private final UsageCalls usages;

    /** Gives out and takes back what machines join with. */
    public interface Tokens {
        /**
         * One that was made.
         *
         * @param text          to join with
         * @param address       {@code HOST:PORT} to join
         * @param expiresMillis since 1970
         */
        record Made(String text, String address, long expiresMillis) {
        }

        /**
         * One that can be used.
         *
         * @param id            to take it back by
         * @param role          that a machine gets by it
         * @param expiresMillis since 1970
         * @param usesLeft      empty = any number
         */
        record Given(String id, clusterd.model.Role role, long expiresMillis, OptionalInt usesLeft) {
        }

        /** A new one; {@code lifetimeSeconds} and {@code uses} are 0 for the usual. */
        Made create(clusterd.model.Role role, long lifetimeSeconds, int uses) throws IOException;

        /** Those that can be used. */
        List<Given> list() throws IOException;

        /** It can be used no more. */
        void remove(String id) throws IOException;
    }

    /**
     * Serves.
     *
     * @param ids     random ones
     * @param seal    gives a secret with its bytes sealed
     * @param open    gives a secret's bytes
     * @param logs    answers who wants to read what tasks wrote
     * @param keeping what operations want of this manager
     * @param usages  answers who wants to know what is in use
     * @param networks what a new network is made of
     */
    public ClusterService(ClusterAccess access, Supplier<String> ids, Tokens tokens,
            UnaryOperator<StoredFile> seal, Function<StoredFile, byte[]> open, InstantSource clock, String clusterId,
            BiConsumer<ServiceLogsRequest, ServerCallStreamObserver<ServiceLogEntry>> logs, Keeping keeping,
            UsageCalls usages, Networks networks) {
        super(access, keeping, networks, clock);
        this.keeping = keeping;
        this.access = access;
        this.ids = ids;
        this.tokens = tokens;
        this.seal = seal;
        this.open = open;
        this.clock = clock;
        this.clusterId = clusterId;
        this.logs = logs;
        this.usages = usages;
    }

    @Override
    public void createService(CreateServiceRequest request, StreamObserver<CreateServiceResponse> observer) {
        Answer.with(observer, () -> {
            ServiceSpec spec = sealed(published(checked(request.getSpec())), Optional.empty());
            ServiceId id = new ServiceId(ids.get());
            Answer.check(access.change(List.of(new Command.CreateService(id, spec, clock.millis()))));
            return CreateServiceResponse.newBuilder().setId(id.value()).build();
        });
    }

    /** As it is kept: with the login of its image's registry sealed. */
    private ServiceSpec sealed(ServiceSpec spec, Optional<Service> before) {
        return spec.with(RegistryLogin.sealed(spec.task(), before.map(each -> each.spec().task()), seal, open));
    }

    private ServiceSpec sealed(ServiceSpec spec, ClusterState state) {
        return sealed(networked(spec, state), state.service(spec.name()));
    }

    /** With its networks known; in one of the cluster, if ports of every node are to lead to it. */
    private ServiceSpec published(ServiceSpec spec) throws Exception {
        ServiceSpec known = networked(spec, access.read());
        if (!ServiceNetworks.needsIngress(known, access.read().networking())) {
            return known;
        }
        ensureIngress();
        return networked(ServiceNetworks.inIngress(spec), access.read());
    }

    private static ServiceSpec networked(ServiceSpec spec, ClusterState state) {
        return ServiceNetworks.resolved(spec, state.networking());
    }

    private static ServiceSpec checked(api.cluster.ServiceSpec message) throws IOException {
        if (message.getMode().getIsCase() == api.cluster.Mode.IsCase.IS_NOT_SET) {
            throw new IllegalArgumentException("mode: replicated, global, job, global job or cron is expected");
        }
        ServiceSpec spec = Messages.spec(message);
        List<String> problems = new ArrayList<>(ServiceCheck.problems(spec));
        problems.addAll(ContainerTemplateCheck.problems(spec.task(), spec.mode().isUnique()));
        problems.addAll(AutoscalingCheck.problems(spec));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("the service's spec has " + problems.size()
                    + (problems.size() == 1 ? " problem: " : " problems: ") + String.join("; ", problems));
        }
        return spec.with(DeviceRequests.counted(spec.task()));
    }

    @Override
    public void updateService(UpdateServiceRequest request, StreamObserver<UpdateServiceResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            Service service = Names.service(request.getName(), state);
            ServiceSpec spec = request.getRollback() ? service.previous().orElseThrow(() ->
                    new IllegalArgumentException("service " + service.spec().name()
                            + " has no spec before this one to go back to"))
                    : sealed(published(checked(request.getSpec())), Optional.of(service));
            if (spec.mode().isUnique() && !service.spec().mode().isUnique()) {
                throw new IllegalArgumentException("service " + service.spec().name() + " is not unique, and its tasks"
                        + " run without a lease that would end them: make another service with --unique");
            }
            UpdateStatus.Phase phase = request.getRollback() ? UpdateStatus.Phase.ROLLING_BACK
                    : UpdateStatus.Phase.UPDATING;
            Answer.check(access.change(List.of(new Command.UpdateService(service.id(),
                    request.getExpectedVersion(), spec, service.updateTo(spec, phase, clock.millis()), clock.millis()))));
            return UpdateServiceResponse.getDefaultInstance();
        });
    }

    @Override
    public void removeService(RemoveServiceRequest request, StreamObserver<RemoveServiceResponse> observer) {
        Answer.with(observer, () -> {
            Service service = Names.service(request.getName(), access.read());
            Answer.check(access.change(List.of(new Command.RemoveService(service.id(), clock.millis()))));
            return RemoveServiceResponse.getDefaultInstance();
        });
    }

    @Override
    public void listServices(ListServicesRequest request, StreamObserver<ListServicesResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            ServiceFilters filters = ServiceFilters.of(request.getFiltersList());
            ListServicesResponse.Builder response = ListServicesResponse.newBuilder();
            state.services().stream().filter(each -> !each.removed()).filter(filters::accepts)
                    .sorted((a, b) -> a.spec().name().compareTo(b.spec().name()))
                    .forEach(each -> response.addServices(Views.of(each, state)));
            return response.build();
        });
    }

    @Override
    public void inspectService(InspectServiceRequest request, StreamObserver<ServiceView> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            return Views.of(Names.service(request.getName(), state), state);
        });
    }

    @Override
    public void watchService(InspectServiceRequest request, StreamObserver<ServiceView> observer) {
        new ServiceWatch(access, request.getName(), observer).start();
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            TaskFilters filters = TaskFilters.of(request.getFiltersList());
            Stream<Task> tasks = state.tasks().stream();
            if (request.getServicesCount() > 0) {
                List<Task> some = new ArrayList<>();
                for (String name : request.getServicesList()) {
                    state.tasksOf(Names.service(name, state).id()).forEach(some::add);
                }
                tasks = some.stream();
            }
            if (!request.getNode().isEmpty()) {
                NodeId node = node(request.getNode(), state).id();
                tasks = tasks.filter(each -> each.node().filter(node::equals).isPresent());
            }
            ListTasksResponse.Builder response = ListTasksResponse.newBuilder();
            tasks.filter(each -> filters.accepts(each, state)).sorted(TaskFilters.ORDER)
                    .forEach(each -> response.addTasks(Views.of(each, state)));
            return response.build();
        });
    }

    private Node node(String name, ClusterState state) throws Names.UnknownNameException {
        return Names.node(name.equals("self") ? access.standing().memberId() : name, state);
    }

    @Override
    public void serviceLogs(ServiceLogsRequest request, StreamObserver<ServiceLogEntry> observer) {
        logs.accept(request, (ServerCallStreamObserver<ServiceLogEntry>) observer);
    }

    @Override
    public void clusterUsage(ClusterUsageRequest request, StreamObserver<ClusterUsageResponse> observer) {
        Answer.with(observer, () -> usages.usage(request));
    }

    @Override
    public void planService(PlanServiceRequest request, StreamObserver<PlanServiceResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            return ServicePlan.of(sealed(checked(request.getSpec()), state), state, clock.millis());
        });
    }

    @Override
    public void planServices(PlanServicesRequest request, StreamObserver<PlanServicesResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            List<ServiceSpec> specs = new ArrayList<>();
            for (api.cluster.ServiceSpec each : request.getSpecsList()) {
                specs.add(sealed(checked(each), state));
            }
            return StackPlan.of(specs, state, clock.millis());
        });
    }

    @Override
    public void why(WhyRequest request, StreamObserver<WhyResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            WhyResponse.Builder response = WhyResponse.newBuilder();
            String name = request.getName();
            Optional<Service> service = found(() -> Names.service(name, state));
            Optional<Task> task = service.isPresent() ? Optional.empty() : found(() -> Names.task(name, state));
            if (service.isPresent()) {
                response.setText(Why.of(service.get(), state, request.getHistory(), usages.thought(service.get())));
            } else if (task.isPresent()) {
                response.setText(Why.of(task.get(), state));
            } else {
                Node node = found(() -> node(name, state)).orElseThrow(() -> Answer.of(Status.NOT_FOUND,
                        "NOT_FOUND", "there is no service, task or node " + name
                                + ": `jctl service ls` and `jctl node ls` list them"));
                response.setText(Why.of(node, state));
            }
            service.map(Service::id).or(() -> task.map(Task::service)).ifPresent(id ->
                    Why.decisions(id, state).stream().limit(request.getHistory() ? Long.MAX_VALUE : 1)
                            .forEach(each -> response.addDecisions(Messages.of(each))));
            state.nodes().forEach(each -> response.putNodeNames(each.id().value(),
                    each.description().hostname()));
            return response.build();
        });
    }

    private interface Lookup<T> {
        T find() throws Names.UnknownNameException;
    }

    private static <T> Optional<T> found(Lookup<T> lookup) {
        try {
            return Optional.of(lookup.find());
        } catch (Names.UnknownNameException other) {
            return Optional.empty();
        }
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            NodeFilters filters = NodeFilters.of(request.getFiltersList());
            ListNodesResponse.Builder response = ListNodesResponse.newBuilder();
            state.nodes().stream().filter(filters::accepts)
                    .sorted((a, b) -> a.description().hostname().compareTo(b.description().hostname()))
                    .forEach(each -> response.addNodes(Views.of(each, state, access.standing())));
            return response.build();
        });
    }

    @Override
    public void inspectNode(InspectNodeRequest request, StreamObserver<NodeView> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            return Views.of(node(request.getName(), state), state, access.standing());
        });
    }

    @Override
    public void updateNode(UpdateNodeRequest request, StreamObserver<UpdateNodeResponse> observer) {
        Answer.with(observer, () -> {
            if (!request.getSite().isEmpty()) {
                SiteName.problem(request.getSite()).ifPresent(problem -> {
                    throw new IllegalArgumentException("site: " + problem);
                });
            }
            // What is not named stays as it is: between reading and writing nobody else may have changed it.
            for (int attempt = 1; !updateNode(request, attempt == UPDATE_ATTEMPTS); attempt++) {
                continue;
            }
            return UpdateNodeResponse.getDefaultInstance();
        });
    }

    /** Once; false: somebody else was faster, which is no failure if it is not the last attempt. */
    private boolean updateNode(UpdateNodeRequest request, boolean last) throws Exception {
        ClusterState state = access.read();
        Node node = node(request.getName(), state);
        SortedMap<String, String> labels = new TreeMap<>(node.spec().labels());
        request.getRemoveLabelsList().forEach(labels::remove);
        labels.putAll(request.getAddLabelsMap());
        NodeSpec spec = new NodeSpec(request.hasRole()
                ? clusterd.model.Role.valueOf(plain(request.getRole().name())) : node.spec().role(),
                request.hasAvailability() ? Availability.valueOf(plain(request.getAvailability().name()))
                        : node.spec().availability(),
                labels, request.hasSite() ? request.getSite() : node.spec().site());
        checkRole(node, spec.role(), state);
        boolean any = request.getExpectedVersion() == 0;
        List<Result> results = access.change(List.of(new Command.UpdateNode(node.id(),
                any ? node.version() : request.getExpectedVersion(), spec)));
        if (any && !last && results.getFirst() instanceof Result.Refused refused
                && refused.reason() == Result.Reason.OUT_OF_DATE) {
            return false;
        }
        Answer.check(results);
        if (node.spec().role() == clusterd.model.Role.MANAGER && spec.role() != clusterd.model.Role.MANAGER) {
            awaitDeparture(node);
        }
        return true;
    }

    private void checkRole(Node node, clusterd.model.Role to, ClusterState state) {
        String name = node.description().hostname();
        RoleChange.refusal(name, node.spec().role(), to).ifPresent(why -> {
            throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", why);
        });
        if (node.spec().role() == clusterd.model.Role.MANAGER && to != clusterd.model.Role.MANAGER) {
            Departure.refusal(Reach.of(access.standing(), state), node.id().value(), name).ifPresent(why -> {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", why);
            });
        }
    }

    /** The leader takes it out of the managers' group, in its own time. */
    private void awaitDeparture(Node node) throws InterruptedException {
        String id = node.id().value();
        long deadline = System.nanoTime() + LEAVING_MILLIS * 1_000_000L;
        while (!id.equals(access.standing().memberId()) && System.nanoTime() < deadline
                && access.standing().peers().stream().anyMatch(each -> each.member().id().equals(id))) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** Without the prefix that the language of messages needs. */
    private static String plain(String constant) {
        return constant.substring(constant.indexOf('_') + 1);
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            Node node = node(request.getName(), state);
            String name = node.description().hostname();
            if (node.id().value().equals(access.standing().memberId())) {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", "node " + name
                        + " is the one that answers: ask another manager to remove it");
            }
            Departure.refusal(Reach.of(access.standing(), state), node.id().value(), name).ifPresent(why -> {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", why);
            });
            if (node.status().state() == NodeStatus.State.READY && !request.getForce()) {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", "node " + name
                        + " is there: stop its agent first, or use --force");
            }
            if (node.status().state() != NodeStatus.State.DOWN && !request.getForce()
                    && state.tasksOf(node.id()).filter(Task::holdsNode).anyMatch(task -> isUnique(task, state))) {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", "node " + name + " may still run what must"
                        + " run in one place only: ask again once it is down, in some seconds, or use --force");
            }
            keeping.shutOut(node.id().value());
            Answer.check(access.change(List.of(new Command.RemoveNode(node.id()))));
            awaitDeparture(node);
            return RemoveNodeResponse.getDefaultInstance();
        });
    }

    private static boolean isUnique(Task task, ClusterState state) {
        return state.service(task.service()).filter(service -> service.spec().mode().isUnique()).isPresent();
    }

    @Override
    public void createFile(CreateFileRequest request, StreamObserver<CreateFileResponse> observer) {
        Answer.with(observer, () -> {
            if (request.getData().size() > StoredFile.LIMIT_BYTES) {
                throw new IllegalArgumentException(request.getName() + " has " + request.getData().size()
                        + " bytes; at most " + StoredFile.LIMIT_BYTES + " are kept");
            }
            if (!request.getName().matches("[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")) {
                throw new IllegalArgumentException("\"" + request.getName() + "\" is no name: 1 to 63 letters a-z,"
                        + " digits, and within it -, _ and . are expected");
            }
            StoredFile plain = new StoredFile(request.getName(), request.getSecret(),
                    new TreeMap<>(request.getLabelsMap()), request.getData().toByteArray(), clock.millis());
            Answer.check(access.change(List.of(
                    new Command.CreateFile(plain.secret() ? seal.apply(plain) : plain))));
            return CreateFileResponse.getDefaultInstance();
        });
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            ListFilesResponse.Builder response = ListFilesResponse.newBuilder();
            boolean one = !request.getName().isEmpty();
            for (StoredFile each : state.files()) {
                if (each.secret() == request.getSecret() && (!one || each.name().equals(request.getName()))) {
                    ListFilesResponse.File.Builder file = ListFilesResponse.File.newBuilder()
                            .setName(each.name()).putAllLabels(each.labels())
                            .setCreatedMillis(each.createdMillis());
                    if (!each.secret()) {
                        file.setSizeBytes(each.data().length);
                        file.setData(ByteString.copyFrom(one ? each.data() : new byte[0]));
                    }
                    response.addFiles(file);
                }
            }
            if (one && response.getFilesCount() == 0) {
                String kind = request.getSecret() ? "secret" : "config";
                throw Answer.of(Status.NOT_FOUND, "NOT_FOUND", "there is no " + kind + " " + request.getName()
                        + ": `jctl " + kind + " ls` lists them");
            }
            return response.build();
        });
    }

    @Override
    public void removeFile(RemoveFileRequest request, StreamObserver<RemoveFileResponse> observer) {
        Answer.with(observer, () -> {
            Answer.check(access.change(List.of(
                    new Command.RemoveFile(request.getName(), request.getSecret()))));
            return RemoveFileResponse.getDefaultInstance();
        });
    }

    @Override
    public void putProject(PutProjectRequest request, StreamObserver<PutProjectResponse> observer) {
        Answer.with(observer, () -> {
            clusterd.model.Project project = Messages.project(request.getProject());
            if (project.weight() < 1) {
                throw new IllegalArgumentException("weight: " + project.weight() + " is below 1");
            }
            Answer.check(access.change(List.of(new Command.PutProject(project))));
            return PutProjectResponse.getDefaultInstance();
        });
    }

    @Override
    public void listProjects(ListProjectsRequest request, StreamObserver<ListProjectsResponse> observer) {
        Answer.with(observer, () -> ProjectViews.of(access.read()));
    }

    @Override
    public void listQueue(ListQueueRequest request, StreamObserver<ListQueueResponse> observer) {
        Answer.with(observer, () -> ProjectViews.queue(request.getProject(), access.read(), clock.millis()));
    }

    @Override
    public void removeProject(RemoveProjectRequest request, StreamObserver<RemoveProjectResponse> observer) {
        Answer.with(observer, () -> {
            Answer.check(access.change(List.of(new Command.RemoveProject(request.getName()))));
            return RemoveProjectResponse.getDefaultInstance();
        });
    }

    @Override
    public void clusterStatus(ClusterStatusRequest request, StreamObserver<ClusterStatusResponse> observer) {
        Answer.with(observer, () -> {
            access.checkTakesPart();
            ClusterState state = access.glance();
            Standing standing = access.standing();
            ClusterStatusResponse.Builder response = ClusterStatusResponse.newBuilder().setClusterId(clusterId)
                    .setTerm(standing.term()).setCommittedIndex(standing.committedIndex())
                    .setAppliedIndex(standing.appliedIndex()).setServices(state.services().size())
                    .setTasks(state.tasks().size()).setNodes(state.nodes().size())
                    .setNodesReady((int) state.nodes().stream()
                            .filter(each -> each.status().state() == NodeStatus.State.READY).count())
                    .setDigest(StateCodec.digest(state)).setSelf(standing.memberId());
            for (Standing.Peer peer : standing.peers()) {
                response.addManagers(ClusterStatusResponse.Manager.newBuilder().setId(peer.member().id())
                        .setName(Names.node(new NodeId(peer.member().id()), state))
                        .setAddress(peer.member().address())
                        .setKind(peer.member().kind() == MemberKind.WITNESS ? "witness" : "voter")
                        .setLeader(standing.leaderId().filter(peer.member().id()::equals).isPresent())
                        .setBehind(peer.behindEntries()).setSilentMillis(peer.silentMillis()));
            }
            return response.build();
        });
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<CreateTokenResponse> observer) {
        Answer.with(observer, () -> {
            Tokens.Made made = tokens.create(clusterd.model.Role.valueOf(plain(request.getRole().name())),
                    request.getLifetimeSeconds(), request.getUses());
            return CreateTokenResponse.newBuilder().setToken(made.text()).setAddress(made.address())
                    .setExpiresMillis(made.expiresMillis()).build();
        });
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> observer) {
        Answer.with(observer, () -> {
            ListTokensResponse.Builder response = ListTokensResponse.newBuilder();
            for (Tokens.Given each : tokens.list()) {
                response.addTokens(ListTokensResponse.Token.newBuilder().setId(each.id())
                        .setRole(Role.valueOf("ROLE_" + each.role().name()))
                        .setExpiresMillis(each.expiresMillis()).setUnlimited(each.usesLeft().isEmpty())
                        .setUsesLeft(each.usesLeft().orElse(0)));
            }
            return response.build();
        });
    }

    @Override
    public void removeToken(RemoveTokenRequest request, StreamObserver<RemoveTokenResponse> observer) {
        Answer.with(observer, () -> {
            tokens.remove(request.getId());
            return RemoveTokenResponse.getDefaultInstance();
        });
    }
}
