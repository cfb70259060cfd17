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
 * What a project's networks and ports come to while there is no network across nodes: on the only node of a cluster
 * its bridges and its own ports do the same.
 *
 * @param project  with its ports as they can be had
 * @param own      networks to be made on the node
 * @param outside  networks that must be there
 * @param refusals what needs the overlay network, or makes no sense, a sentence each
 */
public record NetworkNeeds(ComposeProject project, List<ComposeNetwork> own, List<ComposeNetwork> outside,
        List<String> refusals) {
    private static final String LATER = "needs the overlay network, which is not there yet";
    /** Not networks of a driver, but whose namespace a container is in. */
    private static final Set<String> NAMESPACES = Set.of("host", "none");

    /** Copies the lists. */
    public NetworkNeeds {
        own = List.copyOf(own);
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
        List<ComposeNetwork> outside = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (String key : used(project)) {
            ComposeNetwork network = project.networks().get(key);
            if (network.external()) {
                if (single && !NAMESPACES.contains(network.name())) {
                    outside.add(network);
                }
            } else if (!single) {
                refusals.add("network " + network.name() + " " + LATER + ", since the cluster has " + nodes
                        + " nodes: name an external network that each node has, or give the services"
                        + " `network_mode: bridge` or `network_mode: host`");
            } else if (network.driver().equals("host") || network.driver().equals("null")) {
                refusals.add("network " + network.name() + " cannot be made with driver " + network.driver()
                        + ": make it external with the name "
                        + (network.driver().equals("null") ? "none" : "host"));
            } else {
                own.add(network);
            }
        }
        Map<String, ComposeService> services = new LinkedHashMap<>();
        project.services().forEach((name, service) ->
                services.put(name, withPorts(project, service, nodes, refusals)));
        return new NetworkNeeds(project.with(services), own, outside, refusals);
    }

    private static Set<String> used(ComposeProject project) {
        Set<String> used = new LinkedHashSet<>();
        project.services().values().forEach(service ->
                service.links().networks().forEach(use -> used.add(use.network())));
        return used;
    }

    private static ComposeService withPorts(ComposeProject project, ComposeService service, int nodes,
            List<String> refusals) {
        Links links = service.links();
        List<ServicePort> ingress = links.ports().stream().filter(port -> !port.onNode()).toList();
        if (ingress.isEmpty()) {
            return service;
        }
        boolean several = !hasOneTaskPerNode(service.mode());
        if (nodes > 1 || several) {
            String ports = String.join(", ", ingress.stream().map(port -> (port.published().isEmpty() ? ""
                    : port.published() + ":") + port.containerPort() + "/" + port.protocol()).toList());
            refusals.add("service " + project.serviceName(service.name()) + ": port " + ports + " of every node "
                    + LATER + ", since " + (several ? "the service may have several tasks"
                            : "the cluster has " + nodes + " nodes") + ": publish it with `mode: host`"
                    + (several ? ", or have one task" : ""));
            return service;
        }
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
