package clusterd.control;

import api.cluster.ClusterGrpc;
import api.cluster.RecoverClusterRequest;
import api.cluster.RecoverClusterResponse;
import api.cluster.RestoreClusterRequest;
import api.cluster.RestoreClusterResponse;
import api.cluster.UnlockClusterRequest;
import api.cluster.UnlockClusterResponse;
import clusterd.credential.CredentialException;
import clusterd.credential.UnlockKey;
import clusterd.operation.Alone;
import clusterd.security.BackupFile;
import clusterd.security.SealException;
import clusterd.state.ClusterState;
import clusterd.wire.StateCodec;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Calls that a node answers though no cluster answers: on its own socket alone. */
public final class LocalCalls extends ClusterGrpc.ClusterImplBase {
    /** Which. */
    public static final Set<String> NAMES = Set.of("RestoreCluster", "RecoverCluster", "UnlockCluster");
    private static final int MOST_BYTES = 1 << 30;
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    /**
     * What became of a group that had lost its majority.
     *
     * @param alone       the state it goes on with
     * @param keptEntries of the log that were not known to be on a majority
     * @param group       of this manager alone
     */
    public record Recovered(Alone alone, long keptEntries, String group) {
    }

    /** A part in a cluster. */
    public interface Part {
        /** Opens a locked manager's keys. */
        void unlock(UnlockKey key) throws IOException, SealException;

        /** Makes a group of this manager alone. */
        Recovered recover() throws IOException;
    }

    /** The part in a cluster that the node has, and how it gets one. */
    public interface Parts {
        /** Empty: it is in no cluster. */
        Optional<? extends Part> now() throws IOException;

        /** Makes it the first manager of a cluster that was. */
        void restore(BackupFile.Content content) throws IOException;
    }

    private final Parts parts;

    /** By these parts. */
    public LocalCalls(Parts parts) {
        this.parts = parts;
    }

    private interface Work<T> {
        T run() throws IOException, SealException;
    }

    private static <T> void answer(StreamObserver<T> observer, Work<T> work) {
        Thread.ofVirtual().name("call").start(() -> {
            T answer;
            try {
                answer = work.run();
            } catch (StatusRuntimeException known) {
                observer.onError(known);
                return;
            } catch (SealException | IllegalArgumentException wrong) {
                observer.onError(refused(Status.INVALID_ARGUMENT, "INVALID", wrong.getMessage()));
                return;
            } catch (IOException e) {
                observer.onError(refused(Status.FAILED_PRECONDITION, "IN_USE", e.getMessage()));
                return;
            }
            observer.onNext(answer);
            observer.onCompleted();
        });
    }

    private static StatusRuntimeException refused(Status status, String reason, String message) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason);
        return status.withDescription(message).asRuntimeException(trailers);
    }

    private Part part() throws IOException {
        Optional<? extends Part> now = parts.now();
        if (now.isEmpty()) {
            throw refused(Status.FAILED_PRECONDITION, "NOT_A_MANAGER", "this node is in no cluster");
        }
        return now.get();
    }

    @Override
    public void unlockCluster(UnlockClusterRequest request, StreamObserver<UnlockClusterResponse> observer) {
        answer(observer, () -> {
            try {
                part().unlock(UnlockKey.parse(request.getKey()));
            } catch (CredentialException wrong) {
                throw new IllegalArgumentException(wrong.getMessage(), wrong);
            }
            return UnlockClusterResponse.getDefaultInstance();
        });
    }

    @Override
    public void recoverCluster(RecoverClusterRequest request, StreamObserver<RecoverClusterResponse> observer) {
        answer(observer, () -> {
            if (!request.getConfirmed()) {
                throw new IllegalArgumentException("not confirmed: the other managers of this group must never run"
                        + " again as such");
            }
            Recovered done = part().recover();
            return RecoverClusterResponse.newBuilder().addAllDemoted(done.alone().demoted())
                    .addAllRemoved(done.alone().removed()).setKeptEntries(done.keptEntries())
                    .setGroup(done.group()).build();
        });
    }

    @Override
    public StreamObserver<RestoreClusterRequest> restoreCluster(StreamObserver<RestoreClusterResponse> observer) {
        return new StreamObserver<>() {
            private final ByteArrayOutputStream file = new ByteArrayOutputStream();
            private byte[] key = new byte[0];
            private boolean refused;

            @Override
            public void onNext(RestoreClusterRequest piece) {
                if (refused) {
                    return;
                }
                if (!piece.getKey().isEmpty()) {
                    key = piece.getKey().toByteArray();
                }
                if (file.size() + piece.getData().size() > MOST_BYTES) {
                    refused = true;
                    observer.onError(refused(Status.INVALID_ARGUMENT, "INVALID", "a backup of more than " + MOST_BYTES
                            + " bytes is none"));
                    return;
                }
                file.writeBytes(piece.getData().toByteArray());
            }

            @Override
            public void onError(Throwable broken) {
                refused = true;
            }

            @Override
            public void onCompleted() {
                if (!refused) {
                    answer(observer, () -> restore(file.toByteArray(), key));
                }
            }
        };
    }

    private RestoreClusterResponse restore(byte[] file, byte[] key) throws IOException, SealException {
        if (parts.now().isPresent()) {
            throw new IOException("this node is in a cluster: restore on one that is not, or stop its agent and move"
                    + " the folder cluster in its data folder away");
        }
        BackupFile.Content content = BackupFile.open(file, key);
        ClusterState state = StateCodec.read(new ByteArrayInputStream(content.state()));
        parts.restore(content);
        return RestoreClusterResponse.newBuilder().setClusterId(content.clusterId())
                .setTakenMillis(content.takenMillis()).setServices(state.services().size())
                .setNodes(state.nodes().size()).build();
    }
}
