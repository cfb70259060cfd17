package runtime.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Volumes without files: who has which, and what was filled. */
final class FakeVolumes implements ContainerVolumes {
    final Map<String, Set<String>> holders = new TreeMap<>();
    final Set<String> anonymous = new TreeSet<>();
    final List<String> filled = new ArrayList<>();

    @Override
    public synchronized String claim(String containerId, String name) {
        String real = name.isEmpty() ? "anonymous-" + (anonymous.size() + 1) : name;
        if (name.isEmpty()) {
            anonymous.add(real);
        }
        holders.computeIfAbsent(real, absent -> new TreeSet<>()).add(containerId);
        return real;
    }

    @Override
    public synchronized void fill(String name, List<Path> lowers, String target) {
        filled.add(name + " " + target);
    }

    @Override
    public synchronized void adopt(String containerId, Set<String> names) {
        names.forEach(name -> claim(containerId, name));
    }

    @Override
    public synchronized void release(String containerId, boolean withAnonymous) {
        holders.values().forEach(each -> each.remove(containerId));
        if (withAnonymous) {
            holders.entrySet().removeIf(each ->
                    anonymous.contains(each.getKey()) && each.getValue().isEmpty());
        }
    }
}
