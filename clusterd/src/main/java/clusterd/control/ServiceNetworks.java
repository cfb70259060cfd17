package clusterd.control;

import api.node.CreateContainerRequest;
import api.node.NetworkPlace;
import clusterd.model.ContainerTemplate;
import clusterd.model.Network;
import clusterd.model.NetworkUse;
import clusterd.model.ServiceSpec;
import clusterd.network.NetworkChoice;
import clusterd.state.Networking;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which of the networks that a service's container names are the cluster's. */
final class ServiceNetworks {
    private ServiceNetworks() {
    }

    /** Whether ports of every node are to lead to it, and it is in no network that could lead them there. */
    static boolean needsIngress(ServiceSpec spec, Networking networking) {
        return !spec.reached().ports().isEmpty() && spec.task().networks().stream().noneMatch(use ->
                networking.find(use.network()).filter(each -> !each.spec().internal()).isPresent());
    }

    /**
     * The same in the network of such services as well.
     *
     * @throws IllegalArgumentException if its tasks have no network of their own
     */
    static ServiceSpec inIngress(ServiceSpec spec) throws InvalidProtocolBufferException {
        CreateContainerRequest.Builder options =
                CreateContainerRequest.parseFrom(spec.task().container().options()).toBuilder();
        String mode = options.getNetworkMode();
        if (mode.equals("host") || mode.equals("none") || mode.startsWith("cni:")) {
            throw new IllegalArgumentException("ports of every node cannot lead to tasks on the network " + mode
                    + ": leave --network out, or publish with mode=host");
        }
        if (options.getNetworksCount() == 0 && !mode.isEmpty()) {
            options.addNetworks(NetworkPlace.newBuilder().setNetwork(mode));
        }
        options.addNetworks(NetworkPlace.newBuilder().setNetwork(NetworkChoice.INGRESS));
        options.setNetworkMode(options.getNetworks(0).getNetwork());
        return spec.with(spec.task().with(new ContainerTemplate(spec.task().container().image(),
                options.build().toByteArray())));
    }

    /**
     * The same with those networks noted.
     *
     * @throws IllegalArgumentException if it asks of one what a service's task cannot have
     */
    static ServiceSpec resolved(ServiceSpec spec, Networking networking) {
        CreateContainerRequest options;
        try {
            options = CreateContainerRequest.parseFrom(spec.task().container().options());
        } catch (InvalidProtocolBufferException told) {
            return spec;
        }
        List<NetworkPlace> places = new ArrayList<>(options.getNetworksList());
        if (places.isEmpty() && !options.getNetworkMode().isEmpty()) {
            places.add(NetworkPlace.newBuilder().setNetwork(options.getNetworkMode()).build());
        }
        List<NetworkUse> uses = new ArrayList<>();
        for (NetworkPlace place : places) {
            Optional<Network> network = networking.find(place.getNetwork());
            if (network.isPresent()) {
                if (!place.getIpv4Address().isEmpty() || !place.getIpv6Address().isEmpty()) {
                    throw new IllegalArgumentException("network " + place.getNetwork() + ": tasks come and go, and"
                            + " have no address of their own to keep; leave --ip and --ip6 out: the service's"
                            + " name and virtual address stay");
                }
                uses.add(new NetworkUse(network.get().id(), place.getAliasesList()));
            }
        }
        return uses.equals(spec.task().networks()) ? spec : spec.with(spec.task().withNetworks(uses));
    }
}
