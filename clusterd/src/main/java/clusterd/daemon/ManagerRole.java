package clusterd.daemon;

import clusterd.agent.HostAndPort;
import clusterd.control.Audit;
import clusterd.control.ClusterApiPermissions;
import clusterd.control.ClusterService;
import clusterd.control.EnrollmentService;
import clusterd.credential.Permissions;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import clusterd.control.LogCalls;
import clusterd.dispatch.Dispatcher;
import clusterd.dispatch.LogReadings;
import clusterd.dispatch.SessionService;
import clusterd.manager.ClusterAccess;
import clusterd.manager.LeaderLoop;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.model.Node;
import clusterd.model.StoredFile;
import clusterd.model.TaskId;
import clusterd.raft.Log;
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
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

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
    private final ServerServiceDefinition service;
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("cluster-call").factory());
    private final Server server;
    private volatile Optional<Leading> leading = Optional.empty();

    /** What there is only while this manager leads. */
    private record Leading(long term, LeaderLoop loop, Dispatcher dispatcher, GroupKeeper group)
            implements AutoCloseable {
        @Override
        public void close() {
            group.close();
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
        this.proposals = new Proposals(log);
        this.access = new ClusterAccess(log, machine, proposals);
        this.vault = new Vault(access, settings.clock());
        this.authority = new AuthorityKeeper(folder, opened, machine, settings.journal());
        this.service = ServerInterceptors.intercept(new ClusterService(access, settings::randomId,
                new VaultTokens(vault, () -> authority.opened().authority(), self.address().toString(),
                        settings.random(), settings.clock()), this::seal, settings.clock(), self.clusterId(),
                new LogCalls(access, () -> leading.map(Leading::dispatcher), readings, () -> leader(tls),
                        settings::randomId),
                new ManagerKeeping(settings, self, access, vault, folder, authority, this::addresses)),
                new Audit(settings.journal()));
        boolean done = false;
        try {
            this.server = ClusterServer.builder(new InetSocketAddress(self.address().host(),
                    self.address().port()), tls, permissions()).executor(calls)
                    .addService(new EnrollmentService(new TokenEnroller(() -> authority.opened().authority(), vault,
                            settings.lifetime(), settings.clock())))
                    .addService(new SessionService(() -> leading.map(Leading::dispatcher),
                            () -> clusterAddressOfLeader(log.standing()), readings))
                    .addService(new MemberService(log, self.group(), folder, authority::opened, members))
                    .addService(service).build().start();
            done = true;
        } finally {
            if (!done) {
                authority.close();
                log.close();
                calls.shutdownNow();
            }
        }
        log.onLeadership(this::lead);
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
        if (address.isEmpty()) {
            return Optional.empty();
        }
        try {
            HostAndPort to = HostAndPort.parse(address);
            return Optional.of(ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER)));
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
            Dispatcher dispatcher = new Dispatcher(machine, proposals, this::addresses, this::roleNow, this::open,
                    settings.clock(), settings.journal(), () -> log.barrier().thenAccept(done -> refuseUnlessLeads(term)));
            leading = Optional.of(new Leading(term, new LeaderLoop(machine, log, term, self.nodeId(),
                    () -> new TaskId(settings.randomId()), settings.clock(), settings.journal()),
                    dispatcher, new GroupKeeper(access, log, members, dispatcher::tellManagers,
                            settings.journal())));
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

    ClusterAccess access() {
        return access;
    }

    AuthorityFolder.Opened opened() {
        return authority.opened();
    }

    Vault vault() {
        return vault;
    }

    Log log() {
        return log;
    }

    /** The cluster's API, for those who may do everything: the node's own socket. */
    ServerServiceDefinition service() {
        return service;
    }

    @Override
    public void close() {
        authority.close();
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
