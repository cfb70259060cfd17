package overlaynet.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlaynet.ipam.AddressPool;
import overlaynet.ipam.Allocation;
import overlaynet.link.PortMapping;
import overlaynet.link.PublishedPort;

/**
 * The leases of a network, in memory and on disk at once. Not safe for use by several threads.
 *
 * <p>A lease leaves the disk with its container but the memory only when the container's link is
 * gone, so that nobody gets an address that still answers.
 */
final class LeaseTable {
    /** {@code BR_MAX_PORTS} is 1024, numbered from 1 ({@code net/bridge/br_private.h}). */
    private static final int MAX_BRIDGE_PORTS = 1023;

    private final LeaseFolder folder;
    private final AddressPool pool;
    private final Map<String, Lease> leases = new LinkedHashMap<>();

    /** @param pool addresses to give out, none of them given yet */
    LeaseTable(LeaseFolder folder, AddressPool pool) {
        this.folder = folder;
        this.pool = pool;
    }

    /**
     * Takes leases read from disk over; one that cannot be is dropped there.
     *
     * @return a sentence per lease dropped
     */
    List<String> takeOver(List<Lease> found) throws IOException {
        List<String> dropped = new ArrayList<>();
        for (Lease lease : found) {
            switch (pool.allocate(lease.containerId(), lease.address())) {
                case Allocation.Granted _ -> leases.put(lease.containerId(), lease);
                case Allocation.Refused(String reason) -> {
                    dropped.add("dropped the address lease of " + lease.containerId() + ": "
                            + reason);
                    folder.delete(lease.containerId());
                }
            }
        }
        return dropped;
    }

    Optional<Lease> find(String containerId) {
        return Optional.ofNullable(leases.get(containerId));
    }

    /** The container's lease: the one it has, or a new one. */
    Lease reserve(String containerId, Optional<InetAddress> requested) throws IOException {
        String cannot = "container " + containerId + " cannot join the network bridge: ";
        Lease held = leases.get(containerId);
        if (held == null && leases.size() >= MAX_BRIDGE_PORTS) {
            throw new AttachException(cannot + "a Linux bridge takes " + MAX_BRIDGE_PORTS
                    + " containers; use --network host or none, or another agent (--data-dir,"
                    + " --run-dir)");
        }
        Allocation allocation = requested.isPresent()
                ? pool.allocate(containerId, requested.get()) : pool.allocate(containerId);
        return switch (allocation) {
            case Allocation.Granted(InetAddress address) ->
                held != null ? held : create(new Lease(containerId, address, List.of()));
            case Allocation.Refused(String reason) -> throw new AttachException(cannot + reason);
        };
    }

    private Lease create(Lease lease) throws IOException {
        try {
            folder.write(lease);
        } catch (IOException failed) {
            pool.release(lease.containerId());
            throw failed;
        }
        leases.put(lease.containerId(), lease);
        return lease;
    }

    void replace(Lease lease) throws IOException {
        folder.write(lease);
        leases.put(lease.containerId(), lease);
    }

    void forget(String containerId) {
        leases.remove(containerId);
        pool.release(containerId);
    }

    Map<String, InetAddress> addresses() {
        return pool.owners();
    }

    /**
     * Checks that ports collide neither with each other nor with those of other containers.
     *
     * @throws AttachException naming the port and who has it
     */
    void checkFree(String containerId, List<PortMapping> ports) throws AttachException {
        for (int i = 0; i < ports.size(); i++) {
            PortMapping port = ports.get(i);
            if (ports.subList(0, i).stream().anyMatch(port::collidesWith)) {
                throw new AttachException("port " + port + " is given twice");
            }
            for (Lease lease : leases.values()) {
                boolean taken = lease.ports().stream().anyMatch(port::collidesWith);
                if (taken && !lease.containerId().equals(containerId)) {
                    throw new AttachException("port " + port + " cannot be published: container "
                            + lease.containerId() + " has it");
                }
            }
        }
    }

    List<PublishedPort> publishedPorts() {
        return leases.values().stream().flatMap(lease -> lease.publishedPorts().stream()).toList();
    }
}
