package clusterd.security;

import clusterd.credential.Peer;
import clusterd.credential.Role;
import clusterd.credential.RootDigest;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * For a machine that knows of a cluster no more than its root's digest: the server must send that root, and a
 * manager's certificate that leads to it. One handshake, and nothing is said before it has ended.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
    private final RootDigest pinned;
    private final InstantSource clock;

    PinnedTrust(RootDigest pinned, InstantSource clock) {
        this.pinned = pinned;
        this.clock = clock;
    }

    private void check(X509Certificate[] chain, String authType) throws CertificateException {
        List<X509Certificate> roots = Arrays.stream(chain)
                .filter(certificate -> Certificates.digest(certificate).equals(pinned)).limit(1).toList();
        if (roots.isEmpty()) {
            throw new RefusedPeerException("the server does not have the root " + pinned.brief() + " that the join token"
                    + " names: it is of another cluster, has exchanged its root since the token was made, or somebody is"
                    + " between; nothing was sent to it. Check the address, or make a new token on a manager");
        }
        ChainCheck.check(chain, authType, ChainCheck.End.SERVER, roots, clock.instant());
        Peer peer = Certificates.peer(chain[0]);
        Optional<String> fault =
                Certificates.validity(chain[0]).fault(peer.member().toString(), clock.instant());
        if (fault.isPresent()) {
            throw new RefusedPeerException(fault.get());
        }
        if (peer.role() != Role.MANAGER) {
            throw new RefusedPeerException("the server is the " + peer.member() + " of cluster "
                    + peer.member().clusterId() + ", and only a manager lets machines join; give a manager's address");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new RefusedPeerException("a joining machine serves nobody");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
