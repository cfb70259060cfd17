package clusterd.compose;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Compose files say together, in one form: short syntaxes made long, variables replaced, everything merged.
 * The maps are by the names of the file; what things are called in the cluster is in them.
 *
 * @param name     of the project, or stack
 * @param services of its active profiles
 * @param networks also {@code default}, if a service is in it
 * @param volumes  named ones
 * @param secrets  that services may name
 * @param configs  that services may name
 */
public record ComposeProject(String name, SortedMap<String, ComposeService> services,
        SortedMap<String, ComposeNetwork> networks, SortedMap<String, ComposeVolume> volumes,
        SortedMap<String, ComposeFile> secrets, SortedMap<String, ComposeFile> configs) {
    /** Copies the maps. */
    public ComposeProject {
        services = sorted(services);
        networks = sorted(networks);
        volumes = sorted(volumes);
        secrets = sorted(secrets);
        configs = sorted(configs);
    }

    /** {@code STACK_service}, as the cluster calls a service of the file. */
    public String serviceName(String service) {
        return name + "_" + service;
    }

    /** The same with other services. */
    public ComposeProject with(Map<String, ComposeService> others) {
        return new ComposeProject(name, new TreeMap<>(others), networks, volumes, secrets, configs);
    }

    /** The services, each after those it depends on; what depends on nothing in the order of the names. */
    public List<String> startOrder() {
        Set<String> order = new LinkedHashSet<>();
        Deque<String> left = new ArrayDeque<>(services.keySet());
        while (!left.isEmpty()) {
            String next = left.peek();
            List<String> before = services.get(next).dependencies().stream().map(Dependency::service)
                    .filter(each -> services.containsKey(each) && !order.contains(each)).toList();
            if (before.isEmpty() || order.contains(next)) {
                order.add(left.pop());
            } else {
                before.reversed().forEach(left::push);
            }
        }
        return List.copyOf(order);
    }

    static <T> SortedMap<String, T> sorted(Map<String, T> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
