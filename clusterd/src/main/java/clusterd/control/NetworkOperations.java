package clusterd.control;

import api.cluster.ClusterGrpc;
import api.cluster.ClusterNetworkView;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateClusterNetworkResponse;
import api.cluster.ListClusterNetworksRequest;
import api.cluster.ListClusterNetworksResponse;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveClusterNetworkResponse;
import api.cluster.UpdateClusterNetworkRequest;
import api.cluster.UpdateClusterNetworkResponse;
import clusterd.explain.Names;
import clusterd.manager.ClusterAccess;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.network.NetworkChoice;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import overlaynet.ipam.Subnet;
import overlaynet.policy.Policy;
import overlaynet.policy.Rule;

/** The calls of {@code cluster.proto} about networks that nodes share. */
class NetworkOperations extends ClusterGrpc.ClusterImplBase {
    private static final int ATTEMPTS = 20;

    private final ClusterAccess access;
    private final Networks networks;
    private final InstantSource clock;

    /** What a new network is made of. */
    public interface Networks {
        /** An id that no network has. */
        NetworkId freshId();

        /** What this host reaches by other ways than the cluster's networks. */
        Collection<Subnet> reached();
    }

    NetworkOperations(ClusterAccess access, Networks networks, InstantSource clock) {
        this.access = access;
        this.networks = networks;
        this.clock = clock;
    }

    @Override
    public void createClusterNetwork(CreateClusterNetworkRequest request,
            StreamObserver<CreateClusterNetworkResponse> observer) {
        Answer.with(observer, () -> {
            NetworkChoice.Wish wish = new NetworkChoice.Wish(new NetworkSpec(request.getName(),
                    new TreeMap<>(request.getLabelsMap()), request.getInternal(), request.getAttachable(),
                    request.getMtuBytes(), request.getBlockPrefix(), request.getDefaultDeny(),
                    words(request.getRulesList()), request.getEncrypted(), backend(request.getBackend())), request.getSubnetsList(), request.getIpv6());
            Collection<Subnet> reached = networks.reached();
            for (int attempt = 1;; attempt++) {
                Network network = chosen(wish, reached);
                List<Result> results = access.change(List.of(new Command.CreateNetwork(network)));
                // Somebody else may have had the same subnet chosen in the meantime.
                if (attempt == ATTEMPTS || !(results.getFirst() instanceof Result.Refused refused)
                        || refused.reason() != Result.Reason.OUT_OF_DATE) {
                    Answer.check(results);
                    return CreateClusterNetworkResponse.newBuilder().setId(network.id().value()).build();
                }
            }
        });
    }

    private static NetworkSpec.Backend backend(ClusterNetworkView.Backend wanted) {
        return switch (wanted) {
            case TUNNEL -> NetworkSpec.Backend.TUNNEL;
            case HOST_GATEWAY -> NetworkSpec.Backend.HOST_GATEWAY;
            case UNRECOGNIZED -> throw new IllegalArgumentException("this manager knows no such --backend: it is older than"
                    + " the jctl that asks");
        };
    }

    /** Makes the network that ports of every node lead through, if there is none. */
    void ensureIngress() throws Exception {
        Collection<Subnet> reached = networks.reached();
        for (int attempt = 1; access.read().networking().find(NetworkChoice.INGRESS).isEmpty(); attempt++) {
            Network network;
            try {
                network = NetworkChoice.ingress(networks.freshId(), clock.millis(), reached,
                        access.read().networking().all());
            } catch (NetworkChoice.RefusedException refused) {
                throw new IllegalArgumentException("ports of every node need a network of their own: "
                        + refused.getMessage(), refused);
            }
            List<Result> results = access.change(List.of(new Command.CreateNetwork(network)));
            if (attempt == ATTEMPTS) {
                Answer.check(results);
            }
        }
    }

    private Network chosen(NetworkChoice.Wish wish, Collection<Subnet> reached) throws Exception {
        try {
            return NetworkChoice.choose(wish, networks.freshId(), clock.millis(), reached,
                    access.read().networking().all());
        } catch (NetworkChoice.RefusedException refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }

    @Override
    public void listClusterNetworks(ListClusterNetworksRequest request,
            StreamObserver<ListClusterNetworksResponse> observer) {
        Answer.with(observer, () -> {
            ClusterState state = access.read();
            Collection<Network> some = request.getName().isEmpty() ? state.networking().all()
                    : List.of(Names.network(request.getName(), state));
            ListClusterNetworksResponse.Builder response = ListClusterNetworksResponse.newBuilder();
            some.stream().sorted(Comparator.comparing(each -> each.spec().name())).forEach(each ->
                    response.addNetworks(NetworkViews.of(each, state, !request.getName().isEmpty())));
            return response.build();
        });
    }

    /** As a state keeps rules. */
    private static List<String> words(List<String> rules) {
        return Policy.of(false, rules).rules().stream().map(Rule::toString).toList();
    }

    @Override
    public void updateClusterNetwork(UpdateClusterNetworkRequest request,
            StreamObserver<UpdateClusterNetworkResponse> observer) {
        Answer.with(observer, () -> {
            for (int attempt = 1;; attempt++) {
                ClusterState state = access.read();
                Network network = Names.network(request.getName(), state);
                Network policed = network.with(switch (request.getDefault()) {
                    case DENY -> true;
                    case ALLOW -> false;
                    case AS_IT_IS, UNRECOGNIZED -> network.spec().closed();
                }, PolicyChange.rules(network.spec().rules(), request));
                Network wanted = request.getRotateKeys() ? rekeyed(policed, state) : policed;
                List<Result> results = access.change(List.of(new Command.PutPolicy(network, wanted)));
                if (attempt == ATTEMPTS || !(results.getFirst() instanceof Result.Refused refused)
                        || refused.reason() != Result.Reason.OUT_OF_DATE) {
                    Answer.check(results);
                    return UpdateClusterNetworkResponse.newBuilder().setId(network.id().value()).build();
                }
            }
        });
    }

    private Network rekeyed(Network network, ClusterState state) {
        if (!network.spec().encrypted()) {
            throw new IllegalArgumentException("network " + network.spec().name() + " is not encrypted: it has no keys");
        }
        return network.keyed(state.networking().keysMillis(clock.millis()));
    }

    @Override
    public void removeClusterNetwork(RemoveClusterNetworkRequest request,
            StreamObserver<RemoveClusterNetworkResponse> observer) {
        Answer.with(observer, () -> {
            Network network = Names.network(request.getName(), access.read());
            Answer.check(access.change(List.of(new Command.RemoveNetwork(network.id()))));
            return RemoveClusterNetworkResponse.newBuilder().setId(network.id().value()).build();
        });
    }
}
