package overlaynet.mesh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.netlink.NetlinkRequest;
import linux.netlink.WireGuardKey;
import linux.netlink.WireGuardMessages;
import linux.netlink.WireGuardPeer;

/** The key, the port and the peers of an encrypted tunnel, compared with those the kernel has. */
final class EncryptionRows {
    private final Mesh wanted;
    private final TunnelSecret secret;
    private final Tables.Encrypted there;

    EncryptionRows(Mesh wanted, TunnelSecret secret, Tables.Encrypted there) {
        this.wanted = wanted;
        this.secret = secret;
        this.there = there;
    }

    /** What has to be sent, in that order. */
    List<NetlinkRequest> lacking() {
        List<NetlinkRequest> requests = new ArrayList<>();
        String link = wanted.linkName();
        boolean otherKey = !there.info().publicKey().equals(Optional.of(secret.publicKey()));
        if (otherKey || there.info().port() != wanted.port()) {
            requests.add(WireGuardMessages.setDevice(there.family(), link, secret.secret(), wanted.port()));
        }
        Map<WireGuardKey, WireGuardPeer> has = new LinkedHashMap<>();
        there.info().peers().forEach(each -> has.put(each.key(), each));
        Map<WireGuardKey, WireGuardPeer> lacks = peers();
        lacks.values().stream().filter(each -> !isSame(each, has.get(each.key()))).forEach(each ->
                requests.add(WireGuardMessages.setPeer(there.family(), link, each).because("node " + nodeOf(each.key())
                        + " shows that key, is at that address, and holds those blocks")));
        // After the new ones: addresses go from one peer to another without a moment in which they are nobody's.
        has.keySet().stream().filter(each -> !lacks.containsKey(each)).forEach(each ->
                requests.add(WireGuardMessages.removePeer(there.family(), link, each).because("no node shows that key")));
        if (otherKey) {
            lacks.values().stream().filter(each -> isSame(each, has.get(each.key()))).forEach(each ->
                    requests.add(WireGuardMessages.greet(there.family(), link, each.key())
                            .because("a session with this node's new key begins at once")));
        }
        return requests;
    }

    private Map<WireGuardKey, WireGuardPeer> peers() {
        Map<WireGuardKey, WireGuardPeer> peers = new LinkedHashMap<>();
        for (Peer each : wanted.peers()) {
            // Of two that say they have one key one is wrong, and neither is to take the other's place again and again.
            each.key().filter(key -> !key.equals(secret.publicKey())).ifPresent(key ->
                    peers.putIfAbsent(key, each.encrypted(key, wanted.port())));
        }
        return peers;
    }

    private String nodeOf(WireGuardKey key) {
        return wanted.peers().stream().filter(each -> each.key().equals(Optional.of(key))).map(Peer::nodeId).findFirst()
                .orElse("?");
    }

    private static boolean isSame(WireGuardPeer one, WireGuardPeer other) {
        return other != null && one.endpoint().equals(other.endpoint())
                && new HashSet<>(one.allowed()).equals(new HashSet<>(other.allowed()));
    }
}
