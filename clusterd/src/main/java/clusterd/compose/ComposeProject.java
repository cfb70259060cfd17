package clusterd.compose;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Compose files say together, in one form: short syntaxes made long, variables replaced, everything merged. The maps
 * are by the names of the file; what things are called in the cluster is in them.
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

    static <T> SortedMap<String, T> sorted(Map<String, T> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
