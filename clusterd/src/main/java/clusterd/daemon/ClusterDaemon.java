package clusterd.daemon;

import clusterd.agent.EnrollmentClient;
import clusterd.agent.HostAndPort;
import clusterd.agent.NodeAgent;
import clusterd.control.LocalCalls;
import clusterd.credential.JoinToken;
import clusterd.credential.Member;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import clusterd.credential.UnlockKey;
import clusterd.dashboard.Situation;
import clusterd.manager.StateMachine;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.operation.Alone;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import clusterd.raft.Standing;
import clusterd.raft.StoredLog;
import clusterd.raft.Tls;
import clusterd.security.Authority;
import clusterd.security.AuthorityFolder;
import clusterd.security.BackupFile;
import clusterd.security.Certificates;
import clusterd.security.ClusterChannel;
import clusterd.security.CurrentIdentity;
import clusterd.security.Enroller;
import clusterd.security.LockedException;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.RefusedException;
import clusterd.security.RenewalLoop;
import clusterd.security.SealException;
import clusterd.security.TlsContexts;
import clusterd.session.ToNode;
import clusterd.state.Command;
import clusterd.wire.StateCodec;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import runtime.metrics.MetricsSink;

/**
 * A node's part in a cluster: it founds one, joins one, or goes on in the one it was in. In which order things
 * begin is said here, and nowhere else.
 */
public final class ClusterDaemon implements LocalCalls.Part, AutoCloseable {
    private static final String IDENTITY = "identity.pem";
    private static final String AUTHORITY = "authority";
    private static final String TRUST = "trust";
    private static final long RENEWAL_SECONDS = 60;
    private static final long AGAIN_MILLIS = 1_000;

    private final ClusterSettings settings;
    private final CurrentIdentity identity;
    private final TlsContexts tls;
    private final ExecutorService orders = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("role").factory());
    /** Held while the node's part becomes another. */
    private final Object becoming = new Object();
    private volatile boolean closed;
    private volatile boolean locked;
    private volatile NodeFile self;
    private volatile Optional<ManagerRole> manager = Optional.empty();
    private volatile Optional<RatisLog> witness = Optional.empty();
    private volatile Optional<WorkerRole> worker = Optional.empty();
    private Optional<ClusterChannel> renewals = Optional.empty();
    private volatile Optional<RenewalLoop> renewal = Optional.empty();
    private final TrustFollower trust;
    private volatile Optional<WitnessTrust> witnessTrust = Optional.empty();
    private final Reopening reopening;

    private ClusterDaemon(ClusterSettings settings, NodeFile self, NodeIdentity identity) throws IOException {
        this.settings = settings;
        this.self = self;
        this.identity = new CurrentIdentity(identity);
        this.trust = new TrustFollower(this.identity, settings.folder().resolve(IDENTITY),
                settings.folder().resolve(TRUST), settings.random(), settings.journal(), new TrustActs());
        this.tls = new TlsContexts(this.identity, () -> trust.revoked(manager.map(each -> each.vault().revoked())
                .orElse(Revoked.NOBODY)), settings.clock());
        this.reopening = new Reopening(new StoppedMember(), settings.journal());
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
            daemon.beginRenewal();
            daemon.reopening.start();
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

    /**
     * Founds a group of this node alone that goes on with a cluster's state, by its authority.
     *
     * @throws IOException if the backup does not fit together, or cannot be kept
     */
    public static ClusterDaemon restore(ClusterSettings settings, BackupFile.Content content) throws IOException {
        makeEmpty(settings.folder());
        String nodeId = settings.randomId();
        AuthorityFolder folder = folder(settings);
        NodeIdentity identity;
        try {
            identity = folder.take(content.clusterId(), content.handover()).authority().issueWithKey(
                    new Member(nodeId, Role.MANAGER, content.clusterId()), List.of(settings.address().host()),
                    settings.lifetime());
        } catch (RefusedException | SealException e) {
            throw new IOException("the backup's authority cannot be used: " + e.getMessage(), e);
        }
        identity.save(settings.folder().resolve(IDENTITY));
        NodeFile self = new NodeFile(content.clusterId(), UUID.randomUUID(), nodeId, Role.MANAGER,
                settings.address(), List.of(settings.address().toString()), true);
        Alone alone = Alone.of(StateCodec.read(new ByteArrayInputStream(content.state())),
                Vault.newNode(nodeId, Role.MANAGER, settings.address().toString(), settings.clock()));
        Seed.write(self, alone.parts(), settings.folder(), settings.journal());
        self.save(settings.folder());
        return resume(settings);
    }

    /** For nobody else; what one left that was killed before it was a member is nobody's. */
    private static void makeEmpty(Path folder) throws IOException {
        Seed.removeAll(folder);
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

    /** The same, with a manager's address that this node does not know: its cluster moved. */
    public static ClusterDaemon resume(ClusterSettings settings, HostAndPort manager) throws IOException {
        Optional<NodeFile> self = NodeFile.load(settings.folder());
        if (self.isPresent() && !self.get().managers().contains(manager.toString())) {
            List<String> more = new ArrayList<>(self.get().managers());
            more.addFirst(manager.toString());
            self.get().knowing(more).save(settings.folder());
        }
        return resume(settings);
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
            daemon.reopening.start();
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
            GroupEntry entry = new GroupEntry(tls, self.managers());
            MemberAnswer.Introduced introduced = entry.introduce();
            become(each -> each.inGroup(UUID.fromString(introduced.group())));
            AuthorityFolder.Opened opened = folder.take(self.clusterId(), new AuthorityFolder.Handover(
                    introduced.authority(), introduced.dataKeys(), introduced.unlockKey()));
            beginManager(folder, opened, List.of());
            entry.takeIn(self.address().host(), self.logPort());
        } catch (LockedException sealed) {
            locked = true;
            settings.journal().say(sealed.getMessage());
            return;
        } catch (SealException broken) {
            throw new IOException(broken.getMessage(), broken);
        }
        self.save(settings.folder());
    }

    private void beginAsWitness() throws IOException {
        boolean voting = self.voting();
        GroupEntry entry = new GroupEntry(tls, self.managers());
        if (!voting) {
            UUID group = UUID.fromString(entry.introduce().group());
            become(each -> each.inGroup(group));
        }
        witness = Optional.of(witnessLog());
        if (!voting) {
            entry.takeIn(self.address().host(), self.logPort());
            self.save(settings.folder());
        }
        witnessTrust = Optional.of(new WitnessTrust(tls, this::managers, trust::hear, this::knowManagers));
    }

    private RatisLog witnessLog() throws IOException {
        clusterd.raft.Member member = clusterd.raft.Member.witness(self.nodeId(), self.address().host(),
                self.logPort());
        return RatisLog.witness(Settings.joining(self.group(), member, self.logFolder(settings.folder()))
                .with(new Tls(tls.keyManager(), tls.trustManager(Set.of(Role.MANAGER, Role.WITNESS)))),
                settings.journal());
    }

    private void beginManager(AuthorityFolder folder, AuthorityFolder.Opened opened,
            List<clusterd.raft.Member> initial) throws IOException {
        manager = Optional.of(new ManagerRole(settings, self, tls, folder, opened, initial));
    }

    private void beginWorker() throws IOException {
        worker = Optional.of(new WorkerRole(settings, self, tls, this::knowManagers, new Told()));
    }

    /** The list of managers changes by another thread than the rest. */
    private synchronized NodeFile become(UnaryOperator<NodeFile> change) {
        self = change.apply(self);
        return self;
    }

    private synchronized void knowManagers(List<String> managers) {
        try {
            become(each -> each.knowing(managers)).save(settings.folder());
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

    /** The cluster's API if this node is a manager. */
    public Optional<ServerServiceDefinition> service() {
        return manager.map(ManagerRole::service);
    }

    /** What a dashboard of this node can show. */
    Situation situation() {
        Optional<Situation> managing = manager.map(ManagerRole::situation);
        return managing.orElseGet(() -> locked ? new Situation.Locked()
                : new Situation.Member(role().text(), managers()));
    }

    /** Whether it is a manager that waits for the operator's key. */
    public boolean isLocked() {
        return locked;
    }

    /**
     * Opens a locked manager's keys, and it goes on as one.
     *
     * @throws SealException if the key is another
     */
    @Override
    public void unlock(UnlockKey key) throws IOException, SealException {
        synchronized (becoming) {
            if (!locked) {
                throw new IOException("this node is not locked");
            }
            AuthorityFolder folder = folder(settings);
            beginManager(folder, folder.open(Optional.of(key)), List.of());
            locked = false;
            settings.journal().say("unlocked: this node is a manager again");
        }
    }

    /** Makes a group of this manager alone, with everything that is in its log; the old log stays beside the new. */
    @Override
    public LocalCalls.Recovered recover() throws IOException {
        synchronized (becoming) {
            ManagerRole before = manager.orElseThrow(() -> new IOException(locked
                    ? "this manager is locked: `jctl cluster unlock` first"
                    : "this node is a " + self.role().text() + ", which has no state: recover on a manager"));
            Node node = before.access().glance().node(new NodeId(self.nodeId())).orElseGet(() ->
                    Vault.newNode(self.nodeId(), Role.MANAGER, self.address().toString(), settings.clock()));
            long known = before.access().standing().committedIndex();
            manager = Optional.empty();
            before.close();
            NodeFile old = self;
            boolean done = false;
            try {
                StateMachine saved = new StateMachine();
                StoredLog.Read read = StoredLog.read(old.logFolder(settings.folder()), old.group(), saved,
                        Long.MAX_VALUE, entry -> { });
                Alone alone = Alone.of(saved.state(), node);
                NodeFile next = old.inGroup(UUID.randomUUID()).knowing(List.of(old.address().toString()));
                Seed.write(next, alone.parts(), settings.folder(), settings.journal());
                self = next;
                self.save(settings.folder());
                done = true;
                settings.journal().say("this manager goes on alone, in a group of its own; the log of the old one is"
                        + " still in " + old.logFolder(settings.folder()));
                return new LocalCalls.Recovered(alone, Math.max(0, read.lastIndex() - known), next.group().toString());
            } finally {
                if (!done) {
                    self = old;
                }
                AuthorityFolder folder = folder(settings);
                beginManager(folder, reopened(folder, before), List.of());
            }
        }
    }

    private static AuthorityFolder.Opened reopened(AuthorityFolder folder, ManagerRole before) throws IOException {
        try {
            return folder.open(Optional.of(before.opened().unlockKey()));
        } catch (SealException broken) {
            throw new IOException(broken.getMessage(), broken);
        }
    }

    /** What managers make of this node. */
    private final class Told implements NodeAgent.Orders {
        @Override
        public void become(clusterd.model.Role role) {
            Role wanted = Roles.ofCertificate(role);
            // Whether it is so already is looked at in turn: what was said before may be under way.
            if (wanted == Role.MANAGER || wanted == Role.WORKER) {
                order(() -> change(wanted));
            }
        }

        @Override
        public void removed(String why) {
            settings.networks().leave();
            order(ClusterDaemon.this::endManager);
        }

        @Override
        public void trust(ToNode.Trust whom) {
            trust.hear(whom);
        }

        private void order(Runnable what) {
            try {
                orders.execute(what);
            } catch (RejectedExecutionException ended) {
                settings.journal().say("this node's role stays as it is for now: the agent ends");
            }
        }
    }

    /** What comes of whom this node is to trust. */
    private final class TrustActs implements TrustFollower.Acts {
        @Override
        public void renew() {
            renewal.ifPresent(RenewalLoop::renewNow);
        }

        @Override
        public void endRefused() {
            tls.endRefused();
        }

        @Override
        public void redial() {
            worker.ifPresent(each -> each.agent().redial());
        }

        @Override
        public void reconnect() {
            manager.ifPresent(each -> each.log().reconnect());
            witness.ifPresent(RatisLog::reconnect);
        }
    }

    /** Its copy of the log, or the end of it that it keeps as a witness. */
    Optional<RatisLog> log() {
        return manager.map(ManagerRole::log).or(() -> witness);
    }

    /** What stopped by itself. Until it is open again, the closed one answers what is asked with its refusals. */
    private final class StoppedMember implements Reopening.Part {
        @Override
        public boolean hasStopped() {
            Optional<Standing> standing = log().map(RatisLog::standing);
            return standing.filter(each -> each.role() == clusterd.raft.Role.STOPPED && each.peers().stream()
                    .anyMatch(peer -> peer.member().id().equals(self.nodeId()))).isPresent();
        }

        @Override
        public void end() {
            synchronized (becoming) {
                if (hasStopped()) {
                    manager.ifPresent(ManagerRole::close);
                    witness.ifPresent(RatisLog::close);
                }
            }
        }

        @Override
        public void open() throws IOException {
            synchronized (becoming) {
                if (closed || !hasStopped()) {
                    return;
                }
                if (manager.isPresent()) {
                    AuthorityFolder folder = folder(settings);
                    beginManager(folder, reopened(folder, manager.get()), List.of());
                } else {
                    witness = Optional.of(witnessLog());
                }
            }
        }
    }

    private void endManager() {
        synchronized (becoming) {
            Optional<ManagerRole> before = manager;
            manager = Optional.empty();
            before.ifPresent(ManagerRole::close);
        }
    }

    private void change(Role wanted) {
        try {
            while (!closed && self.role() != wanted) {
                try {
                    synchronized (becoming) {
                        if (wanted == Role.MANAGER) {
                            promote();
                        } else {
                            demote();
                        }
                    }
                    settings.journal().say("this node is a " + wanted.text() + " now");
                } catch (IOException failed) {
                    settings.journal().say("this node is not yet a " + wanted.text() + ": " + failed.getMessage());
                    TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The certificate first: managers let in who has a manager's. */
    private void promote() throws IOException, InterruptedException {
        renewAs(Role.MANAGER);
        boolean done = false;
        try {
            // From here on it may be a member with promises: a crash must not forget that.
            become(each -> each.as(Role.MANAGER, false)).save(settings.folder());
            beginAsManager();
            done = true;
        } finally {
            if (!done) {
                endManager();
                become(each -> each.as(Role.WORKER, false));
            }
        }
    }

    /** Tasks go on; nothing of a manager's stays on the disk. */
    private void demote() throws IOException {
        Path log = self.logFolder(settings.folder());
        endManager();
        locked = false;
        become(each -> each.as(Role.WORKER, false)).save(settings.folder());
        Seed.removeAll(log);
        Seed.removeAll(settings.folder().resolve(AUTHORITY));
        renewal.ifPresent(RenewalLoop::renewNow);
    }

    private void renewAs(Role role) throws IOException, InterruptedException {
        Semaphore renewed = new Semaphore(0);
        Runnable unwatch = identity.onChange(renewed::release);
        try {
            if (identity.get().member().role() == role) {
                return;
            }
            renewal.orElseThrow(() -> new IOException("this node renews no certificate yet")).renewNow();
            boolean came = renewed.tryAcquire(RENEWAL_SECONDS, TimeUnit.SECONDS);
            if (!came || identity.get().member().role() != role) {
                throw new IOException("no certificate of a " + role.text() + " came from a manager");
            }
        } finally {
            unwatch.run();
        }
    }

    /** Gives what is counted of its part in the cluster. */
    void measure(MetricsSink sink) {
        sink.value("jctl_cluster_member_info", "The cluster, and what this node is in it",
                Map.of("cluster", self.clusterId(), "id", self.nodeId(), "role", self.role().text()), 1);
        sink.value("jctl_cluster_certificate_expires_timestamp_seconds",
                "When this node's certificate expires, since 1970",
                identity.get().validity().notAfter().getEpochSecond());
        sink.value("jctl_cluster_audit_lost_lines_total", "Lines of the audit log that could not be written",
                settings.audit().lost());
        manager.ifPresent(each -> each.measure(sink));
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
        closed = true;
        orders.shutdownNow();
        synchronized (becoming) {
            end();
        }
    }

    private void end() {
        reopening.close();
        witnessTrust.ifPresent(WitnessTrust::close);
        renewal.ifPresent(RenewalLoop::close);
        trust.close();
        renewals.ifPresent(ClusterChannel::close);
        worker.ifPresent(WorkerRole::close);
        manager.ifPresent(ManagerRole::close);
        witness.ifPresent(RatisLog::close);
    }
}
