package overlaynet.attach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlaynet.link.PortMapping;
import overlaynet.link.PortRequest;

/**
 * Which ports of the host belong to which containers of this agent, over all its networks. Safe for
 * use by several threads.
 */
public final class PortReservations implements AutoCloseable {
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int SHORT_ID = 12;

    private final Map<String, Map<PortMapping, Optional<HostPort>>> byContainer =
            new LinkedHashMap<>();
    private final HostPorts host;
    private int cursor;

    /** @param host how the host's ports are had */
    PortReservations(HostPorts host) {
        this.host = host;
    }

    /**
     * Takes ports for a container in place of those it had; the ones it keeps are not let go.
     *
     * @param ipv6 whether the container has an IPv6 address
     * @return a mapping per request, in their order
     * @throws AttachException if one is taken; the container has what it had before
     */
    synchronized List<PortMapping> take(String containerId, List<PortRequest> requests,
            boolean ipv6) throws IOException {
        Map<PortMapping, Optional<HostPort>> before =
                byContainer.getOrDefault(containerId, Map.of());
        Map<PortMapping, Optional<HostPort>> after = new LinkedHashMap<>();
        boolean done = false;
        try {
            for (PortRequest request : requests) {
                choose(containerId, request, before, after, ipv6);
            }
            done = true;
        } finally {
            if (!done) {
                close(without(after, before));
            }
        }
        if (after.isEmpty()) {
            byContainer.remove(containerId);
        } else {
            byContainer.put(containerId, after);
        }
        close(without(before, after));
        return List.copyOf(after.keySet());
    }

    private static List<Optional<HostPort>> without(Map<PortMapping, Optional<HostPort>> ports,
            Map<PortMapping, Optional<HostPort>> kept) {
        return ports.entrySet().stream().filter(port -> !kept.containsKey(port.getKey()))
                .map(Map.Entry::getValue).toList();
    }

    private void choose(String containerId, PortRequest request,
            Map<PortMapping, Optional<HostPort>> before,
            Map<PortMapping, Optional<HostPort>> chosen, boolean ipv6) throws IOException {
        if (request.hostAddress().isPresent() && !ipv6
                && request.hostAddress().get().getAddress().length == 16) {
            throw new AttachException("port " + request + " cannot be published: the network has no"
                    + " IPv6; make one with `jctl network create --ipv6`");
        }
        for (Map.Entry<PortMapping, Optional<HostPort>> held : before.entrySet()) {
            if (request.fits(held.getKey()) && !chosen.containsKey(held.getKey())) {
                chosen.put(held.getKey(), held.getValue());
                return;
            }
        }
        int first = request.any() ? ephemeral()[0] : request.firstHostPort();
        int last = request.any() ? ephemeral()[1] : request.lastHostPort();
        int count = last - first + 1;
        int start = request.any() ? cursor++ : 0;
        AttachException refusal = null;
        for (int step = 0; step < count; step++) {
            PortMapping port = request.at(first + (start + step) % count);
            try {
                checkFree(containerId, port, chosen);
                chosen.put(port, Optional.of(host.take(port, ipv6)));
                return;
            } catch (AttachException taken) {
                if (taken.kind() != AttachException.Kind.PORT_IN_USE) {
                    throw taken;
                }
                refusal = taken;
            }
        }
        throw count == 1 ? refusal : new AttachException(AttachException.Kind.PORT_IN_USE,
                "port " + request + " cannot be published: all ports from " + first + " to " + last
                        + " are taken, the last one tried: " + refusal.getMessage());
    }

    private void checkFree(String containerId, PortMapping port,
            Map<PortMapping, Optional<HostPort>> chosen) throws AttachException {
        PortMapping inside = host.inside(port);
        if (chosen.keySet().stream().map(host::inside).anyMatch(inside::collidesWith)) {
            throw new AttachException(AttachException.Kind.PORT_IN_USE,
                    "port " + port + " is given twice");
        }
        for (Map.Entry<String, Map<PortMapping, Optional<HostPort>>> other
                : byContainer.entrySet()) {
            if (!other.getKey().equals(containerId)
                    && other.getValue().keySet().stream().map(host::inside)
                            .anyMatch(inside::collidesWith)) {
                throw new AttachException(AttachException.Kind.PORT_IN_USE, "port " + port
                        + " cannot be published: container " + other.getKey().substring(0,
                                Math.min(SHORT_ID, other.getKey().length())) + " has it");
            }
        }
    }

    /**
     * Takes the ports a container had before this agent was started. A port some program took while
     * no agent ran leads to the container all the same.
     *
     * @return a sentence per such port
     */
    synchronized List<String> takeOver(Lease lease) {
        List<String> warnings = new ArrayList<>();
        Map<PortMapping, Optional<HostPort>> ports = byContainer.computeIfAbsent(
                lease.containerId(), none -> new LinkedHashMap<>());
        for (PortMapping port : lease.ports()) {
            if (ports.containsKey(port)) {
                continue;
            }
            try {
                ports.put(port, Optional.of(host.take(port, lease.address6().isPresent())));
            } catch (IOException taken) {
                ports.put(port, Optional.empty());
                warnings.add("a program of this host took a port of container "
                        + lease.containerId() + ": " + taken.getMessage());
            }
        }
        return warnings;
    }

    /**
     * Lets a container's ports go, all of them, also where one is refused.
     *
     * @throws IOException if one stays published until the next agent
     */
    synchronized void release(String containerId) throws IOException {
        Map<PortMapping, Optional<HostPort>> ports = byContainer.remove(containerId);
        if (ports != null) {
            close(ports.values());
        }
    }

    /** A container's port as the rules of this network namespace are to have it. */
    PortMapping inside(PortMapping port) {
        return host.inside(port);
    }

    /** Takes back what is published for nobody; called once everyone's ports were taken over. */
    synchronized void forgetOthers() throws IOException {
        host.forgetOthers();
    }

    /** The ports the kernel gives to programs that ask for none: first and last. */
    private static int[] ephemeral() throws IOException {
        ByteBuffer text = ByteBuffer.allocate(64);
        // With one read(2): a setting of several numbers has nothing more to say to a second.
        try (FileChannel file = FileChannel.open(EPHEMERAL)) {
            file.read(text);
        }
        String[] words = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII)
                .strip().split("\\s+");
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
    }

    private static void close(Collection<Optional<HostPort>> held) throws IOException {
        IOException first = null;
        for (Optional<HostPort> port : held) {
            try {
                if (port.isPresent()) {
                    port.get().close();
                }
            } catch (IOException failed) {
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Lets all sockets go; what is published stays published. */
    @Override
    public synchronized void close() {
        byContainer.values().forEach(ports -> ports.values().forEach(PortReservations::leave));
        byContainer.clear();
    }

    private static void leave(Optional<HostPort> held) {
        held.ifPresent(port -> {
            try {
                port.leave();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }
}
