package clusterd.agent;

import clusterd.credential.Refusal;
import clusterd.credential.Role;
import clusterd.dispatch.SessionMethod;
import clusterd.security.ClusterChannel;
import clusterd.security.RefusedPeerException;
import clusterd.security.TlsContexts;
import clusterd.session.FromNode;
import clusterd.session.ToNode;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Set;

/** Streams to managers over mutual TLS. */
public final class GrpcDial implements ManagerDial {
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    private final TlsContexts tls;

    /** With this node's certificate. */
    public GrpcDial(TlsContexts tls) {
        this.tls = tls;
    }

    @Override
    public Line open(String address, Ear ear) throws IOException {
        HostAndPort to = HostAndPort.parse(address);
        ClusterChannel channel = ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER));
        StreamObserver<FromNode> requests = ClientCalls.asyncBidiStreamingCall(
                channel.channel().newCall(SessionMethod.OPEN, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(ToNode message) {
                        ear.hear(message);
                    }

                    @Override
                    public void onError(Throwable broken) {
                        Status status = Status.fromThrowable(broken);
                        Metadata trailers = Status.trailersFromThrowable(broken);
                        if (trailers != null && Refusal.PEER_REVOKED.name().equals(trailers.get(REASON))) {
                            ear.hear(new ToNode.Refused(status.getDescription(), true));
                            return;
                        }
                        ear.end(RefusedPeerException.reason(broken).orElse(status.getCode() + (status
                                .getDescription() == null ? "" : ": " + status.getDescription())));
                    }

                    @Override
                    public void onCompleted() {
                        ear.end("");
                    }
                });
        return new GrpcLine((ClientCallStreamObserver<FromNode>) requests, channel);
    }

    /** One stream, on a connection of its own. */
    private static final class GrpcLine implements Line {
        private final ClientCallStreamObserver<FromNode> requests;
        private final ClusterChannel channel;
        private boolean closed;

        GrpcLine(ClientCallStreamObserver<FromNode> requests, ClusterChannel channel) {
            this.requests = requests;
            this.channel = channel;
        }

        @Override
        public synchronized void say(FromNode message) {
            if (!closed) {
                requests.onNext(message);
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                requests.cancel("this side looks for another manager, or ends", null);
                channel.close();
            }
        }
    }
}
