package overlaynet.ipam;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who has which address of a subnet. An owner has at most one, an address at most one owner.
 *
 * <p>Addresses are given out in turn: one that was released comes back only after all later ones,
 * so a late packet or a cached neighbour entry meets nobody rather than somebody else. Not safe for
 * use by several threads.
 */
public final class AddressPool {
    private final Subnet subnet;
    private final Set<Long> reserved = new HashSet<>();
    private final TreeMap<Long, String> ownerByOffset = new TreeMap<>();
    private final Map<String, Long> offsetByOwner = new HashMap<>();
    private final long first;
    private final long last;
    private long cursor;

    /**
     * @param reserved addresses never given out, such as the gateway's
     * @throws IllegalArgumentException if a reserved address is not in the subnet
     */
    public AddressPool(Subnet subnet, Collection<InetAddress> reserved) {
        this(subnet, subnet, reserved);
    }

    /**
     * One that gives out in turn only the addresses of a part of the subnet; the others can be had
     * by who names them.
     *
     * @param range the part
     * @throws IllegalArgumentException if it is not in the subnet
     */
    public AddressPool(Subnet subnet, Subnet range, Collection<InetAddress> reserved) {
        this.subnet = subnet;
        long start = subnet.offsetOf(range.network());
        this.first = Math.max(subnet.firstHostOffset(), start);
        this.last = Math.min(subnet.lastHostOffset(), start + (1L << range.offsetBits()) - 1);
        this.cursor = first - 1;
        reserved.forEach(address -> this.reserved.add(subnet.offsetOf(address)));
    }

    /** The subnet the addresses are of. */
    public Subnet subnet() {
        return subnet;
    }

    /** The owner's address: the one it has, or the next free one. */
    public Allocation allocate(String owner) {
        Long held = offsetByOwner.get(owner);
        if (held != null) {
            return new Allocation.Granted(subnet.at(held));
        }
        if (free() == 0) {
            return new Allocation.Refused("all " + ownerByOffset.subMap(first, true, last, true).size()
                    + " addresses of " + subnet + " are in use");
        }
        cursor = nextFree();
        return grant(owner, cursor);
    }

    /** A given address for the owner. */
    public Allocation allocate(String owner, InetAddress wanted) {
        Optional<String> unusable = whyUnusable(wanted);
        if (unusable.isPresent()) {
            return new Allocation.Refused(unusable.get());
        }
        long offset = subnet.offsetOf(wanted);
        Long held = offsetByOwner.get(owner);
        if (held != null && held != offset) {
            return new Allocation.Refused(owner + " has " + subnet.at(held).getHostAddress()
                    + " already, it cannot have " + wanted.getHostAddress() + " as well");
        }
        String other = ownerByOffset.get(offset);
        if (other != null && !other.equals(owner)) {
            return new Allocation.Refused(wanted.getHostAddress() + " is in use by " + other);
        }
        return grant(owner, offset);
    }

    /** Takes the owner's address back; false if it had none. */
    public boolean release(String owner) {
        Long offset = offsetByOwner.remove(owner);
        if (offset != null) {
            ownerByOffset.remove(offset);
        }
        return offset != null;
    }

    /** The owner's address, if it has one. */
    public Optional<InetAddress> addressOf(String owner) {
        return Optional.ofNullable(offsetByOwner.get(owner)).map(subnet::at);
    }

    /** How many addresses are given out. */
    public int size() {
        return ownerByOffset.size();
    }

    /** Every owner's address, lowest address first. */
    public Map<String, InetAddress> owners() {
        Map<String, InetAddress> owners = new LinkedHashMap<>();
        ownerByOffset.forEach((offset, owner) -> owners.put(owner, subnet.at(offset)));
        return owners;
    }

    /** How many addresses can still be given out. */
    public long free() {
        long kept = reserved.stream().filter(offset -> offset >= first && offset <= last).count();
        return last - first + 1 - kept - ownerByOffset.subMap(first, true, last, true).size();
    }

    private Optional<String> whyUnusable(InetAddress wanted) {
        String text = wanted.getHostAddress();
        if (!subnet.contains(wanted)) {
            return Optional.of(text + " is not in the network's subnet " + subnet);
        }
        long offset = subnet.offsetOf(wanted);
        if (offset < subnet.firstHostOffset() || offset > subnet.lastHostOffset()) {
            return Optional.of(text + " is the network or broadcast address of " + subnet);
        }
        return reserved.contains(offset)
                ? Optional.of(text + " is reserved in " + subnet) : Optional.empty();
    }

    private Allocation grant(String owner, long offset) {
        ownerByOffset.put(offset, owner);
        offsetByOwner.put(owner, offset);
        return new Allocation.Granted(subnet.at(offset));
    }

    /** The first free offset after the cursor, going round; there must be one. */
    private long nextFree() {
        long candidate = cursor;
        do {
            candidate = candidate >= last ? first : candidate + 1;
        } while (reserved.contains(candidate) || ownerByOffset.containsKey(candidate));
        return candidate;
    }
}
