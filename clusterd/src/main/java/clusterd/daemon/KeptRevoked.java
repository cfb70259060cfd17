package clusterd.daemon;

import clusterd.credential.Revoked;
import clusterd.wire.RecordCodec;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who was shut out, as the vault keeps it.
 *
 * @param members since when, in milliseconds since 1970
 */
public record KeptRevoked(SortedMap<String, Long> members) {
    static final Slot<KeptRevoked> SLOT = new Slot<>("revoked", RecordCodec.of(KeptRevoked.class),
            new KeptRevoked(new TreeMap<>()));

    KeptRevoked with(String member, long atMillis) {
        TreeMap<String, Long> more = new TreeMap<>(members);
        more.put(member, atMillis);
        return new KeptRevoked(more);
    }

    Revoked revoked() {
        return new Revoked(members.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                each -> Instant.ofEpochMilli(each.getValue()))), Map.of());
    }
}
