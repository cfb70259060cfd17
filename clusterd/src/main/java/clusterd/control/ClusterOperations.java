package clusterd.control;

import api.cluster.AddUserRequest;
import api.cluster.AddUserResponse;
import api.cluster.AuthorityView;
import api.cluster.BackupChunk;
import api.cluster.BackupClusterRequest;
import api.cluster.ClusterGrpc;
import api.cluster.ClusterLogEntry;
import api.cluster.ClusterLogRequest;
import api.cluster.ListUsersRequest;
import api.cluster.ListUsersResponse;
import api.cluster.LockClusterRequest;
import api.cluster.LockClusterResponse;
import api.cluster.ReadAuditRequest;
import api.cluster.ReadAuditResponse;
import api.cluster.RemoveUserRequest;
import api.cluster.RemoveUserResponse;
import api.cluster.RotateAuthorityRequest;
import api.cluster.RotateAuthorityResponse;
import api.cluster.ShowAuthorityRequest;
import api.cluster.UnlockKeyRequest;
import api.cluster.UnlockKeyResponse;
import clusterd.credential.Role;
import clusterd.explain.CommandText;
import clusterd.explain.Names;
import clusterd.manager.ClusterAccess;
import clusterd.model.NodeId;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Optional;

/** The calls of {@code cluster.proto} with which a cluster itself is looked after. */
class ClusterOperations extends NetworkOperations {
    private static final int CHUNK_BYTES = 256 * 1024;

    private final ClusterAccess access;
    private final Keeping keeping;

    ClusterOperations(ClusterAccess access, Keeping keeping, Networks networks, InstantSource clock) {
        super(access, networks, clock);
        this.access = access;
        this.keeping = keeping;
    }

    @Override
    public void backupCluster(BackupClusterRequest request, StreamObserver<BackupChunk> observer) {
        Paced<BackupChunk> paced = new Paced<>(observer);
        paced.start(() -> {
            byte[] file = keeping.backup(access.read(), request.getPassphrase().toByteArray());
            for (int from = 0; from < file.length; from += CHUNK_BYTES) {
                paced.say(BackupChunk.newBuilder().setData(ByteString.copyFrom(file, from,
                        Math.min(CHUNK_BYTES, file.length - from))).build());
            }
        });
    }

    @Override
    public void clusterLog(ClusterLogRequest request, StreamObserver<ClusterLogEntry> observer) {
        Paced<ClusterLogEntry> paced = new Paced<>(observer);
        paced.start(() -> {
            Keeping.Digests digests = keeping.readLog(logged -> {
                if (logged.index() >= request.getFrom()) {
                    paced.say(entry(logged));
                }
            });
            if (request.getDigest()) {
                paced.say(ClusterLogEntry.newBuilder().setIndex(digests.atIndex()).setDigest(digests.live())
                        .setReplayed(digests.replayed()).build());
            }
        });
    }

    private static ClusterLogEntry entry(Keeping.Logged logged) {
        ClusterLogEntry.Builder entry = ClusterLogEntry.newBuilder().setIndex(logged.index())
                .setTerm(logged.term());
        if (logged.content().isPresent()) {
            try {
                for (Command command : StateCodec.entry(logged.content().get()).commands()) {
                    entry.addCommands(CommandText.of(command));
                }
            } catch (MalformedRecordException unknown) {
                entry.addCommands("an entry that this version cannot read: " + unknown.getMessage());
            }
        }
        return entry.build();
    }

    @Override
    public void unlockKey(UnlockKeyRequest request, StreamObserver<UnlockKeyResponse> observer) {
        Answer.with(observer, () -> UnlockKeyResponse.newBuilder().setLocked(keeping.isLocked())
                .setKey(request.getFresh() ? keeping.freshUnlockKey() : keeping.unlockKey()).build());
    }

    @Override
    public void lockCluster(LockClusterRequest request, StreamObserver<LockClusterResponse> observer) {
        Answer.with(observer, () -> {
            keeping.lock(request.getLocked(), request.getKey());
            return LockClusterResponse.getDefaultInstance();
        });
    }

    @Override
    public void addUser(AddUserRequest request, StreamObserver<AddUserResponse> observer) {
        Answer.with(observer, () -> {
            Role role = Role.of(request.getRole()).filter(each -> !each.isNode()).orElseThrow(() ->
                    new IllegalArgumentException("\"" + request.getRole() + "\" is no role of people: viewer, operator"
                            + " or admin is expected"));
            Keeping.Person person = keeping.addUser(request.getName(), role);
            return AddUserResponse.newBuilder().setBundle(person.bundle()).addAllAddresses(keeping.addresses())
                    .setExpiresMillis(person.expiresMillis()).build();
        });
    }

    @Override
    public void listUsers(ListUsersRequest request, StreamObserver<ListUsersResponse> observer) {
        Answer.with(observer, () -> {
            ListUsersResponse.Builder response = ListUsersResponse.newBuilder();
            keeping.users().forEach((name, role) -> response.addUsers(
                    ListUsersResponse.User.newBuilder().setName(name).setRole(role.text())));
            return response.build();
        });
    }

    @Override
    public void removeUser(RemoveUserRequest request, StreamObserver<RemoveUserResponse> observer) {
        Answer.with(observer, () -> {
            keeping.removeUser(request.getName());
            return RemoveUserResponse.getDefaultInstance();
        });
    }

    @Override
    public void showAuthority(ShowAuthorityRequest request, StreamObserver<AuthorityView> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            Keeping.AuthorityStanding standing = keeping.authority(state);
            return AuthorityView.newBuilder().setRoot(standing.root()).setDigest(standing.digest())
                    .setOldDigest(standing.oldDigest().orElse("")).setBeganMillis(standing.beganMillis())
                    .setNodes(state.nodes().size()).addAllBehind(standing.behind().stream()
                            .map(each -> Names.node(new NodeId(each), state)).sorted().toList())
                    .setWhy(standing.why()).addAllPeople(keeping.users().keySet())
                    .setLifetimeMillis(standing.lifetimeMillis()).build();
        });
    }

    @Override
    public void rotateAuthority(RotateAuthorityRequest request, StreamObserver<RotateAuthorityResponse> observer) {
        Answer.with(observer, () -> {
            if (request.getCertificate().isEmpty() != request.getKey().isEmpty()) {
                throw new IllegalArgumentException("a root and its key are given together, or neither");
            }
            if (request.getLifetimeMillis() < 0) {
                throw new IllegalArgumentException("certificates cannot hold for " + request.getLifetimeMillis()
                        + " ms");
            }
            try {
                return RotateAuthorityResponse.newBuilder().setDigest(request.getFinish() ? keeping.finishRotation()
                        : keeping.rotate(request.getKey().isEmpty() ? Optional.empty()
                                : Optional.of(new Keeping.PemRoot(request.getCertificate(), request.getKey())),
                                request.getLifetimeMillis())).build();
            } catch (IllegalStateException notNow) {
                throw Answer.of(Status.FAILED_PRECONDITION, "IN_USE", notNow.getMessage());
            }
        });
    }

    @Override
    public void readAudit(ReadAuditRequest request, StreamObserver<ReadAuditResponse> observer) {
        new AuditCalls(keeping).read(request, new Paced<>(observer));
    }
}
