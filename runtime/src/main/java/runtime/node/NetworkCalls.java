package runtime.node;

import api.node.ConnectNetworkRequest;
import api.node.ConnectNetworkResponse;
import api.node.CreateNetworkRequest;
import api.node.CreateNetworkResponse;
import api.node.DisconnectNetworkRequest;
import api.node.DisconnectNetworkResponse;
import api.node.ExamineNetworksRequest;
import api.node.ExamineNetworksResponse;
import api.node.InspectNetworkRequest;
import api.node.InspectNetworkResponse;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.NetworkSummary;
import api.node.NetworkFlowsRequest;
import api.node.NetworkFlowsResponse;
import api.node.PruneNetworksRequest;
import api.node.PruneNetworksResponse;
import api.node.RemoveNetworkRequest;
import api.node.RemoveNetworkResponse;
import api.node.TraceNetworkRequest;
import api.node.TraceNetworkResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import runtime.container.ContainerException;
import runtime.container.ContainerNetworks;
import runtime.event.Event;
import runtime.event.EventSink;
import runtime.network.NetworkFlows;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.network.TraceHop;

/** The calls about networks. */
final class NetworkCalls {
    private final ContainerNetworks networks;

    private final EventSink events;

    NetworkCalls(ContainerNetworks networks, EventSink events) {
        this.networks = networks;
        this.events = events;
    }

    private void tell(String action, String id, String name, String... more) {
        Map<String, String> attributes = new HashMap<>(Map.of("name", name, "type", "bridge"));
        if (more.length == 2) {
            attributes.put(more[0], more[1]);
        }
        events.tell(Event.Type.NETWORK, action, id, attributes);
    }

    CreateNetworkResponse create(CreateNetworkRequest request)
            throws ContainerException, IOException {
        if (!request.getDriver().isEmpty() && !request.getDriver().equals("bridge")) {
            throw new ContainerException(ContainerException.Reason.UNSUPPORTED, "network driver "
                    + request.getDriver() + " is not known here; there is bridge");
        }
        NetworkView made = networks.create(new NetworkSpec(request.getName(),
                request.getSubnetsList(), request.getGatewaysList(), request.getIpRangesList(),
                request.getIpv6(), request.getInternal(), request.getLabelsMap(),
                request.getOptionsMap()));
        tell("create", made.id(), made.name());
        return CreateNetworkResponse.newBuilder().setId(made.id()).build();
    }

    ListNetworksResponse list(ListNetworksRequest request) {
        NetworkFilters filters = new NetworkFilters(request.getFiltersList(), Instant.now());
        ListNetworksResponse.Builder response = ListNetworksResponse.newBuilder();
        for (NetworkView network : networks.list()) {
            if (filters.accept(network)) {
                response.addNetworks(summary(network));
            }
        }
        return response.build();
    }

    private static NetworkSummary summary(NetworkView network) {
        NetworkSummary.Builder summary = NetworkSummary.newBuilder()
                .setId(network.id()).setName(network.name()).setDriver(network.driver())
                .setInternal(network.internal()).setIpv6(network.ipv6())
                .putAllLabels(network.labels())
                .addAllSubnets(network.subnets().stream()
                        .map(NetworkView.AddressBlock::subnet).toList());
        network.createdAt().ifPresent(
                at -> summary.setCreatedUnixNanos(ReplyTranslation.nanos(at)));
        return summary.build();
    }

    InspectNetworkResponse inspect(InspectNetworkRequest request) throws ContainerException {
        return InspectNetworkResponse.newBuilder()
                .setJson(NetworkJson.of(networks.get(request.getNetwork()), networks::nameOf))
                .build();
    }

    RemoveNetworkResponse remove(RemoveNetworkRequest request)
            throws ContainerException, IOException {
        NetworkView removed = networks.remove(request.getNetwork());
        tell("destroy", removed.id(), removed.name());
        return RemoveNetworkResponse.newBuilder().setId(removed.id()).build();
    }

    ConnectNetworkResponse connect(ConnectNetworkRequest request)
            throws ContainerException, IOException {
        NetworkView network = networks.get(request.getPlace().getNetwork());
        networks.connect(NetworkTranslation.choice(request.getPlace()), request.getContainer());
        tell("connect", network.id(), network.name(), "container", request.getContainer());
        return ConnectNetworkResponse.getDefaultInstance();
    }

    DisconnectNetworkResponse disconnect(DisconnectNetworkRequest request)
            throws ContainerException, IOException {
        NetworkView network = networks.get(request.getNetwork());
        networks.disconnect(request.getNetwork(), request.getContainer());
        tell("disconnect", network.id(), network.name(), "container", request.getContainer());
        return DisconnectNetworkResponse.getDefaultInstance();
    }

    TraceNetworkResponse trace(TraceNetworkRequest request) throws ContainerException, IOException {
        return TraceNetworkResponse.newBuilder().addAllHops(networks.trace(request.getContainer(), request.getTarget(),
                request.getPort()).stream().map(NetworkCalls::hop).toList()).build();
    }

    ExamineNetworksResponse examine(ExamineNetworksRequest request) throws ContainerException, IOException {
        return ExamineNetworksResponse.newBuilder().addAllChecks(networks.examine(request.getNetwork()).stream()
                .map(NetworkCalls::hop).toList()).build();
    }

    private static TraceNetworkResponse.Hop hop(TraceHop hop) {
        return TraceNetworkResponse.Hop.newBuilder().setName(hop.name())
                .setState(TraceNetworkResponse.Hop.State.forNumber(hop.state().ordinal()))
                .setWhat(hop.what()).setMend(hop.mend()).build();
    }

    NetworkFlowsResponse flows(NetworkFlowsRequest request) throws ContainerException, IOException {
        NetworkFlowsResponse.Builder response = NetworkFlowsResponse.newBuilder();
        for (NetworkFlows each : networks.flows(request.getNetwork())) {
            NetworkFlowsResponse.Network.Builder network = NetworkFlowsResponse.Network.newBuilder().setName(each.network());
            each.refused().forEach(its -> network.addRefused(NetworkFlowsResponse.Refused.newBuilder()
                    .setFrom(its.from()).setTo(its.to()).setProtocol(its.protocol()).setPort(its.port())
                    .setPackets(its.packets()).setAgoSeconds(its.agoSeconds()).setRule(its.rule())));
            each.rules().forEach(its -> network.addRules(NetworkFlowsResponse.Rule.newBuilder().setRule(its.rule())
                    .setPackets(its.packets())));
            response.addNetworks(network);
        }
        return response.build();
    }

    PruneNetworksResponse prune(PruneNetworksRequest request)
            throws ContainerException, IOException {
        NetworkFilters filters = new NetworkFilters(request.getFiltersList(), Instant.now());
        List<String> removed = networks.prune(filters::accept);
        removed.forEach(name -> tell("destroy", name, name));
        return PruneNetworksResponse.newBuilder().addAllRemoved(removed).build();
    }
}
