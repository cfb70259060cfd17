package clusterd.state;

import clusterd.model.Block;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkUse;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskAddress;
import clusterd.model.TaskStatus;
import clusterd.model.VirtualAddress;
import clusterd.network.NetworkChoice;
import clusterd.network.NetworkLayout;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Mesh;

/** What commands about networks do, and what others do to networks. */
final class NetworkRules {
    private NetworkRules() {
    }

    static Result create(Network network, Draft draft) {
        Networking there = draft.networking();
        if (there.find(network.spec().name()).isPresent()) {
            return new Refused(Reason.EXISTS, "network " + network.spec().name() + " is there already: remove it"
                    + " (jctl network rm " + network.spec().name() + ") or choose another name");
        }
        if (there.find(network.id()).isPresent()) {
            return new Refused(Reason.EXISTS, "network id " + network.id() + " is taken: try again");
        }
        if (there.all().size() >= Network.MOST) {
            return new Refused(Reason.EXHAUSTED, "the cluster has " + Network.MOST + " networks already: remove one");
        }
        for (String subnet : network.subnets()) {
            Optional<Network> other = NetworkChoice.overlapping(Subnet.parse(subnet), there.all());
            if (other.isPresent()) {
                return new Refused(Reason.OUT_OF_DATE, "subnet " + subnet + " overlaps that of the network "
                        + other.get().spec().name() + ", which was made meanwhile: try again");
            }
        }
        OptionalInt number = network.spec().encrypted() ? there.freeEncryptedNumber(network.id())
                : OptionalInt.of(there.freeNumber(network.id()));
        if (number.isEmpty()) {
            return new Refused(Reason.EXHAUSTED, "the cluster has " + Mesh.ENCRYPTED_PORTS + " encrypted networks already,"
                    + " each with a port of its own: remove one");
        }
        draft.put(network.numbered(number.getAsInt()));
        return Result.DONE;
    }

    static Result remove(NetworkId id, Draft draft) {
        Network network = draft.networking().find(id).orElse(null);
        if (network == null) {
            return noNetwork(id.value());
        }
        for (Service service : draft.services()) {
            boolean names = service.templates().values().stream().flatMap(each -> each.networks().stream())
                    .anyMatch(use -> use.network().equals(id));
            if (names && !service.removed()) {
                return new Refused(Reason.IN_USE, "network " + network.spec().name() + " is used by service "
                        + service.spec().name());
            }
        }
        for (Block block : draft.networking().blocks(id)) {
            for (Task task : draft.tasksOf(block.node())) {
                if (task.holdsNode() && uses(task, id, draft)) {
                    return new Refused(Reason.IN_USE, "network " + network.spec().name() + " is used by task "
                            + task.id() + ", which has not ended yet");
                }
            }
        }
        draft.remove(network);
        return Result.DONE;
    }

    static Result put(Command.PutPolicy put, Draft draft) {
        Network network = draft.networking().find(put.wanted().id()).orElse(null);
        if (network == null) {
            return noNetwork(put.wanted().id().value());
        }
        if (!network.equals(put.expected())) {
            return new Refused(Reason.OUT_OF_DATE, "network " + network.spec().name() + " was changed meanwhile: look at it"
                    + " and try again");
        }
        draft.put(network.with(put.wanted().spec().closed(), put.wanted().spec().rules())
                .keyed(put.wanted().keysMillis()));
        return Result.DONE;
    }

    private static boolean uses(Task task, NetworkId network, Draft draft) {
        Service service = draft.service(task.service());
        return service != null && service.template(task.specVersion()).networks().stream()
                .anyMatch(use -> use.network().equals(network));
    }

    static Refused noNetwork(String id) {
        return new Refused(Reason.NOT_FOUND, "there is no network " + id + ": `jctl network ls` lists them");
    }

    static Result take(NetworkId id, NodeId node, Draft draft) {
        Network network = draft.networking().find(id).orElse(null);
        if (network == null) {
            return noNetwork(id.value());
        }
        Node its = draft.node(node);
        if (its == null) {
            return Rules.noNode(node.value());
        }
        if (draft.networking().block(id, node).isPresent()) {
            return Result.DONE;
        }
        NetworkLayout layout = NetworkLayout.of(network);
        OptionalInt place = draft.networking().freeBlock(id, layout.blocks());
        if (place.isEmpty()) {
            return new Refused(Reason.EXHAUSTED, "network " + network.spec().name() + " has no block left for node "
                    + its.description().hostname() + ": " + layout.blocks() + " nodes hold one each (jctl network"
                    + " inspect " + network.spec().name() + "); remove nodes that are gone, or make a network with a"
                    + " larger subnet");
        }
        draft.put(new Block(id, node, place.getAsInt()));
        return Result.DONE;
    }

    /** A node that is given a task has a part of each of its networks, if there is one left; it says so if not. */
    static void takeFor(Task task, NodeId node, Draft draft) {
        for (NetworkUse use : draft.service(task.service()).template(task.specVersion()).networks()) {
            take(use.network(), node, draft);
        }
    }

    /** Of the addresses a node says its task has those that are the node's to give: others are no word of it. */
    static TaskStatus owned(TaskStatus status, NodeId node, Draft draft) {
        if (status.addresses().isEmpty()) {
            return status;
        }
        List<TaskAddress> owned = new ArrayList<>();
        Set<String> parts = new HashSet<>();
        for (TaskAddress each : status.addresses()) {
            // One of each part: a container has no more, and every node is told of all of them.
            part(each, node, draft).filter(part -> parts.add(each.network() + " " + part)).ifPresent(part ->
                    owned.add(new TaskAddress(each.network(), Subnet.literal(each.address()).getHostAddress())));
        }
        return status.with(owned);
    }

    /** The part of a network that is the node's and has the address, which is not the node's own. */
    private static Optional<Subnet> part(TaskAddress address, NodeId node, Draft draft) {
        Network network = draft.networking().find(address.network()).orElse(null);
        Block block = draft.networking().block(address.network(), node).orElse(null);
        if (network == null || block == null) {
            return Optional.empty();
        }
        try {
            InetAddress its = Subnet.literal(address.address());
            return NetworkLayout.of(network).block(block.place()).stream().filter(each -> each.contains(its)
                    && !each.at(1).equals(its)).findFirst();
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    static Result release(Command.ReleaseBlock release, Draft draft) {
        Block block = draft.networking().block(release.network(), release.node()).orElse(null);
        if (block == null) {
            return Result.DONE;
        }
        for (Task task : draft.tasksOf(release.node())) {
            if (task.holdsNode() && uses(task, release.network(), draft)) {
                return new Refused(Reason.IN_USE, "node " + release.node() + " has task " + task.id()
                        + " in network " + release.network());
            }
        }
        draft.remove(block);
        return Result.DONE;
    }

    static Optional<Refused> missing(ServiceSpec spec, Draft draft) {
        for (NetworkUse use : spec.task().networks()) {
            Network network = draft.networking().find(use.network()).orElse(null);
            if (network == null) {
                return Optional.of(noNetwork(use.network().value()));
            }
        }
        return Optional.empty();
    }

    /** Gives a service an address in each network it is in, and takes those back it needs no more. */
    static void address(ServiceId id, ServiceSpec spec, Draft draft) {
        EndpointRules.spread(spec, draft);
        Set<NetworkId> wanted = new HashSet<>();
        if (spec.reached().mode() == ServiceEndpoint.Mode.VIRTUAL) {
            spec.task().networks().forEach(use -> wanted.add(use.network()));
        }
        for (Network network : draft.networking().all()) {
            Optional<VirtualAddress> has = draft.networking().virtual(network.id(), id);
            if (has.isPresent() && !wanted.contains(network.id())) {
                draft.remove(has.get());
            } else if (has.isEmpty() && wanted.contains(network.id())) {
                // Without one its name stands for its tasks.
                draft.networking().freeVirtual(network.id(), NetworkLayout.of(network).virtuals())
                        .ifPresent(place -> draft.put(new VirtualAddress(network.id(), id, place)));
            }
        }
    }

    static void forget(ServiceId id, Draft draft) {
        for (Network network : draft.networking().all()) {
            draft.networking().virtual(network.id(), id).ifPresent(draft::remove);
        }
    }
}
