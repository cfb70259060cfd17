package clusterd.security;

import clusterd.credential.Member;
import clusterd.credential.Peer;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts members of this cluster in certain roles, by the roots trusted when a handshake begins. Who a
 * member is counts, not under which address it was reached: addresses of nodes change, and a manager is a
 * manager at any.
 */
final class MemberTrust extends X509ExtendedTrustManager {

    /** Where it is told that a certificate has expired or its owner was shut out. */
    enum Strictness {
        /** In the handshake. */
        HANDSHAKE,
        /** By {@link PeerInterceptor}, for each call, where there is a status to say it in. */
        CALL
    }

    private final Supplier<NodeIdentity> identity;
    private final Supplier<Revoked> revoked;
    private final InstantSource clock;
    private final Set<Role> roles;
    private final Strictness strictness;
    private final OpenConnections open;

    MemberTrust(Supplier<NodeIdentity> identity, Supplier<Revoked> revoked, InstantSource clock,
            Set<Role> roles, Strictness strictness, OpenConnections open) {
        this.open = open;
        this.identity = identity;
        this.revoked = revoked;
        this.clock = clock;
        this.roles = Set.copyOf(roles);
        this.strictness = strictness;
    }

    private Peer check(X509Certificate[] chain, String authType, ChainCheck.End end) throws CertificateException {
        NodeIdentity own = identity.get();
        Instant now = clock.instant();
        ChainCheck.check(chain, authType, end, own.roots(), now);
        Peer peer = Certificates.peer(chain[0]);
        checkMember(peer.member(), own.member().clusterId());
        if (strictness == Strictness.HANDSHAKE) {
            Optional<String> fault = Certificates.validity(chain[0]).fault(peer.member().toString(), now)
                    .or(() -> revoked.get().reason(peer));
            if (fault.isPresent()) {
                throw new RefusedPeerException(fault.get());
            }
        }
        return peer;
    }

    private void checkMember(Member member, String clusterId) throws RefusedPeerException {
        if (!member.clusterId().equals(clusterId)) {
            throw new RefusedPeerException("the other side is the " + member + " of cluster " + member.clusterId()
                    + ", and this is cluster " + clusterId);
        }
        if (!roles.contains(member.role())) {
            throw new RefusedPeerException("the other side is the " + member + ", and only these are spoken to"
                    + " here: " + String.join(", ", roles.stream().sorted().map(Role::text).toList())
                    + "; give a manager's address");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, authType, ChainCheck.End.CLIENT);
    }

    /** A session taken up again would show the certificate of its first handshake, which may be renewed since. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        open.add(engine, check(chain, authType, ChainCheck.End.CLIENT));
        forget(engine.getHandshakeSession());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
        if (socket instanceof SSLSocket secure) {
            forget(secure.getHandshakeSession());
        }
    }

    private static void forget(SSLSession session) {
        if (session != null) {
            session.invalidate();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, authType, ChainCheck.End.SERVER);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        open.add(engine, check(chain, authType, ChainCheck.End.SERVER));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    /** None: the request for a certificate names no roots, as each side has one certificate to show. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
