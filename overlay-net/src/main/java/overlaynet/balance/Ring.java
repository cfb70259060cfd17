package overlaynet.balance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which endpoint serves a source, by the source's hash: each of a fixed number of slots goes to the endpoint that draws
 * the highest number for it (rendezvous hashing, Thaler and Ravishankar 1998). So an endpoint that leaves gives its own
 * slots alone to others, one that comes takes its share from all, and every node comes to the same without being told.
 *
 * @param slots the endpoint of each; empty if there is none
 */
public record Ring(List<Endpoint> slots) {
    /** A prime, so that no pattern of the hash falls together with it; fixed, since another number moves everybody. */
    public static final int SLOTS = 1021;

    /** Copies the list. */
    public Ring {
        slots = List.copyOf(slots);
    }

    /** Of these endpoints, in whatever order. */
    public static Ring of(Collection<Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            return new Ring(List.of());
        }
        List<Endpoint> all = endpoints.stream().distinct().toList();
        long[] seeds = all.stream().mapToLong(Ring::seed).toArray();
        List<Endpoint> slots = new ArrayList<>(SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            int best = 0;
            for (int i = 1; i < seeds.length; i++) {
                int order = Long.compareUnsigned(draw(seeds[i], slot), draw(seeds[best], slot));
                if (order > 0 || order == 0 && seeds[i] > seeds[best]) {
                    best = i;
                }
            }
            slots.add(all.get(best));
        }
        return new Ring(slots);
    }

    /** The slots that have another endpoint here than there. */
    public SortedMap<Integer, Endpoint> since(Ring before) {
        SortedMap<Integer, Endpoint> changed = new TreeMap<>();
        for (int slot = 0; slot < slots.size(); slot++) {
            if (before.slots.isEmpty() || !before.slots.get(slot).equals(slots.get(slot))) {
                changed.put(slot, slots.get(slot));
            }
        }
        return changed;
    }

    private static long seed(Endpoint endpoint) {
        long seed = endpoint.port();
        for (byte each : endpoint.address().getAddress()) {
            seed = mixed(seed * 31 + (each & 0xff));
        }
        return seed;
    }

    private static long draw(long seed, int slot) {
        return mixed(seed ^ mixed(slot + 1L));
    }

    /** SplitMix64's finalizer (Steele, Lea and Flood 2014): every bit of the result hangs on every bit of the input. */
    private static long mixed(long bits) {
        long value = bits + 0x9e3779b97f4a7c15L;
        value = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        value = (value ^ value >>> 27) * 0x94d049bb133111ebL;
        return value ^ value >>> 31;
    }
}
