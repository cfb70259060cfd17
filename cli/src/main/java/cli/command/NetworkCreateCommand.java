package cli.command;

import api.node.CreateNetworkRequest;
import api.node.CreateNetworkResponse;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.List;

/** Makes a network and prints its id. */
final class NetworkCreateCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("network create", "Create a network")
                .positionals("NETWORK", 1, 1)
                .value('d', "driver", "string", "Kind of network: \"bridge\" (default) of this host alone, \"overlay\" of all"
                        + " nodes of the cluster")
                .value("subnet", "list", "Subnet, IPv4 or IPv6 (10.1.0.0/16, fd00:1::/64)")
                .value("gateway", "list", "The host's address in a subnet (default: the first)")
                .value("ip-range", "list", "Part of the IPv4 subnet to give addresses out of")
                .flag("ipv6", "Give it an IPv6 subnet although none is named")
                .flag("internal", "Let nothing out and nothing in")
                .value("label", "list", "Set metadata on the network")
                .value('o', "opt", "map", "com.docker.network.bridge.name=LINK,"
                        + " com.docker.network.driver.mtu=BYTES")
                .flag("encrypted", "Encrypt what nodes send each other in an overlay network (WireGuard)")
                .value("backend", "string", "What leads from node to node in an overlay network: \"vxlan\" (default), or"
                        + " \"host-gw\", plain routes, where the nodes share a segment")
                .flag("attachable", "Let containers that are no service's tasks join an overlay network")
                .value("mtu", "bytes", "Largest packet (default: what the host, or the way between nodes, carries)")
                .value("block", "prefix", "What each node gets of an overlay network's IPv4 subnet (default: /24 of"
                        + " a /16)")
                .flag("default-deny", "Let nobody in an overlay network talk to anybody unless a rule allows it")
                .value("rule", "list", "Who in an overlay network may talk to whom (\"allow web to db:5432\"); the first that"
                        + " is about a connection decides");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (arguments.value("driver").equals("overlay")) {
            console.println(OverlayNetworkFlags.create(arguments, console));
            return 0;
        }
        for (String option : List.of("attachable", "backend", "block", "default-deny", "encrypted", "rule")) {
            if (arguments.has(option)) {
                throw new UsageException("--" + option + " is of overlay networks alone: add -d overlay");
            }
        }
        MessageWriter request = new MessageWriter()
                .string(CreateNetworkRequest.NAME_FIELD_NUMBER, arguments.positional(0))
                .string(CreateNetworkRequest.DRIVER_FIELD_NUMBER, arguments.value("driver"))
                .strings(CreateNetworkRequest.SUBNETS_FIELD_NUMBER, arguments.values("subnet"))
                .strings(CreateNetworkRequest.GATEWAYS_FIELD_NUMBER, arguments.values("gateway"))
                .strings(CreateNetworkRequest.IP_RANGES_FIELD_NUMBER, arguments.values("ip-range"))
                .flag(CreateNetworkRequest.IPV6_FIELD_NUMBER, arguments.isOn("ipv6"))
                .flag(CreateNetworkRequest.INTERNAL_FIELD_NUMBER, arguments.isOn("internal"));
        for (String label : arguments.values("label")) {
            int equals = label.indexOf('=');
            request.entry(CreateNetworkRequest.LABELS_FIELD_NUMBER,
                    equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        if (arguments.has("mtu")) {
            request.entry(CreateNetworkRequest.OPTIONS_FIELD_NUMBER, "com.docker.network.driver.mtu",
                    arguments.value("mtu"));
        }
        for (String option : arguments.values("opt")) {
            String[] pair = KeyValue.split("opt", option);
            request.entry(CreateNetworkRequest.OPTIONS_FIELD_NUMBER, pair[0], pair[1]);
        }
        try (NodeClient client = NodeClient.connect(console)) {
            MessageReader response = client.unary("CreateNetwork", request);
            while (response.next()) {
                if (response.field() == CreateNetworkResponse.ID_FIELD_NUMBER) {
                    console.println(response.string());
                }
            }
        }
        return 0;
    }
}
