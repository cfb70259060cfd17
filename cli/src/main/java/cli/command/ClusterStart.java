package cli.command;

import clusterd.agent.HostAndPort;
import clusterd.agent.NodeNetworks;
import clusterd.auditlog.AuditLog;
import clusterd.daemon.ClusterDaemon;
import clusterd.daemon.ClusterEntrance;
import clusterd.daemon.ClusterSettings;
import clusterd.security.BackupFile;
import clusterd.spec.SiteName;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import runtime.container.Journal;
import runtime.node.Node;
import runtime.node.NodeFolders;

/** The node's part in a cluster, as the options of its agent and its folder say. */
final class ClusterStart implements AutoCloseable {
    private static final int PORT = 2377;
    /** Of memory on every Linux: for secrets, where the run folder is on a disk. */
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(90);

    private final Arguments arguments;
    private final NodeFolders folders;
    private final Node node;
    private final ClusterEntrance entrance;
    private final Journal journal;
    private final NodeNetworks networks;
    private AuditLog audit;

    /** @param bridges of the host, which has its part of the cluster's networks among them */
    ClusterStart(Arguments arguments, NodeFolders folders, Node node, ClusterEntrance entrance, Journal journal,
            BridgeNetworks bridges) {
        this.networks = bridges.ofCluster(folders.data().toAbsolutePath().resolve("cluster").resolve("networks"));
        this.arguments = arguments;
        this.folders = folders;
        this.node = node;
        this.entrance = entrance;
        this.journal = journal;
    }

    /** Goes on in the cluster this node is in, joins the one that was named, or waits to found one. */
    void begin() throws UsageException, IOException {
        boolean joins = arguments.has("join");
        Path folder = folders.data().toAbsolutePath().resolve("cluster");
        boolean isMember = ClusterDaemon.isMember(folder);
        if (!(isMember && joins) && joins != arguments.has("token")) {
            throw new UsageException("--join and --token go together: a manager's address and what `jctl cluster"
                    + " token create` printed");
        }
        site();
        if (joins) {
            HostAndPort.parse(arguments.value("join"));
        }
        ClusterEntrance.Source source = new FromHere(folder);
        if (isMember) {
            if (joins) {
                journal.say("this node is in a cluster already and goes on in it, looking for it at that address, too; to join"
                        + " another, move " + folder
                        + " away first");
            }
            ClusterDaemon resumed = joins ? ClusterDaemon.resume(settings(folder),
                    HostAndPort.parse(arguments.value("join"))) : ClusterDaemon.resume(settings(folder));
            journal.say("this node is a " + resumed.role().text() + " of a cluster");
            entrance.open(source, Optional.of(resumed));
        } else if (joins) {
            ClusterDaemon joined = ClusterDaemon.join(settings(folder), HostAndPort.parse(arguments.value("join")),
                    token(arguments.value("token")), hostName());
            journal.say("this node has joined as a " + joined.role().text());
            entrance.open(source, Optional.of(joined));
        } else {
            entrance.open(source, Optional.empty());
        }
    }

    /** A cluster of this node: a new one, or one from a backup. */
    private final class FromHere implements ClusterEntrance.Source {
        private final Path folder;

        FromHere(Path folder) {
            this.folder = folder;
        }

        @Override
        public ClusterDaemon found() throws IOException {
            return ClusterDaemon.found(settings(folder));
        }

        @Override
        public AuditLog audit() {
            return ClusterStart.this.audit();
        }

        @Override
        public ClusterDaemon restore(BackupFile.Content content) throws IOException {
            return ClusterDaemon.restore(settings(folder), content);
        }
    }

    /** A token on the command line is for everybody to see who lists processes; a file need not be. */
    private static String token(String value) throws IOException {
        Path file = Path.of(value);
        return value.contains("/") && Files.isRegularFile(file) ? Files.readString(file).strip() : value;
    }

    private ClusterSettings settings(Path folder) throws IOException {
        return new ClusterSettings(folder, folders.run().toAbsolutePath().resolve("cluster"), MEMORY,
                node.inside(), Jctl.VERSION, address(), lifetime(), new SecureRandom(), InstantSource.system(),
                journal, audit(), node.clusterEvents(), site(), node.lease(), networks);
    }

    /** One for this process, beside the cluster's folder: it stays when that goes. */
    private synchronized AuditLog audit() {
        if (audit == null) {
            audit = new AuditLog(folders.data().toAbsolutePath().resolve("audit"), hostName(), InstantSource.system(),
                    journal);
        }
        return audit;
    }

    private String site() throws IOException {
        String site = arguments.value("site");
        Optional<String> problem = site.isEmpty() ? Optional.empty() : SiteName.problem(site);
        if (problem.isPresent()) {
            throw new IOException("--site: " + problem.get());
        }
        return site;
    }

    private Duration lifetime() throws IOException {
        if (!arguments.has("cluster-cert-lifetime")) {
            return CERTIFICATE_LIFETIME;
        }
        String text = arguments.value("cluster-cert-lifetime");
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException wrong) {
            throw new IOException("--cluster-cert-lifetime \"" + text + "\": a time like 90m or 2160h is expected",
                    wrong);
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }

    private HostAndPort address() throws IOException {
        if (!arguments.has("cluster-addr")) {
            return new HostAndPort(ownAddress(), PORT);
        }
        String text = arguments.value("cluster-addr");
        return text.matches(".*:[0-9]+|.*\\]:[0-9]+") ? HostAndPort.parse(text) : new HostAndPort(text, PORT);
    }

    /** The first of the host's addresses that others may reach; its own loopback if there is none. */
    private static String ownAddress() throws IOException {
        return NetworkInterface.networkInterfaces().filter(ClusterStart::isUplink)
                .flatMap(NetworkInterface::inetAddresses).filter(Inet4Address.class::isInstance)
                .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .map(InetAddress::getHostAddress).findFirst().orElse("127.0.0.1");
    }

    private static boolean isUplink(NetworkInterface each) {
        try {
            return each.isUp() && !each.isLoopback() && !Files.isDirectory(
                    Path.of("/sys/class/net", each.getName(), "bridge"));
        } catch (IOException gone) {
            return false;
        }
    }

    /** Before the node's own API is closed: tasks' containers go on. */
    @Override
    public void close() {
        entrance.close();
        synchronized (this) {
            if (audit != null) {
                audit.close();
            }
        }
    }
}
