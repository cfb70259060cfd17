package clusterd.security;

import clusterd.credential.Peer;
import clusterd.credential.Permissions;
import clusterd.credential.Refusal;
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
import java.util.function.Predicate;
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

    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    private final Permissions permissions;
    private final Supplier<Revoked> revoked;
    private final Predicate<Peer> trusted;
    private final InstantSource clock;

    /**
     * Checks.
     *
     * @param permissions methods without a row are refused
     * @param trusted     whether a peer is by a root that is still trusted: the handshake may be long ago
     */
    public PeerInterceptor(Permissions permissions, Supplier<Revoked> revoked, Predicate<Peer> trusted,
            InstantSource clock) {
        this.trusted = trusted;
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
        Optional<Fault> fault = fault(peer.get(), method);
        if (fault.isPresent()) {
            call.close(fault.get().status(), fault.get().trailers());
            return new ServerCall.Listener<>() { };
        }
        WatchedCall<Q, A> watched = new WatchedCall<>(call, () -> shutOut(peer.get()));
        return watched.watch(Contexts.interceptCall(Context.current().withValue(PEER, peer.get()), watched,
                headers, next));
    }

    /**
     * Why a call ends.
     *
     * @param status   with a sentence
     * @param trailers with the reason for programs, if there is one
     */
    record Fault(Status status, Metadata trailers) {
    }

    private Optional<Fault> fault(Peer peer, String method) {
        return new Validity(peer.notBefore(), peer.notAfter()).fault(peer.member().toString(), clock.instant())
                .map(why -> new Fault(Status.UNAUTHENTICATED.withDescription(why), new Metadata()))
                .or(() -> shutOut(peer))
                .or(() -> permissions.fault(peer.member(), method).map(why ->
                        new Fault(Status.PERMISSION_DENIED.withDescription(why), new Metadata())));
    }

    private Optional<Fault> shutOut(Peer peer) {
        return revoked.get().reason(peer).map(why -> {
            Metadata trailers = new Metadata();
            trailers.put(REASON, Refusal.PEER_REVOKED.name());
            return new Fault(Status.PERMISSION_DENIED.withDescription(why), trailers);
        }).or(() -> trusted.test(peer) ? Optional.empty() : Optional.of(new Fault(Status.UNAUTHENTICATED
                .withDescription("the certificate of the " + peer.member() + " is by a root that the cluster has"
                        + " exchanged since; connect again with the one that followed or, if there is none, "
                        + (peer.role().isNode() ? "join this node again with a new token"
                                : "have an admin make one with `jctl cluster user add`")), new Metadata())));
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
