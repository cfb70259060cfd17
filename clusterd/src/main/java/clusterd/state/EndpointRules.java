package clusterd.state;

import clusterd.model.EndpointPort;
import clusterd.model.HostPort;
import clusterd.model.NetworkId;
import clusterd.model.NetworkUse;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskTemplate;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whose a port of all nodes is, and which nodes are in a network because of one. */
final class EndpointRules {
    private EndpointRules() {
    }

    /** Why a service cannot have the ports it wants. */
    static Optional<Refused> refusal(ServiceId id, ServiceSpec spec, Draft draft) {
        List<EndpointPort> wanted = spec.reached().ports();
        if (!wanted.isEmpty() && network(spec.task(), draft).isEmpty()) {
            return Optional.of(new Refused(Reason.INVALID, "ports of service " + spec.name() + " cannot be published on"
                    + " every node: it is in no network of the cluster that has an outside"));
        }
        if (spec.reached().ports().stream().anyMatch(each -> each.published() == 0)
                && numbered(id, spec, Optional.ofNullable(draft.service(id)).map(Service::spec), draft).reached().ports()
                        .stream().anyMatch(each -> each.published() == 0)) {
            return Optional.of(new Refused(Reason.EXHAUSTED, "every port from " + EndpointPort.FIRST_FREE + " to "
                    + EndpointPort.LAST_FREE + " is published already: name one for service " + spec.name()));
        }
        for (Service other : draft.services()) {
            if (other.removed() || other.id().equals(id)) {
                continue;
            }
            for (EndpointPort port : wanted) {
                boolean every = other.spec().reached().ports().stream().anyMatch(port::collidesWith);
                if (every || other.spec().task().hostPorts().contains(new HostPort(port.protocol(), port.published()))) {
                    return Optional.of(taken(port.toString(), other));
                }
            }
            for (HostPort port : spec.task().hostPorts()) {
                if (other.spec().reached().ports().stream().anyMatch(each -> each.published() == port.port()
                        && each.protocol().equals(port.protocol()))) {
                    return Optional.of(taken(port.toString(), other));
                }
            }
        }
        return Optional.empty();
    }

    private static Refused taken(String port, Service by) {
        return new Refused(Reason.IN_USE, "port " + port + " is published by service " + by.spec().name()
                + ": choose another, or publish that one elsewhere");
    }

    /** The network a service's ports lead through: the first of the cluster that has an outside. */
    static Optional<NetworkId> network(TaskTemplate task, Draft draft) {
        return task.networks().stream().map(NetworkUse::network).filter(each -> draft.networking().find(each)
                .filter(network -> !network.spec().internal()).isPresent()).findFirst();
    }

    /** The same with a port of the nodes for each that names none: the one it had, or a free one. */
    static ServiceSpec numbered(ServiceId id, ServiceSpec spec, Optional<ServiceSpec> before, Draft draft) {
        if (spec.reached().ports().stream().allMatch(each -> each.published() != 0)) {
            return spec;
        }
        Set<Integer> taken = new HashSet<>();
        for (Service each : draft.services()) {
            if (!each.removed() && !each.id().equals(id)) {
                each.spec().reached().ports().forEach(port -> taken.add(port.published()));
                each.spec().task().hostPorts().forEach(port -> taken.add(port.port()));
            }
        }
        spec.reached().ports().forEach(port -> taken.add(port.published()));
        List<EndpointPort> ports = new ArrayList<>();
        int next = EndpointPort.FIRST_FREE;
        for (EndpointPort port : spec.reached().ports()) {
            int published = port.published();
            if (published == 0) {
                published = before.stream().flatMap(had -> had.reached().ports().stream())
                        .filter(had -> had.target() == port.target() && had.protocol().equals(port.protocol())
                                && !taken.contains(had.published())).mapToInt(EndpointPort::published).findFirst().orElse(0);
                while (published == 0 && next <= EndpointPort.LAST_FREE) {
                    published = taken.contains(next) ? 0 : next;
                    next++;
                }
                taken.add(published);
            }
            ports.add(port.at(published));
        }
        return spec.with(spec.reached().with(ports));
    }

    /** Every node that is there leads the ports of a service on, so it needs a part of that network. */
    static void spread(ServiceSpec spec, Draft draft) {
        if (!spec.reached().ports().isEmpty()) {
            network(spec.task(), draft).ifPresent(network -> draft.nodes().stream().filter(Node::takesTasks)
                    .map(Node::id).toList().forEach(node -> NetworkRules.take(network, node, draft)));
        }
    }

    /** A node that comes leads on what is published. */
    static void join(NodeId node, Draft draft) {
        Node its = draft.node(node);
        if (its == null || !its.takesTasks()) {
            return;
        }
        SortedSet<NetworkId> networks = new TreeSet<>();
        for (Service each : draft.services()) {
            if (!each.removed() && !each.spec().reached().ports().isEmpty()) {
                network(each.spec().task(), draft).ifPresent(networks::add);
            }
        }
        networks.forEach(network -> NetworkRules.take(network, node, draft));
    }
}
