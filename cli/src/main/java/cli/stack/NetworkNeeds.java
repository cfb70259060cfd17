package cli.stack;

import clusterd.compose.ComposeNetwork;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.Links;
import clusterd.compose.ServicePort;
import clusterd.model.Mode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a project's networks and ports come to: on the only node of a cluster its bridges and its own ports will do, on
 * several nodes networks are the cluster's.
 *
 * @param project  with its ports as they can be had
 * @param own      networks to be made on the node
 * @param shared   networks to be made in the cluster
 * @param outside  networks of the node that must be there
 * @param refusals what makes no sense, a sentence each
 */
public record NetworkNeeds(ComposeProject project, List<ComposeNetwork> own, List<ComposeNetwork> shared,
        List<ComposeNetwork> outside, List<String> refusals) {
    /** Not networks of a driver, but whose namespace a container is in. */
    private static final Set<String> NAMESPACES = Set.of("host", "none");

    /** Copies the lists. */
    public NetworkNeeds {
        own = List.copyOf(own);
        shared = List.copyOf(shared);
        outside = List.copyOf(outside);
        refusals = List.copyOf(refusals);
    }

    /**
     * Decides.
     *
     * @param nodes of the cluster
     */
    public static NetworkNeeds of(ComposeProject project, int nodes) {
        boolean single = nodes <= 1;
        List<ComposeNetwork> own = new ArrayList<>();
        List<ComposeNetwork> shared = new ArrayList<>();
        List<ComposeNetwork> outside = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (String key : used(project)) {
            ComposeNetwork network = project.networks().get(key);
            if (network.external()) {
                if (single && !NAMESPACES.contains(network.name())) {
                    outside.add(network);
                }
            } else if (network.driver().equals("host") || network.driver().equals("null")) {
                refusals.add("network " + network.name() + " cannot be made with driver " + network.driver()
                        + ": make it external with the name "
                        + (network.driver().equals("null") ? "none" : "host"));
            } else if (single && network.policy().equals(ComposeNetwork.Policy.OPEN)) {
                own.add(network);
            } else {
                shared.add(network);
            }
        }
        Map<String, ComposeService> services = new LinkedHashMap<>();
        project.services().forEach((name, service) ->
                services.put(name, single && hasOneTaskPerNode(service.mode()) ? withPortsOfNode(service) : service));
        return new NetworkNeeds(project.with(services), own, shared, outside, refusals);
    }

    private static Set<String> used(ComposeProject project) {
        Set<String> used = new LinkedHashSet<>();
        project.services().values().forEach(service ->
                service.links().networks().forEach(use -> used.add(use.network())));
        return used;
    }

    /** Of the only task on the only node these are the same, and need no network of the cluster. */
    private static ComposeService withPortsOfNode(ComposeService service) {
        Links links = service.links();
        return service.with(links.with(links.ports().stream().map(port -> port.onNode() ? port
                : new ServicePort(true, port.hostAddress(), port.firstHostPort(), port.lastHostPort(),
                        port.containerPort(), port.protocol())).toList()));
    }

    private static boolean hasOneTaskPerNode(Mode mode) {
        return switch (mode) {
            case Mode.Replicated replicated -> replicated.replicas() <= 1;
            case Mode.Global global -> true;
            case Mode.GlobalJob globalJob -> true;
            case Mode.PerSite perSite -> false;
            case Mode.Job job -> job.parallelism() <= 1;
            case Mode.Cron cron -> cron.job().parallelism() <= 1 && !cron.concurrent();
        };
    }
}
