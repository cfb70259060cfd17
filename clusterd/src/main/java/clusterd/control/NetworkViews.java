package clusterd.control;

import api.cluster.ClusterNetworkView;
import clusterd.explain.Names;
import clusterd.model.Block;
import clusterd.model.Network;
import clusterd.model.NetworkSpec;
import clusterd.model.Task;
import clusterd.model.TaskAddress;
import clusterd.network.NetworkLayout;
import clusterd.state.ClusterState;
import java.net.InetAddress;
import java.util.List;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Mesh;

/** Networks as users see them. */
final class NetworkViews {
    private NetworkViews() {
    }

    /** @param whole with who has which part and which address of it */
    static ClusterNetworkView of(Network network, ClusterState state, boolean whole) {
        ClusterNetworkView.Builder view = ClusterNetworkView.newBuilder().setId(network.id().value())
                .setName(network.spec().name()).putAllLabels(network.spec().labels())
                .addAllSubnets(network.subnets()).setInternal(network.spec().internal())
                .setAttachable(network.spec().attachable()).setMtuBytes(network.spec().mtuBytes())
                .setNumber(network.number()).setCreatedMillis(network.createdMillis())
                .setDefaultDeny(network.spec().closed()).addAllRules(network.spec().rules())
                .setEncrypted(network.spec().encrypted()).setKeysMillis(network.keysMillis())
                .setBackend(network.spec().backend() == NetworkSpec.Backend.HOST_GATEWAY ? ClusterNetworkView.Backend.HOST_GATEWAY
                        : ClusterNetworkView.Backend.TUNNEL);
        if (network.spec().encrypted()) {
            view.setPort(Mesh.encryptedPort(network.number()));
        }
        if (whole) {
            addParts(view, network, state);
        }
        return view.build();
    }

    private static void addParts(ClusterNetworkView.Builder view, Network network, ClusterState state) {
        NetworkLayout layout = NetworkLayout.of(network);
        state.networking().virtuals(network.id()).forEach(each -> view.addServices(
                ClusterNetworkView.Member.newBuilder()
                        .setName(state.service(each.service()).map(its -> its.spec().name()).orElse("?"))
                        .addAllAddresses(layout.virtual(each.place()).stream().map(InetAddress::getHostAddress)
                                .toList())));
        for (Block block : state.networking().blocks(network.id())) {
            view.addBlocks(ClusterNetworkView.Block.newBuilder().setNodeName(Names.node(block.node(), state))
                    .addAllSubnets(layout.block(block.place()).stream().map(Subnet::toString).toList())
                    .setTunnelKey(network.spec().encrypted() ? state.node(block.node())
                            .map(each -> each.description().tunnelKey()).orElse("") : "")
                    .setUnderlay(state.node(block.node()).map(each -> each.description().underlay()).orElse("")));
            state.tasksOf(block.node()).forEach(task -> {
                List<String> addresses = task.status().addresses().stream()
                        .filter(each -> each.network().equals(network.id())).map(TaskAddress::address).toList();
                if (!addresses.isEmpty()) {
                    view.addTasks(member(task, addresses, state));
                }
            });
        }
    }

    private static ClusterNetworkView.Member member(Task task, List<String> addresses, ClusterState state) {
        return ClusterNetworkView.Member.newBuilder().setName(Names.of(task, state)).addAllAddresses(addresses)
                .setNodeName(task.node().map(each -> Names.node(each, state)).orElse("")).build();
    }
}
