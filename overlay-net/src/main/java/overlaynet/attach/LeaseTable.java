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
    private final String network;
    private final boolean part;
    private final AddressPool pool;
    private final Optional<AddressPool> pool6;
    private final Map<String, Lease> leases = new LinkedHashMap<>();

    /**
     * @param network its name, for messages
     * @param part    whether these are a node's part of it, and not all there are
     * @param pool    IPv4 addresses to give out, none of them given yet
     * @param pool6   IPv6 addresses, if the network has them
     */
    LeaseTable(LeaseFolder folder, String network, boolean part, AddressPool pool,
            Optional<AddressPool> pool6) {
        this.folder = folder;
        this.network = network;
        this.part = part;
        this.pool = pool;
        this.pool6 = pool6;
    }

    /**
     * Takes leases read from disk over; one that cannot be is dropped there.
     *
     * @return a sentence per lease dropped
     */
    List<String> takeOver(List<Lease> found) throws IOException {
        List<String> dropped = new ArrayList<>();
        for (Lease lease : found) {
            try {
                Optional<InetAddress> address6 =
                        grant(lease.containerId(), Optional.of(lease.address()), lease.address6());
                leases.put(lease.containerId(), lease.withAddress6(address6));
            } catch (AttachException refused) {
                dropped.add("dropped the address lease of " + lease.containerId() + ": "
                        + refused.getMessage());
                folder.delete(lease.containerId());
            }
        }
        return dropped;
    }

    /** Allocates both addresses or none; returns that of IPv6. */
    private Optional<InetAddress> grant(String containerId, Optional<InetAddress> address,
            Optional<InetAddress> address6) throws AttachException {
        boolean held = pool.addressOf(containerId).isPresent();
        allocate(pool, containerId, address);
        if (pool6.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(allocate(pool6.get(), containerId, address6));
        } catch (AttachException refused) {
            if (!held) {
                pool.release(containerId);
            }
            throw refused;
        }
    }

    private static InetAddress allocate(AddressPool pool, String containerId,
            Optional<InetAddress> wanted) throws AttachException {
        return switch (wanted.isPresent() ? pool.allocate(containerId, wanted.get())
                : pool.allocate(containerId)) {
            case Allocation.Granted(InetAddress address) -> address;
            case Allocation.Refused(String reason) -> throw new AttachException(reason);
        };
    }

    Optional<Lease> find(String containerId) {
        return Optional.ofNullable(leases.get(containerId));
    }

    /** The container's lease: the one it has, or a new one, without ports. */
    Lease reserve(AttachRequest request) throws IOException {
        String containerId = request.containerId();
        String cannot = "container " + containerId + " cannot join the network " + network + ": ";
        Lease held = leases.get(containerId);
        if (held == null && leases.size() >= MAX_BRIDGE_PORTS) {
            throw new AttachException(cannot + "a Linux bridge takes " + MAX_BRIDGE_PORTS
                    + " containers; use --network host or none, or another agent (--data-dir,"
                    + " --run-dir)");
        }
        if (request.address6().isPresent() && pool6.isEmpty()) {
            throw new AttachException(cannot + "it has no IPv6, so no address "
                    + request.address6().get().getHostAddress());
        }
        try {
            Optional<InetAddress> address6 =
                    grant(containerId, request.address(), request.address6());
            if (held != null) {
                return held;
            }
            return create(new Lease(containerId, pool.addressOf(containerId).orElseThrow(),
                    address6, request.names(), request.nameServers(), request.number(),
                    request.way(), List.of(), request.interfaceName()));
        } catch (AttachException refused) {
            throw new AttachException(cannot + refused.getMessage() + hint());
        }
    }

    private String hint() {
        return (part ? "; a node gives addresses of its own part of a network alone, and gets more of one that is made with a"
                + " shorter --block;" : ";") + " `jctl network inspect " + network + "` says who holds what";
    }

    private Lease create(Lease lease) throws IOException {
        try {
            folder.write(lease);
        } catch (IOException failed) {
            forget(lease.containerId());
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
        pool6.ifPresent(addresses -> addresses.release(containerId));
    }

    List<Lease> all() {
        return List.copyOf(leases.values());
    }

    Map<String, InetAddress> addresses() {
        return pool.owners();
    }
}
