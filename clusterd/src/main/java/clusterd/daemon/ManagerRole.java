package clusterd.daemon;

import clusterd.agent.HostAndPort;
import clusterd.control.Audit;
import clusterd.control.ClusterApiPermissions;
import clusterd.control.ClusterService;
import clusterd.control.EnrollmentService;
import clusterd.credential.Peer;
import clusterd.credential.Permissions;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import clusterd.control.LogCalls;
import clusterd.control.RefusedCalls;
import clusterd.control.TaskOutput;
import clusterd.control.UsageCalls;
import clusterd.dashboard.Situation;
import clusterd.dispatch.Dispatcher;
import clusterd.dispatch.LogReadings;
import clusterd.dispatch.SessionService;
import clusterd.manager.ClusterAccess;
import clusterd.manager.EventFeed;
import clusterd.manager.LeaderLoop;
import clusterd.manager.Proposals;
import clusterd.manager.ScaleLoop;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.model.Node;
import clusterd.model.StoredFile;
import clusterd.model.TaskId;
import clusterd.raft.Member;
import clusterd.raft.MemberKind;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import clusterd.raft.Standing;
import clusterd.raft.Tls;
import clusterd.security.AuthorityFolder;
import clusterd.security.ClusterChannel;
import clusterd.security.ClusterServer;
import clusterd.security.SealException;
import clusterd.security.TlsContexts;
import clusterd.security.TokenEnroller;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import runtime.event.Event;
import runtime.event.EventSink;
import runtime.metrics.MetricsSink;

/** What a node is while it is a manager: a copy of the log, the cluster's port, and, while it leads, the decisions. */
final class ManagerRole implements AutoCloseable {
    private static final int CLOSE_SECONDS = 2;

    private final ClusterSettings settings;
    private final NodeFile self;
    private final AuthorityKeeper authority;
    private final Object members = new Object();
    private final StateMachine machine = new StateMachine();
    private final RatisLog log;
    private final Proposals proposals;
    private final ClusterAccess access;
    private final Vault vault;
    private final LogReadings readings = new LogReadings();
    private final LogCalls logs;
    private final SeenPeers peers = new SeenPeers();
    private final ServerServiceDefinition service;
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("cluster-call").factory());
    private final Server server;
    private final Optional<EventFeed> feed;
    private final ManagerMeasures measures;
    private final Runnable unwatch;
    private volatile Optional<Leading> leading = Optional.empty();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What there is only while this manager leads. */
    private record Leading(long term, LeaderLoop loop, Dispatcher dispatcher, GroupKeeper group,
            UsageCalls.Leading usages, RootExchange roots, KeyRenewal keys) implements AutoCloseable {
        @Override
        public void close() {
            keys.close();
            roots.close();
            group.close();
            usages.loop().close();
            loop.close();
            dispatcher.close();
        }
    }

    /**
     * Begins.
     *
     * @param initial the members of a new group; empty if this one is taken into another, or has been
     */
    ManagerRole(ClusterSettings settings, NodeFile self, TlsContexts tls, AuthorityFolder folder,
            AuthorityFolder.Opened opened, List<Member> initial) throws IOException {
        this.settings = settings;
        this.self = self;
        Member member = Member.voter(self.nodeId(), self.address().host(), self.logPort());
        Settings usual = Settings.joining(self.group(), member, self.logFolder(settings.folder()));
        this.log = RatisLog.open(new Settings(usual.clusterId(), member, initial, usual.folder(), usual.timing(),
                usual.limits(), Optional.of(new Tls(tls.keyManager(),
                        tls.trustManager(Set.of(Role.MANAGER, Role.WITNESS))))), machine, settings.journal());
        this.measures = new ManagerMeasures(log, machine, self.logFolder(settings.folder()).resolve(
                self.group().toString()), settings.clock());
        this.proposals = new Proposals(measures.log());
        this.access = new ClusterAccess(log, machine, proposals);
        this.vault = new Vault(access, settings.clock());
        this.authority = new AuthorityKeeper(folder, opened, machine, settings.journal());
        this.logs = new LogCalls(access, () -> leading.map(Leading::dispatcher), readings, () -> leader(tls),
                settings::randomId);
        Audit audit = new Audit(settings.audit(), machine::state, settings.clock());
        this.service = ServerInterceptors.intercept(new ClusterService(access, settings::randomId,
                new VaultTokens(vault, authority::authority, self.address().toString(),
                        settings.random(), settings.clock()), this::seal, this::open, settings.clock(), self.clusterId(),
                logs, new ManagerKeeping(settings, self, access, vault, folder, authority, this::addresses,
                        address -> channel(address, tls)),
                new UsageCalls(access, () -> leading.map(Leading::usages), () -> leader(tls)), new NewNetworks(settings)), audit);
        boolean done = false;
        try {
            this.server = ClusterServer.builder(new InetSocketAddress(self.address().host(),
                    self.address().port()), tls, permissions()).executor(calls)
                    .intercept(new RefusedCalls(settings.audit(), settings.clock()))
                    .addService(ServerInterceptors.intercept(new EnrollmentService(new TokenEnroller(
                            authority::authority, vault, () -> authority.lifetime(settings.lifetime()),
                            settings.clock())), audit))
                    .addService(new SessionService(() -> leading.map(Leading::dispatcher),
                            () -> clusterAddressOfLeader(log.standing()), readings, peers::note))
                    .addService(new MemberService(log, self.group(), folder, authority::opened, members,
                            new Trusting()))
                    .addService(service).build().start();
            done = true;
        } finally {
            if (!done) {
                authority.close();
                log.close();
                calls.shutdownNow();
            }
        }
        this.unwatch = endRefusedOnChange(tls);
        log.onLeadership(this::lead);
        log.onLeadership((leads, term) -> {
            if (!leads) {
                settings.events().tell(Event.Type.CLUSTER, "leader_lost", self.nodeId(),
                        Map.of("term", Long.toString(term)));
            }
        });
        this.feed = settings.events() == EventSink.NONE ? Optional.empty()
                : Optional.of(new EventFeed(access, settings.events()));
    }

    /** Who is shut out loses what stands at this manager as soon as the log says so. */
    private Runnable endRefusedOnChange(TlsContexts tls) {
        Consumer<ClusterState.Applied> listener = applied -> {
            if (applied.changes().stream().anyMatch(each -> each instanceof Change.VaultChange vault
                    && vault.entry().key().equals(KeptRevoked.SLOT.key()))) {
                Thread.ofVirtual().name("end-refused").start(tls::endRefused);
            }
        };
        machine.attach(listener);
        return () -> machine.detach(listener);
    }

    /** What witnesses are told. */
    private final class Trusting implements MemberService.Trusting {
        @Override
        public MemberAnswer.Roots roots() {
            return new MemberAnswer.Roots(TrustSaying.of(machine.state(), authority), addresses());
        }

        @Override
        public void seen(Peer peer) {
            peers.note(peer);
        }
    }

    private static Permissions permissions() {
        List<Permission> rows = new ArrayList<>(EnrollmentService.permissions());
        rows.addAll(SessionService.permissions());
        rows.addAll(MemberService.permissions());
        rows.addAll(ClusterApiPermissions.rows());
        return Permissions.of(rows);
    }

    /** Where the leader's cluster port is: the log's is the next one. {@code ""} if nobody leads. */
    static String clusterAddressOfLeader(Standing standing) {
        return standing.peers().stream().map(Standing.Peer::member)
                .filter(each -> standing.leaderId().filter(each.id()::equals).isPresent())
                .map(ManagerRole::clusterAddress).findFirst().orElse("");
    }

    private static String clusterAddress(Member member) {
        return new HostAndPort(member.host(), member.port() - 1).toString();
    }

    private Optional<ClusterChannel> leader(TlsContexts tls) {
        String address = clusterAddressOfLeader(log.standing());
        return address.isEmpty() ? Optional.empty() : Optional.of(channel(address, tls));
    }

    private static ClusterChannel channel(String address, TlsContexts tls) {
        try {
            HostAndPort to = HostAndPort.parse(address);
            return ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER));
        } catch (IOException e) {
            throw new IllegalStateException("a manager's address is " + address, e);
        }
    }

    /** The cluster ports of all managers. */
    List<String> addresses() {
        return log.standing().peers().stream().map(Standing.Peer::member)
                .filter(each -> each.kind() == MemberKind.VOTER).map(ManagerRole::clusterAddress).toList();
    }

    private synchronized void lead(boolean leads, long term) {
        leading.ifPresent(Leading::close);
        leading = Optional.empty();
        if (leads) {
            UsageBoard board = new UsageBoard();
            Dispatcher dispatcher = new Dispatcher(machine, proposals, this::addresses, this::roleNow, this::open,
                    () -> TrustSaying.of(machine.state(), authority), settings.clock(), settings.journal(), board,
                    () -> log.barrier().thenAccept(done -> refuseUnlessLeads(term)));
            leading = Optional.of(new Leading(term, new LeaderLoop(machine, measures.log(), term,
                    self.nodeId(), () -> new TaskId(settings.randomId()), settings.clock(), settings.journal(),
                    measures.rounds()),
                    dispatcher, new GroupKeeper(access, log, members, dispatcher::tellManagers,
                            settings.journal()), new UsageCalls.Leading(board,
                            new ScaleLoop(machine, log, term, board, settings.journal())),
                    new RootExchange(access, authority, vault, peers, dispatcher, settings.clock(),
                            settings.journal()), new KeyRenewal(access, settings.clock(), settings.journal())));
        }
    }

    /** What this member leads before and after, in the same term, it led between: a term has one leader. */
    private void refuseUnlessLeads(long term) {
        Standing now = log.standing();
        if (now.term() != term || now.role() != clusterd.raft.Role.LEADER) {
            throw new IllegalStateException("another manager leads since term " + now.term());
        }
    }

    /** A manager is one until it is out of the group: before, its vote may be needed. */
    private clusterd.model.Role roleNow(Node node) {
        boolean isMember = log.standing().peers().stream()
                .anyMatch(each -> each.member().id().equals(node.id().value()));
        return isMember && node.spec().role() == clusterd.model.Role.WORKER ? clusterd.model.Role.MANAGER
                : node.spec().role();
    }

    private StoredFile seal(StoredFile plain) {
        return new StoredFile(plain.name(), true, plain.labels(),
                authority.opened().seal().seal(plain.data(), context(plain)), plain.createdMillis());
    }

    private byte[] open(StoredFile file) {
        if (!file.secret()) {
            return file.data();
        }
        try {
            return authority.opened().seal().open(file.data(), context(file));
        } catch (SealException e) {
            settings.journal().say(file + " cannot be opened, and is given empty: " + e.getMessage());
            return new byte[0];
        }
    }

    private static String context(StoredFile file) {
        return "secret/" + file.name();
    }

    void measure(MetricsSink sink) {
        measures.tell(sink, proposals, leading.map(Leading::dispatcher));
    }

    Situation situation() {
        return new Situation.Managing(access, new TaskOutput(logs), self.clusterId());
    }

    ClusterAccess access() {
        return access;
    }

    AuthorityFolder.Opened opened() {
        return authority.opened();
    }

    Vault vault() {
        return vault;
    }

    RatisLog log() {
        return log;
    }

    /** The cluster's API, for those who may do everything: the node's own socket. */
    ServerServiceDefinition service() {
        return service;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        unwatch.run();
        authority.close();
        measures.close();
        feed.ifPresent(EventFeed::close);
        log.close();
        synchronized (this) {
            leading.ifPresent(Leading::close);
        }
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        calls.shutdownNow();
    }
}
