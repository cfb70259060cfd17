package cli.command;

import api.cluster.ClusterNetworkView;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateClusterNetworkResponse;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveClusterNetworkResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.util.Optional;

/** What {@code network create} and {@code network rm} ask a manager. */
final class OverlayNetworkFlags {
    /** docker's; what it is set to means nothing there. */
    private static final String ENCRYPTED_OPTION = "encrypted";
    static final String BACKEND_OPTION = "backend";
    static final String VXLAN = "vxlan";
    /** What is said to who asks for another one. */
    static final String BACKENDS = "expected vxlan or host-gw";
    private static final String MTU_OPTION = "com.docker.network.driver.mtu";

    private OverlayNetworkFlags() {}

    /** Makes a network that nodes share, and gives its id. */
    static String create(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        for (String option : new String[] {"gateway", "ip-range"}) {
            if (arguments.has(option)) {
                throw new UsageException("--" + option + ": each node gives addresses out of its own part of an overlay"
                        + " network, the first one its own; leave it out");
            }
        }
        CreateClusterNetworkRequest.Builder request = CreateClusterNetworkRequest.newBuilder()
                .setName(arguments.positional(0)).addAllSubnets(arguments.values("subnet"))
                .setIpv6(arguments.isOn("ipv6")).setInternal(arguments.isOn("internal"))
                .setAttachable(arguments.isOn("attachable")).setEncrypted(arguments.isOn("encrypted"))
                .setDefaultDeny(arguments.isOn("default-deny")).addAllRules(arguments.values("rule"));
        for (String label : arguments.values("label")) {
            int equals = label.indexOf('=');
            request.putLabels(equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        if (arguments.has("mtu")) {
            request.setMtuBytes(number("mtu", arguments.value("mtu")));
        }
        if (arguments.has("block")) {
            request.setBlockPrefix(number("block", arguments.value("block").replaceFirst("^/", "")));
        }
        if (arguments.has(BACKEND_OPTION)) {
            request.setBackend(backend(BACKEND_OPTION, arguments.value(BACKEND_OPTION)));
        }
        for (String option : arguments.values("opt")) {
            if (option.equals(ENCRYPTED_OPTION)) {
                request.setEncrypted(true);
                continue;
            }
            String[] pair = KeyValue.split("opt", option);
            if (pair[0].equals(ENCRYPTED_OPTION)) {
                request.setEncrypted(isEncrypted(pair[1]));
                continue;
            }
            if (pair[0].equals(BACKEND_OPTION)) {
                request.setBackend(backend("opt", pair[1]));
                continue;
            }
            if (!pair[0].equals(MTU_OPTION) && !pair[0].equals("mtu")) {
                throw new UsageException("network option " + pair[0] + " is not one of overlay networks; there are "
                        + MTU_OPTION + ", " + ENCRYPTED_OPTION + " and " + BACKEND_OPTION);
            }
            request.setMtuBytes(number("opt", pair[1]));
        }
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            return client.unary("CreateClusterNetwork", request.build(), CreateClusterNetworkResponse.parser()).getId();
        }
    }

    /** As an option of the driver: that it is there says it, unless it says false. */
    static boolean isEncrypted(String value) throws UsageException {
        if (!value.isEmpty() && !value.equals("true") && !value.equals("false")) {
            throw Arguments.invalid("opt", ENCRYPTED_OPTION + "=" + value, "expected true or false");
        }
        return !value.equals("false");
    }

    /** What leads from node to node, by its usual names; empty if it is none of them. */
    static Optional<ClusterNetworkView.Backend> backend(String name) {
        return switch (name) {
            case VXLAN -> Optional.of(ClusterNetworkView.Backend.TUNNEL);
            case "host-gw" -> Optional.of(ClusterNetworkView.Backend.HOST_GATEWAY);
            default -> Optional.empty();
        };
    }

    private static ClusterNetworkView.Backend backend(String option, String name) throws UsageException {
        return backend(name).orElseThrow(() -> Arguments.invalid(option, name, BACKENDS));
    }

    private static int number(String option, String text) throws UsageException {
        if (!text.matches("[0-9]{1,6}")) {
            throw Arguments.invalid(option, text, "expected a number");
        }
        return Integer.parseInt(text);
    }

    /** Removes one of that name or id. */
    static void remove(String network, Console console) throws CallException, IOException, UsageException {
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            client.unary("RemoveClusterNetwork", RemoveClusterNetworkRequest.newBuilder().setName(network).build(),
                    RemoveClusterNetworkResponse.parser());
        }
    }
}
