package clusterd.decider;

import clusterd.model.ServiceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** When to look at which service again. */
final class Wakes {
    private final TreeMap<Long, Set<ServiceId>> byTime = new TreeMap<>();
    private final Map<ServiceId, Long> times = new HashMap<>();

    void set(ServiceId service, OptionalLong atMillis) {
        Long before = times.remove(service);
        if (before != null) {
            byTime.get(before).remove(service);
            if (byTime.get(before).isEmpty()) {
                byTime.remove(before);
            }
        }
        if (atMillis.isPresent()) {
            times.put(service, atMillis.getAsLong());
            byTime.computeIfAbsent(atMillis.getAsLong(), key -> new LinkedHashSet<>()).add(service);
        }
    }

    List<ServiceId> due(long nowMillis) {
        List<ServiceId> due = new ArrayList<>();
        byTime.headMap(nowMillis, true).values().forEach(due::addAll);
        due.forEach(each -> set(each, OptionalLong.empty()));
        return due;
    }

    OptionalLong next(OptionalLong other) {
        if (byTime.isEmpty()) {
            return other;
        }
        return OptionalLong.of(Math.min(byTime.firstKey(), other.orElse(Long.MAX_VALUE)));
    }
}
