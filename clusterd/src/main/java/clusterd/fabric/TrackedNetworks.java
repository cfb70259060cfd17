package clusterd.fabric;

import clusterd.agent.NodeNetworks;
import clusterd.model.NetworkId;
import clusterd.model.TaskAddress;
import clusterd.session.NetworkDelta;
import clusterd.wire.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import overlaynet.attach.HostNetworks;
import overlaynet.ipam.Subnet;
import overlaynet.overlay.Overlay;
import runtime.container.Journal;

/** The networks of this node's cluster, kept in a file so that the node has them without a manager. */
public final class TrackedNetworks implements NodeNetworks {
    private static final RecordCodec<NetworkDelta> CODEC = RecordCodec.of(NetworkDelta.class);
    private static final long SAVE_NANOS = 1_000_000_000L;
    private static final int DISCARD_PORT = 9;

    private final Overlay overlay;
    private final HostNetworks networks;
    private final Path file;
    private final Journal journal;
    private final ToldNetworks told = new ToldNetworks();
    private TunnelKeys keys;
    /** Held while the file is written: what is said meanwhile waits for no disk. */
    private final Object writing = new Object();
    private String nodeId = "";
    private String underlay = "";
    private boolean saving;
    /** Whether its managers know of networks at all. */
    private volatile boolean heard;

    /**
     * @param overlay  what makes it so
     * @param networks of this host
     * @param file     what was told is kept there; its folder is the cluster's own
     */
    public TrackedNetworks(Overlay overlay, HostNetworks networks, Path file, Journal journal) {
        this.overlay = overlay;
        this.networks = networks;
        this.file = file;
        this.journal = journal;
        this.keys = TunnelKeys.empty(keyFile(file), new SecureRandom());
    }

    private static Path keyFile(Path networks) {
        return networks.resolveSibling("tunnel-keys");
    }

    @Override
    public synchronized void join(String newNodeId, Consumer<String> want) {
        nodeId = newNodeId;
        try {
            keys = TunnelKeys.open(keyFile(file), new SecureRandom());
        } catch (IOException damaged) {
            journal.say("this node makes a new key for encrypted networks: " + damaged.getMessage());
        }
        overlay.asker(name -> {
            if (heard) {
                want.accept(name);
            } else {
                overlay.refused(name, "network " + name + " not found: no manager has told this node of networks yet;"
                        + " `jctl network ls` lists those there are");
            }
        });
        try {
            told.hear(CODEC.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException | RuntimeException damaged) {
            journal.say(file + " cannot be read, and networks wait for a manager to tell of them: "
                    + damaged.getMessage());
            return;
        }
    }

    @Override
    public synchronized void hear(NetworkDelta delta) {
        heard = true;
        told.hear(delta);
        try {
            want();
        } catch (RuntimeException unreadable) {
            journal.say("what a manager told of networks cannot be followed: " + unreadable);
        }
        if (!saving) {
            saving = true;
            Thread.ofVirtual().name("networks").start(this::save);
        }
    }

    private void want() {
        keepKeys();
        overlay.want(told.wanted(nodeId, underlay.isEmpty() ? Optional.empty()
                : Optional.of(InetAddress.ofLiteral(underlay)), keys::of));
    }

    /** The newer key counts once the managers have told it to this node, and so to the others. */
    private void keepKeys() {
        OptionalLong moment = told.keysMillis(nodeId);
        if (moment.isEmpty()) {
            return;
        }
        try {
            keys.need(moment.getAsLong());
            Set<String> newest = keys.newest().stream().collect(Collectors.toSet());
            if (told.keys(nodeId).equals(newest)) {
                keys.forgetOlder();
            }
        } catch (IOException full) {
            journal.say("this node's key for encrypted networks cannot be kept, and they wait: " + full);
        }
    }

    @Override
    public synchronized String tunnelKey() {
        return keys.newest().orElse("");
    }

    /** A second later, so that many changes are one write. What a loss of power takes, a manager tells again. */
    private void save() {
        LockSupport.parkNanos(SAVE_NANOS);
        byte[] bytes;
        synchronized (this) {
            saving = false;
            if (nodeId.isEmpty()) {
                return;
            }
            bytes = CODEC.encode(told.whole());
        }
        synchronized (writing) {
            try {
                Path next = file.resolveSibling(file.getFileName() + ".new");
                Files.write(next, bytes);
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException full) {
                journal.say("what this node knows of networks cannot be kept, and an agent that starts without a manager"
                        + " in reach would not have it: " + full);
            }
        }
    }

    @Override
    public void refused(String name, String why) {
        overlay.refused(name, why);
    }

    @Override
    public Optional<String> lacking(List<NetworkId> wanted) {
        return wanted.stream().flatMap(each -> overlay.lacking(each.value()).stream()).findFirst();
    }

    @Override
    public List<TaskAddress> addresses(String containerId) {
        List<TaskAddress> addresses = new ArrayList<>();
        for (HostNetworks.Place place : networks.places(containerId)) {
            if (place.network().isShared()) {
                NetworkId network = new NetworkId(place.network().id());
                addresses.add(new TaskAddress(network, place.attached().lease().address().getHostAddress()));
                place.attached().lease().address6().ifPresent(each ->
                        addresses.add(new TaskAddress(network, each.getHostAddress())));
            }
        }
        return addresses;
    }

    @Override
    public String underlay(String ownAddress, List<String> managers) {
        String found = found(ownAddress, managers);
        synchronized (this) {
            // Where it was reached a moment ago it is, as long as nothing else is known.
            if (found.isEmpty()) {
                return underlay;
            }
            if (!found.equals(underlay)) {
                underlay = found;
                want();
            }
        }
        return found;
    }

    private static String found(String ownAddress, List<String> managers) {
        try {
            InetAddress own = InetAddress.getByName(ownAddress);
            if (!own.isAnyLocalAddress()) {
                return own.getHostAddress();
            }
        } catch (UnknownHostException elsewhere) {
            // The way to a manager says it as well.
        }
        for (String manager : managers) {
            int colon = manager.lastIndexOf(':');
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(InetAddress.getByName(manager.substring(0, colon)
                        .replaceAll("[\\[\\]]", "")), DISCARD_PORT));
                return socket.getLocalAddress().getHostAddress();
            } catch (SocketException | UnknownHostException | UncheckedIOException | StringIndexOutOfBoundsException no) {
                continue; // another may be in reach
            }
        }
        return "";
    }

    @Override
    public List<String> troubles() {
        return overlay.troubles();
    }

    @Override
    public Collection<Subnet> reached() {
        try {
            return overlay.reached();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("what this host reaches cannot be read", unreadable);
        }
    }

    @Override
    public synchronized void leave() {
        nodeId = "";
        overlay.asker(null);
        told.hear(new NetworkDelta(true, List.of(), List.of(), List.of(), List.of()));
        overlay.want(Overlay.Wanted.NOTHING);
        try {
            keys.forgetAll();
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            journal.say(file + " stays: " + stays);
        }
    }
}
