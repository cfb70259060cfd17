package clusterd.daemon;

import clusterd.wire.RecordCodec;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which nodes have shown a certificate of the new root, while a root is being exchanged. One that was seen with it
 * and is off now holds nothing up.
 *
 * @param root  digest of the new root, 64 hex digits
 * @param nodes by id, until when that certificate holds, milliseconds since 1970
 */
public record KeptRenewed(String root, SortedMap<String, Long> nodes) {
    static final Slot<KeptRenewed> SLOT = new Slot<>("renewed", RecordCodec.of(KeptRenewed.class),
            new KeptRenewed("", new TreeMap<>()));

    /** Those that have one of that root. */
    SortedMap<String, Long> by(String digest) {
        return root.equals(digest) ? nodes : new TreeMap<>();
    }

    KeptRenewed with(String digest, SortedMap<String, Long> more) {
        TreeMap<String, Long> all = new TreeMap<>(by(digest));
        all.putAll(more);
        return new KeptRenewed(digest, all);
    }
}
