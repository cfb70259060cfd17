package clusterd.security;

import clusterd.credential.Peer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Connections whose handshake let a peer in, by who it is: a peer that is shut out later loses those that stand.
 * Raft's stand for months, and there no call is asked.
 */
final class OpenConnections {
    private static final Logger LOG = Logger.getLogger(OpenConnections.class.getName());

    /** An engine that nobody uses any more is forgotten. */
    private final Map<SSLEngine, Peer> peers = Collections.synchronizedMap(new WeakHashMap<>());

    void add(SSLEngine engine, Peer peer) {
        peers.put(engine, peer);
    }

    /**
     * Ends those with a fault: not a byte is taken or given by them any more, and whoever writes next finds
     * them closed.
     *
     * @return how many
     */
    int end(Function<Peer, Optional<String>> fault) {
        List<Map.Entry<SSLEngine, Peer>> all;
        synchronized (peers) {
            all = peers.entrySet().stream().filter(each -> fault.apply(each.getValue()).isPresent())
                    .map(each -> Map.entry(each.getKey(), each.getValue())).toList();
            all.forEach(each -> peers.remove(each.getKey()));
        }
        all.forEach(each -> close(each.getKey(), each.getValue()));
        return all.size();
    }

    private static void close(SSLEngine engine, Peer peer) {
        engine.closeOutbound();
        try {
            engine.closeInbound();
        } catch (SSLException early) {
            // The JDK warns that the other side has not said good-bye; it is not asked to.
            LOG.log(Level.FINE, "a connection with the " + peer.member() + " was ended", early);
        }
    }
}
