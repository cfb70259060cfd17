package clusterd.security;

import clusterd.credential.Peer;
import clusterd.credential.Permissions;
import clusterd.credential.Revoked;
import clusterd.credential.Validity;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Lets a call through if its peer has a certificate that holds, was not shut out, and has a role that may
 * call the method; the service finds the peer in {@link #PEER}. A peer that is shut out during a call loses
 * the call with the next message either way.
 */
public final class PeerInterceptor implements ServerInterceptor {
    /** Who calls; unset in calls that need no certificate. */
    public static final Context.Key<Peer> PEER = Context.key("jctl-peer");

    private final Permissions permissions;
    private final Supplier<Revoked> revoked;
    private final InstantSource clock;

    /** @param permissions methods without a row are refused */
    public PeerInterceptor(Permissions permissions, Supplier<Revoked> revoked, InstantSource clock) {
        this.permissions = permissions;
        this.revoked = revoked;
        this.clock = clock;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (permissions.isOpen(method)) {
            return next.startCall(call, headers);
        }
        Optional<Peer> peer;
        try {
            peer = peer(call);
        } catch (CertificateException unreadable) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription(unreadable.getMessage()));
        }
        if (peer.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("a client certificate is needed to call "
                    + method + ": join the cluster, or have an admin make one with `jctl cluster user add`"));
        }
        Optional<Status> fault = fault(peer.get(), method);
        if (fault.isPresent()) {
            return refuse(call, fault.get());
        }
        WatchedCall<Q, A> watched = new WatchedCall<>(call, () -> revoked.get().reason(peer.get())
                .map(Status.PERMISSION_DENIED::withDescription));
        return watched.watch(Contexts.interceptCall(Context.current().withValue(PEER, peer.get()), watched,
                headers, next));
    }

    private Optional<Status> fault(Peer peer, String method) {
        return new Validity(peer.notBefore(), peer.notAfter()).fault(peer.member().toString(), clock.instant())
                .map(Status.UNAUTHENTICATED::withDescription)
                .or(() -> revoked.get().reason(peer).or(() -> permissions.fault(peer.member(), method))
                        .map(Status.PERMISSION_DENIED::withDescription));
    }

    private static Optional<Peer> peer(ServerCall<?, ?> call) throws CertificateException {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Certificates.peer((X509Certificate) session.getPeerCertificates()[0]));
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty(); // that is how a session tells it
        }
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() { };
    }
}
