package runtime.node;

import api.node.ConnectNetworkRequest;
import api.node.ConnectNetworkResponse;
import api.node.CreateNetworkRequest;
import api.node.CreateNetworkResponse;
import api.node.DisconnectNetworkRequest;
import api.node.DisconnectNetworkResponse;
import api.node.InspectNetworkRequest;
import api.node.InspectNetworkResponse;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.NetworkSummary;
import api.node.PruneNetworksRequest;
import api.node.PruneNetworksResponse;
import api.node.RemoveNetworkRequest;
import api.node.RemoveNetworkResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import runtime.container.ContainerException;
import runtime.container.ContainerNetworks;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;

/** The calls about networks. */
final class NetworkCalls {
    private final ContainerNetworks networks;

    NetworkCalls(ContainerNetworks networks) {
        this.networks = networks;
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
        return RemoveNetworkResponse.newBuilder()
                .setId(networks.remove(request.getNetwork()).id()).build();
    }

    ConnectNetworkResponse connect(ConnectNetworkRequest request)
            throws ContainerException, IOException {
        networks.connect(NetworkTranslation.choice(request.getPlace()), request.getContainer());
        return ConnectNetworkResponse.getDefaultInstance();
    }

    DisconnectNetworkResponse disconnect(DisconnectNetworkRequest request)
            throws ContainerException, IOException {
        networks.disconnect(request.getNetwork(), request.getContainer());
        return DisconnectNetworkResponse.getDefaultInstance();
    }

    PruneNetworksResponse prune(PruneNetworksRequest request)
            throws ContainerException, IOException {
        NetworkFilters filters = new NetworkFilters(request.getFiltersList(), Instant.now());
        List<String> removed = networks.prune(filters::accept);
        return PruneNetworksResponse.newBuilder().addAllRemoved(removed).build();
    }
}
