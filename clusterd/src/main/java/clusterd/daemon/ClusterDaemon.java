package clusterd.daemon;

import clusterd.agent.EnrollmentClient;
import clusterd.agent.HostAndPort;
import clusterd.credential.JoinToken;
import clusterd.credential.Member;
import clusterd.credential.Role;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import clusterd.raft.Tls;
import clusterd.security.Authority;
import clusterd.security.AuthorityFolder;
import clusterd.security.Certificates;
import clusterd.security.ClusterChannel;
import clusterd.security.CurrentIdentity;
import clusterd.security.Enroller;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.RefusedException;
import clusterd.security.RenewalLoop;
import clusterd.security.SealException;
import clusterd.security.TlsContexts;
import clusterd.state.Command;
import io.grpc.CallOptions;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A node's part in a cluster: it founds one, joins one, or goes on in the one it was in. In which order things
 * begin is said here, and nowhere else.
 */
public final class ClusterDaemon implements AutoCloseable {
    private static final String IDENTITY = "identity.pem";
    private static final String AUTHORITY = "authority";
    private static final int TAKE_IN_TRIES = 100;
    private static final long TAKE_IN_PAUSE_MILLIS = 200;
    private static final int ANSWER_SECONDS = 30;

    private final ClusterSettings settings;
    private final CurrentIdentity identity;
    private final TlsContexts tls;
    private NodeFile self;
    private Optional<ManagerRole> manager = Optional.empty();
    private Optional<RatisLog> witness = Optional.empty();
    private Optional<WorkerRole> worker = Optional.empty();
    private Optional<ClusterChannel> renewals = Optional.empty();
    private Optional<RenewalLoop> renewal = Optional.empty();

    private ClusterDaemon(ClusterSettings settings, NodeFile self, NodeIdentity identity) {
        this.settings = settings;
        this.self = self;
        this.identity = new CurrentIdentity(identity);
        this.tls = new TlsContexts(this.identity, () -> clusterd.credential.Revoked.NOBODY, settings.clock());
    }

    /** Whether the folder is of a node that is in a cluster. */
    public static boolean isMember(Path folder) {
        return NodeFile.exists(folder);
    }

    /** Founds a cluster of this node alone. */
    public static ClusterDaemon found(ClusterSettings settings) throws IOException {
        makeEmpty(settings.folder());
        String nodeId = settings.randomId();
        Authority authority = Authority.create(settings.randomId(), settings.clock(), settings.random());
        NodeIdentity identity;
        try {
            identity = authority.issueWithKey(new Member(nodeId, Role.MANAGER, authority.clusterId()),
                    List.of(settings.address().host()), settings.lifetime());
        } catch (RefusedException e) {
            throw new IOException("this node's own certificate cannot be made: " + e.getMessage(), e);
        }
        AuthorityFolder folder = folder(settings);
        AuthorityFolder.Opened opened = folder.create(authority);
        identity.save(settings.folder().resolve(IDENTITY));
        NodeFile self = new NodeFile(authority.clusterId(), UUID.randomUUID(), nodeId, Role.MANAGER,
                settings.address(), List.of(settings.address().toString()), true);
        ClusterDaemon daemon = new ClusterDaemon(settings, self, identity);
        boolean done = false;
        try {
            daemon.beginManager(folder, opened, List.of(clusterd.raft.Member.voter(nodeId,
                    settings.address().host(), self.logPort())));
            ManagerRole manager = daemon.manager.orElseThrow();
            manager.access().change(List.of(new Command.AddNode(
                    manager.vault().newNode(nodeId, Role.MANAGER, settings.address().toString()))));
            manager.vault().putFounder(nodeId, Certificates.digest(identity.certificate().getPublicKey()));
            // Only now is there a cluster: what a crash left before is made anew.
            self.save(settings.folder());
            daemon.beginWorker();
            done = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the cluster was founded", e);
        } finally {
            if (!done) {
                daemon.close();
            }
        }
        return daemon;
    }

    /** For nobody else; what one left that was killed before it was a member is nobody's. */
    private static void makeEmpty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            List<Path> left;
            try (Stream<Path> all = Files.walk(folder)) {
                left = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : left) {
                Files.delete(each);
            }
        }
        Files.createDirectories(folder.getParent());
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
    }

    private static AuthorityFolder folder(ClusterSettings settings) {
        return new AuthorityFolder(settings.folder().resolve(AUTHORITY), settings.clock(), settings.random());
    }

    /**
     * Joins a cluster.
     *
     * @param manager any of its managers
     * @param token   as text
     * @throws IOException with the reason, for the operator
     */
    public static ClusterDaemon join(ClusterSettings settings, HostAndPort manager, String token,
            String hostName) throws IOException {
        makeEmpty(settings.folder());
        NodeIdentity identity;
        try {
            identity = EnrollmentClient.join(manager.host(), manager.port(), JoinToken.parse(token),
                    new Enroller.Facts(settings.randomId(), List.of(settings.address().host()), hostName,
                            settings.version()), P256.generate(settings.random()), settings.clock());
        } catch (clusterd.credential.CredentialException | RefusedException refused) {
            throw new IOException("this node cannot join: " + refused.getMessage(), refused);
        }
        Member member = identity.member();
        NodeFile self = new NodeFile(member.clusterId(), new UUID(0, 0), member.id(), member.role(),
                settings.address(), List.of(manager.toString()), false);
        identity.save(settings.folder().resolve(IDENTITY));
        self.save(settings.folder());
        return begin(settings, self, identity);
    }

    /** Goes on in the cluster it was in. */
    public static ClusterDaemon resume(ClusterSettings settings) throws IOException {
        NodeFile self = NodeFile.load(settings.folder()).orElseThrow(() ->
                new IOException(settings.folder() + " is of no node of a cluster"));
        Path file = settings.folder().resolve(IDENTITY);
        NodeIdentity identity = NodeIdentity.load(file).orElseThrow(() -> new IOException(file
                + " is missing: move " + settings.folder() + " away and join this node again with a token"));
        return begin(settings, self, identity);
    }

    private static ClusterDaemon begin(ClusterSettings settings, NodeFile self, NodeIdentity identity)
            throws IOException {
        ClusterDaemon daemon = new ClusterDaemon(settings, self, identity);
        boolean done = false;
        try {
            switch (self.role()) {
                case MANAGER -> daemon.beginAsManager();
                case WITNESS -> daemon.beginAsWitness();
                case WORKER, ADMIN, OPERATOR, VIEWER -> { /* a worker alone */ }
            }
            if (self.role() != Role.WITNESS) {
                daemon.beginWorker();
            }
            daemon.beginRenewal();
            done = true;
        } finally {
            if (!done) {
                daemon.close();
            }
        }
        return daemon;
    }

    private void beginAsManager() throws IOException {
        AuthorityFolder folder = folder(settings);
        try {
            if (self.voting()) {
                beginManager(folder, folder.open(Optional.empty()), List.of());
                return;
            }
            MemberAnswer.Introduced introduced = introduce();
            self = self.inGroup(UUID.fromString(introduced.group()));
            AuthorityFolder.Opened opened = folder.take(self.clusterId(), new AuthorityFolder.Handover(
                    introduced.authority(), introduced.dataKeys(), introduced.unlockKey()));
            beginManager(folder, opened, List.of());
        } catch (SealException locked) {
            throw new IOException(locked.getMessage(), locked);
        }
        takeIn();
        self.save(settings.folder());
    }

    private void beginAsWitness() throws IOException {
        boolean voting = self.voting();
        if (!voting) {
            self = self.inGroup(UUID.fromString(introduce().group()));
        }
        clusterd.raft.Member member = clusterd.raft.Member.witness(self.nodeId(), self.address().host(),
                self.logPort());
        witness = Optional.of(RatisLog.witness(Settings.joining(self.group(), member,
                settings.folder().resolve("log")).with(new Tls(tls.keyManager(),
                        tls.trustManager(Set.of(Role.MANAGER, Role.WITNESS)))), settings.journal()));
        if (!voting) {
            takeIn();
            self.save(settings.folder());
        }
    }

    private void beginManager(AuthorityFolder folder, AuthorityFolder.Opened opened,
            List<clusterd.raft.Member> initial) throws IOException {
        manager = Optional.of(new ManagerRole(settings, self, tls, folder, opened, initial));
    }

    private void beginWorker() throws IOException {
        worker = Optional.of(new WorkerRole(settings, self, tls, this::knowManagers));
    }

    private synchronized void knowManagers(List<String> managers) {
        self = self.knowing(managers);
        try {
            self.save(settings.folder());
        } catch (IOException e) {
            settings.journal().say("the list of managers is not kept for the next start: " + e.getMessage());
        }
    }

    private void beginRenewal() {
        RenewalLoop loop = new RenewalLoop(identity, settings.folder().resolve(IDENTITY),
                EnrollmentClient.renewer(this::renewalChannel, () -> List.of(settings.address().host()),
                        settings.random()), settings.clock(), settings.random());
        loop.start();
        renewal = Optional.of(loop);
    }

    /** To another manager each time: the last one asked may be gone. */
    private synchronized io.grpc.ManagedChannel renewalChannel() {
        renewals.ifPresent(ClusterChannel::close);
        List<String> known = self.managers();
        String address = known.get(settings.random().nextInt(known.size()));
        try {
            HostAndPort to = HostAndPort.parse(address);
            ClusterChannel channel = ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER));
            renewals = Optional.of(channel);
            return channel.channel();
        } catch (IOException e) {
            throw new IllegalStateException("a manager said its address was " + address, e);
        }
    }

    private MemberAnswer.Introduced introduce() throws IOException {
        return (MemberAnswer.Introduced) ask(self.managers().getFirst(), new MemberRequest.Introduce());
    }

    /** Asks the leader, whoever that is by now, until it does. */
    private void takeIn() throws IOException {
        String first = self.managers().getFirst();
        String address = first;
        IOException last = new IOException("no manager leads");
        for (int i = 0; i < TAKE_IN_TRIES; i++) {
            try {
                switch (ask(address, new MemberRequest.TakeIn(self.address().host(), self.logPort()))) {
                    case MemberAnswer.TakenIn taken -> {
                        return;
                    }
                    case MemberAnswer.AskLeader leader -> {
                        address = leader.address().isEmpty() ? first : leader.address();
                    }
                    case MemberAnswer.Introduced other ->
                        throw new IOException("the manager at " + address + " answered something else");
                }
            } catch (IOException e) {
                last = e;
                address = first;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(TAKE_IN_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while this node was taken into the managers' group", e);
            }
        }
        throw new IOException("the managers did not take this node into their group: " + last.getMessage(), last);
    }

    private MemberAnswer ask(String address, MemberRequest request) throws IOException {
        HostAndPort to = HostAndPort.parse(address);
        try (ClusterChannel channel = ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER))) {
            return ClientCalls.blockingUnaryCall(channel.channel(), MemberMethod.ASK,
                    CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS), request);
        } catch (StatusRuntimeException e) {
            throw new IOException("the manager at " + address + " said: " + e.getStatus().getCode() + " "
                    + e.getStatus().getDescription(), e);
        }
    }

    /** The cluster's API if this node is a manager. */
    public Optional<ServerServiceDefinition> service() {
        return manager.map(ManagerRole::service);
    }

    /** What it is. */
    public Role role() {
        return self.role();
    }

    /** {@code HOST:PORT} of the managers it knows. */
    public synchronized List<String> managers() {
        return self.managers();
    }

    /** Leaves in order: leadership goes to another, containers go on. */
    @Override
    public void close() {
        renewal.ifPresent(RenewalLoop::close);
        renewals.ifPresent(ClusterChannel::close);
        worker.ifPresent(WorkerRole::close);
        manager.ifPresent(ManagerRole::close);
        witness.ifPresent(RatisLog::close);
    }
}
