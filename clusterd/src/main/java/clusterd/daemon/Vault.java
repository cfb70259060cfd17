package clusterd.daemon;

import clusterd.credential.JoinToken;
import clusterd.credential.JoinTokens;
import clusterd.credential.Membership;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import clusterd.credential.RootDigest;
import clusterd.manager.ClusterAccess;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Resources;
import clusterd.model.VaultEntry;
import clusterd.security.Admissions;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Who joined, and by which tokens others may: kept in the replicated state. */
final class Vault implements Admissions {
    private static final String MEMBERSHIP = "membership";
    private static final int TRIES = 20;

    private final ClusterAccess access;
    private final InstantSource clock;
    private volatile Known known;

    Vault(ClusterAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    /** What is to be kept, and what else is to happen in the same step. */
    private record Step<T>(T answer, Optional<Membership> kept, List<Command> more) {
    }

    private interface Decide<T> {
        Step<T> on(Membership membership, ClusterState state);
    }

    /** Decides on what there is, and keeps what comes of it; again if somebody else was faster. */
    private <T> T change(Decide<T> decide) throws IOException {
        try {
            for (int i = 0; i < TRIES; i++) {
                ClusterState state = access.read();
                Optional<VaultEntry> entry = state.vault(MEMBERSHIP);
                Step<T> step = decide.on(membership(entry), state);
                if (step.kept().isEmpty()) {
                    return step.answer();
                }
                List<Command> commands = new ArrayList<>();
                commands.add(new Command.PutVault(MEMBERSHIP, entry.map(VaultEntry::version).orElse(0L),
                        KeptMembership.encode(step.kept().get())));
                if (access.change(commands).getFirst() instanceof Result.Done) {
                    if (!step.more().isEmpty()) {
                        access.change(step.more());
                    }
                    return step.answer();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the agent ends");
        }
        throw new IOException("others changed the cluster's tokens " + TRIES + " times meanwhile: try again");
    }

    private static Membership membership(Optional<VaultEntry> entry) throws IOException {
        return entry.isEmpty() ? new Membership(JoinTokens.NONE, Map.of())
                : KeptMembership.decode(entry.get().data());
    }

    @Override
    public Membership.Decision admit(JoinToken token, Set<RootDigest> roots, String nodeId, String keyDigest,
            Instant now) throws IOException {
        return change((membership, state) -> {
            Membership.Decision decision = membership.admit(token, roots, nodeId, keyDigest, now);
            return switch (decision) {
                case Membership.Refused refused -> new Step<>(decision, Optional.empty(), List.of());
                case Membership.Admitted admitted -> new Step<>(decision, Optional.of(admitted.after()),
                        state.node(new NodeId(nodeId)).isPresent() ? List.of()
                                : List.of(new Command.AddNode(newNode(nodeId, admitted.role(), ""))));
            };
        });
    }

    Node newNode(String nodeId, Role role, String address) {
        return newNode(nodeId, role, address, clock);
    }

    static Node newNode(String nodeId, Role role, String address, InstantSource clock) {
        return new Node(new NodeId(nodeId), 1, NodeSpec.of(Roles.ofModel(role)),
                NodeDescription.of("", Resources.NONE),
                new NodeStatus(NodeStatus.State.UNKNOWN, clock.millis(), "it has joined", address), 0,
                clock.millis());
    }

    @Override
    public Membership membership() throws IOException {
        return change((membership, state) -> new Step<>(membership, Optional.empty(), List.of()));
    }

    /** Other tokens. */
    void putTokens(UnaryOperator<JoinTokens> change) throws IOException {
        change((membership, state) -> new Step<>(true,
                Optional.of(membership.with(change.apply(membership.tokens()))), List.of()));
    }

    /** The first manager, which came without a token. */
    void putFounder(String nodeId, String keyDigest) throws IOException {
        change((membership, state) -> new Step<>(true, Optional.of(membership.with(nodeId,
                new Membership.Joined(Role.MANAGER, keyDigest))), List.of()));
    }

    /** Its name is free again. */
    void forget(String nodeId) throws IOException {
        change((membership, state) -> new Step<>(true, Optional.of(membership.without(nodeId)), List.of()));
    }

    /** Certificates given before now are refused. */
    void revoke(String member) throws IOException {
        KeptRevoked.SLOT.change(access, kept -> kept.with(member, clock.millis()));
    }

    /** A manager's certificate is a manager's for as long as the node is to be one. */
    @Override
    public Optional<Role> roleOf(String memberId) throws IOException {
        try {
            ClusterState state = access.read();
            Role person = KeptPeople.SLOT.of(state).people().get(memberId);
            return state.node(new NodeId(memberId)).map(each -> Roles.ofCertificate(each.spec().role()))
                    .or(() -> Optional.ofNullable(person));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the agent ends");
        }
    }

    /** As this manager last heard of it: asked in each handshake and with each message. */
    @Override
    public Revoked revoked() {
        Optional<VaultEntry> entry = access.glance().vault(KeptRevoked.SLOT.key());
        if (entry.isEmpty()) {
            return Revoked.NOBODY;
        }
        Known before = known;
        if (before != null && before.version() == entry.get().version()) {
            return before.revoked();
        }
        try {
            Revoked now = KeptRevoked.SLOT.of(access.glance()).revoked();
            known = new Known(entry.get().version(), now);
            return now;
        } catch (IOException broken) {
            throw new UncheckedIOException("who is shut out cannot be read from the vault", broken);
        }
    }

    private record Known(long version, Revoked revoked) {
    }
}
