package clusterd.compose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Whether services depend on ones that are there, and not on themselves by way of others. */
final class Dependencies {
    private static final int MOST_CIRCLES = 20;

    private final SortedMap<String, ComposeService> services;
    private final Map<String, Value> values;
    private final Problems problems;
    private final Map<String, Boolean> settled = new HashMap<>();
    private int circles;

    Dependencies(SortedMap<String, ComposeService> services, Map<String, Value> values, Problems problems) {
        this.services = services;
        this.values = values;
        this.problems = problems;
    }

    void check() {
        services.forEach((name, service) -> service.dependencies().stream()
                .filter(each -> each.required() && !services.containsKey(each.service()))
                .forEach(each -> tell(name, "there is no active service " + Problems.quote(each.service())
                        + NearestName.hint(each.service(), services.keySet()))));
        services.keySet().forEach(this::circle);
    }

    private void tell(String name, String sentence) {
        problems.error("services." + name + ".depends_on", values.get(name).tree().at(), sentence);
    }

    /** Depth first without recursion: chains may be as long as there are services. */
    private void circle(String start) {
        List<String> way = new ArrayList<>(List.of(start));
        List<List<Dependency>> open = new ArrayList<>(List.of(new ArrayList<>(dependencies(start))));
        if (settled.putIfAbsent(start, false) != null) {
            return;
        }
        while (!way.isEmpty()) {
            List<Dependency> left = open.getLast();
            if (left.isEmpty()) {
                settled.put(way.removeLast(), true);
                open.removeLast();
                continue;
            }
            String next = left.removeLast().service();
            Boolean seen = settled.get(next);
            if (seen == null && services.containsKey(next)) {
                settled.put(next, false);
                way.add(next);
                open.add(new ArrayList<>(dependencies(next)));
            } else if (Boolean.FALSE.equals(seen) && circles++ < MOST_CIRCLES) {
                List<String> circle = way.subList(way.indexOf(next), way.size());
                tell(next, "it depends on itself: " + String.join(" → ", circle.stream().limit(20).toList()) + " → "
                        + next);
            }
        }
    }

    private List<Dependency> dependencies(String name) {
        return services.containsKey(name) ? services.get(name).dependencies() : List.of();
    }
}
