package clusterd.daemon;

import clusterd.credential.Role;
import clusterd.wire.RecordCodec;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * People who may call, as the vault keeps them.
 *
 * @param people by name
 */
public record KeptPeople(SortedMap<String, Role> people) {
    static final Slot<KeptPeople> SLOT = new Slot<>("people", RecordCodec.of(KeptPeople.class),
            new KeptPeople(new TreeMap<>()));

    KeptPeople with(String name, Role role) {
        TreeMap<String, Role> more = new TreeMap<>(people);
        more.put(name, role);
        return new KeptPeople(more);
    }

    KeptPeople without(String name) {
        TreeMap<String, Role> fewer = new TreeMap<>(people);
        fewer.remove(name);
        return new KeptPeople(fewer);
    }
}
