package cli.command;

import api.cluster.ClusterNetworkView;
import api.cluster.ListClusterNetworksRequest;
import api.cluster.ListClusterNetworksResponse;
import api.cluster.ListFilesResponse;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveClusterNetworkResponse;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveFileResponse;
import api.cluster.ServiceView;
import api.node.Filter;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.ListVolumesRequest;
import api.node.ListVolumesResponse;
import api.node.NetworkSummary;
import api.node.RemoveNetworkRequest;
import api.node.RemoveNetworkResponse;
import api.node.RemoveVolumeRequest;
import api.node.RemoveVolumeResponse;
import api.node.Volume;
import cli.stack.Readiness;
import cli.transport.CallException;
import clusterd.wire.ComposedService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes a stack away again: what has its label, and nothing else. */
final class StackRemoval {
    /** A container ends a little after its task has. */
    private static final int MOST_TRIES = 150;

    private final StackClient client;
    private final String stack;
    private final Console console;
    private boolean found;
    private int code;

    StackRemoval(StackClient client, String stack, Console console) {
        this.client = client;
        this.stack = stack;
        this.console = console;
    }

    /**
     * Removes its services, and once their tasks have ended the rest.
     *
     * @return 0 if nothing is left of it but what is wanted
     */
    int remove(boolean detach, boolean withVolumes) throws UsageException, CallException, IOException {
        for (ServiceView view : client.services(stack).values()) {
            found = true;
            if (!view.getService().getRemoved()) {
                console.println("Removing service " + view.getService().getSpec().getName());
                client.remove(view.getService());
            }
        }
        boolean single = client.nodes() <= 1;
        try (Interruption interruption = new Interruption()) {
            if (found && !detach) {
                interruption.await(() -> new Readiness(client.services(stack).isEmpty(), ""));
                if (interruption.isStopped()) {
                    console.say("jctl: the tasks end in the background; `jctl stack rm " + stack
                            + "` removes what is left of it then");
                    return 1;
                }
            }
            files(true);
            files(false);
            shared(detach ? 1 : MOST_TRIES, interruption);
            if (single) {
                networks(detach ? 1 : MOST_TRIES, interruption);
                if (withVolumes) {
                    volumes(detach ? 1 : MOST_TRIES, interruption);
                }
            }
        }
        if (!found) {
            console.say("Nothing found in stack: " + stack);
        }
        return code;
    }

    private void files(boolean secret) throws UsageException, CallException, IOException {
        for (ListFilesResponse.File file : StackSurroundings.files(client, secret, "")) {
            if (stack.equals(file.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                found = true;
                console.println("Removing " + (secret ? "secret " : "config ") + file.getName());
                removing(1, null, () -> client.cluster().unary("RemoveFile", RemoveFileRequest.newBuilder()
                        .setName(file.getName()).setSecret(secret).build(), RemoveFileResponse.parser()));
            }
        }
    }

    private void networks(int tries, Interruption interruption) throws UsageException, CallException, IOException {
        List<String> names = new ArrayList<>();
        for (NetworkSummary network : client.node().unary("ListNetworks", ListNetworksRequest.newBuilder()
                .addFilters(label()).build(), ListNetworksResponse.parser()).getNetworksList()) {
            boolean nodes = network.getDriver().equals("overlay");
            if (!nodes && stack.equals(network.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                names.add(network.getName());
            }
        }
        for (String name : names) {
            found = true;
            console.println("Removing network " + name);
            removing(tries, interruption, () -> client.node().unary("RemoveNetwork",
                    RemoveNetworkRequest.newBuilder().setNetwork(name).build(), RemoveNetworkResponse.parser()));
        }
    }

    private void shared(int tries, Interruption interruption) throws UsageException, CallException, IOException {
        for (ClusterNetworkView network : client.cluster().unary("ListClusterNetworks",
                ListClusterNetworksRequest.getDefaultInstance(), ListClusterNetworksResponse.parser())
                .getNetworksList()) {
            if (stack.equals(network.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                found = true;
                console.println("Removing network " + network.getName());
                removing(tries, interruption, () -> client.cluster().unary("RemoveClusterNetwork",
                        RemoveClusterNetworkRequest.newBuilder().setName(network.getId()).build(),
                        RemoveClusterNetworkResponse.parser()));
            }
        }
    }

    private void volumes(int tries, Interruption interruption) throws UsageException, CallException, IOException {
        for (Volume volume : client.node().unary("ListVolumes", ListVolumesRequest.newBuilder()
                .addFilters(label()).build(), ListVolumesResponse.parser()).getVolumesList()) {
            if (stack.equals(volume.getLabelsMap().get(ComposedService.STACK_LABEL))) {
                found = true;
                console.println("Removing volume " + volume.getName());
                removing(tries, interruption, () -> client.node().unary("RemoveVolume",
                        RemoveVolumeRequest.newBuilder().setVolume(volume.getName()).build(),
                        RemoveVolumeResponse.parser()));
            }
        }
    }

    private Filter label() {
        return Filter.newBuilder().setKey("label").setValue(ComposedService.STACK_LABEL + "=" + stack).build();
    }

    private interface Removing {
        void remove() throws UsageException, CallException, IOException;
    }

    /** Tries again while it is in use; what stays is said. */
    private void removing(int tries, Interruption interruption, Removing removing)
            throws UsageException, IOException {
        for (int left = tries; ; left--) {
            try {
                removing.remove();
                return;
            } catch (CallException e) {
                if (e.code() == CallException.NOT_FOUND) {
                    return;
                }
                if (left <= 1 || !e.reason().endsWith("IN_USE") || interruption.pause()) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                    return;
                }
            }
        }
    }
}
