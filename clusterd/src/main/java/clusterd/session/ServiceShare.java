package clusterd.session;

import clusterd.model.EndpointPort;
import clusterd.model.NamedPort;
import clusterd.model.NetworkId;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A service as the nodes of one of its networks are told of it.
 *
 * @param network     which network
 * @param service     which
 * @param name        of it
 * @param aliases     what it is called beside its name
 * @param virtual     which of the network's addresses for services it has; empty: its name stands for its tasks
 * @param choice      which task a connection to that address goes to
 * @param tasks       those that have connections
 * @param ports       of every node that lead to them, through this network
 * @param named       of each task, found by name
 * @param labels      of it, as far as the network's policy asks for them
 * @param preferLocal whether a connection goes to a task of the node it begins at, as long as one there takes any
 */
public record ServiceShare(NetworkId network, ServiceId service, String name, List<String> aliases,
        OptionalInt virtual, ServiceEndpoint.Choice choice, List<TaskShare> tasks, List<EndpointPort> ports,
        List<NamedPort> named, SortedMap<String, String> labels, boolean preferLocal) {
    /** Copies the collections. */
    public ServiceShare {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        aliases = List.copyOf(aliases);
        tasks = List.copyOf(tasks);
        ports = List.copyOf(ports);
        named = List.copyOf(named);
    }

    /** One whose tasks are as near as each other. */
    public ServiceShare(NetworkId network, ServiceId service, String name, List<String> aliases, OptionalInt virtual,
            ServiceEndpoint.Choice choice, List<TaskShare> tasks, List<EndpointPort> ports, List<NamedPort> named,
            SortedMap<String, String> labels) {
        this(network, service, name, aliases, virtual, choice, tasks, ports, named, labels, false);
    }

    /** One without ports of the nodes, and without names for those of its tasks. */
    public ServiceShare(NetworkId network, ServiceId service, String name, List<String> aliases, OptionalInt virtual,
            ServiceEndpoint.Choice choice, List<TaskShare> tasks) {
        this(network, service, name, aliases, virtual, choice, tasks, List.of(), List.of(),
                Collections.emptySortedMap());
    }
}
