package overlaynet.overlay;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import overlaynet.link.BridgeSettings;
import overlaynet.link.NetworkTables;

/**
 * Of the kernel's tables that some networks have one of each: when it is worth while to list them, and when those of other networks
 * are to be taken away. Not safe for several threads by itself.
 */
final class TableWatch {
    /** A change of tasks does not wait for tables to be listed; what was damaged heals within two rounds. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private final NetworkTables kernel;
    private final Map<String, Long> lookedNanos = new HashMap<>();
    /** nf_tables' generation when a network's table was as it had been made. */
    private final Map<String, Long> stood = new HashMap<>();
    /** Networks whose tables were left when the others were taken away; empty before the first time. */
    private Optional<Set<String>> swept = Optional.empty();

    TableWatch(NetworkTables kernel) {
        this.kernel = kernel;
    }

    /** Lists what there is of a network's table, and says whether that is as it was made. */
    interface Look {
        boolean stands() throws IOException;
    }

    /** Takes tables away but those of these bridges. */
    interface Removal {
        void keep(Set<String> linkNames) throws IOException;
    }

    /** Whether a network's table stands, as far as is known: it is listed only now and then, and if somebody wrote meanwhile. */
    boolean stands(String networkId, Look look) throws IOException {
        long now = System.nanoTime();
        Long before = lookedNanos.get(networkId);
        if (before != null && now - before < LOOK_NANOS) {
            return true;
        }
        lookedNanos.put(networkId, now);
        long generation = kernel.generation();
        if (Long.valueOf(generation).equals(stood.get(networkId))) {
            return true;
        }
        stood.remove(networkId);
        if (!look.stands()) {
            return false;
        }
        stood.put(networkId, generation);
        return true;
    }

    /**
     * Takes tables of other networks away, if these are others than the last time.
     *
     * @param kept ids of networks that are to have one
     */
    void sweep(Set<String> kept, Removal removal) throws IOException {
        if (swept.filter(kept::equals).isPresent()) {
            return;
        }
        lookedNanos.keySet().retainAll(kept);
        stood.keySet().retainAll(kept);
        Set<String> links = new HashSet<>();
        kept.forEach(each -> links.add(BridgeSettings.linkNameOf(each)));
        removal.keep(links);
        swept = Optional.of(Set.copyOf(kept));
    }
}
