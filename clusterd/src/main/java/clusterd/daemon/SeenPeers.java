package clusterd.daemon;

import clusterd.credential.Peer;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** By which certificates nodes called last at this manager, as the handshake has proven. */
final class SeenPeers {
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();

    void note(Peer peer) {
        if (peer.role().isNode()) {
            peers.put(peer.id(), peer);
        }
    }

    /** Nodes whose last certificate was by that root, with its end, milliseconds since 1970. */
    SortedMap<String, Long> by(X509Certificate root) {
        String issuer = root.getSubjectX500Principal().getName();
        SortedMap<String, Long> found = new TreeMap<>();
        peers.forEach((id, peer) -> {
            if (peer.issuer().equals(issuer)) {
                found.put(id, peer.notAfter().toEpochMilli());
            }
        });
        return found;
    }
}
