package clusterd.daemon;

import clusterd.agent.NodeNetworks;
import clusterd.agent.HostAndPort;
import clusterd.auditlog.AuditLog;
import io.grpc.Channel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import runtime.container.Journal;
import runtime.container.NodeLease;
import runtime.event.EventSink;

/**
 * What a node's part in a cluster is given.
 *
 * @param folder   on disk, for it alone
 * @param run      what a reboot may lose, for it alone
 * @param memory   a folder whose file system is memory, for secrets
 * @param node     the node's own API
 * @param version  of jctl
 * @param address  others reach this node at, and it listens at
 * @param lifetime of certificates
 * @param random   for keys and ids
 * @param clock    of certificates and times for people
 * @param journal  told what the operator should know
 * @param audit    where calls are written down
 * @param events   told what happens in the cluster
 * @param site     where the node stands; {@code ""} = nothing was said
 * @param lease    of the node, moved on by what it hears of managers
 * @param networks of the cluster, as this node has them
 */
public record ClusterSettings(Path folder, Path run, Path memory, Channel node, String version,
        HostAndPort address, Duration lifetime, SecureRandom random, InstantSource clock, Journal journal,
        AuditLog audit, EventSink events, String site, NodeLease lease, NodeNetworks networks) {
    private static final int ID_LETTERS = 16;
    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

    /**
     * With an audit log beside the folder, of a host without a name or site, events that nobody hears, and a lease of
     * no node.
     */
    public ClusterSettings(Path folder, Path run, Path memory, Channel node, String version, HostAndPort address,
            Duration lifetime, SecureRandom random, InstantSource clock, Journal journal) {
        this(folder, run, memory, node, version, address, lifetime, random, clock, journal,
                new AuditLog(folder.resolveSibling("audit"), "", clock, journal), EventSink.NONE, "", new NodeLease(),
                NodeNetworks.NONE);
    }

    /** One that nobody has: 16 letters and digits, 82 bits. */
    public String randomId() {
        StringBuilder id = new StringBuilder(ID_LETTERS);
        for (int i = 0; i < ID_LETTERS; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }
}
