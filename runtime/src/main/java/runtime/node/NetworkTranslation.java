package runtime.node;

import api.node.ContainerSummary;
import api.node.CreateContainerRequest;
import api.node.NetworkPlace;
import java.util.ArrayList;
import java.util.List;
import runtime.container.ContainerException;
import runtime.container.ContainerOptions;
import runtime.container.ContainerRecord;
import runtime.network.Endpoint;
import runtime.network.ExposedPorts;
import runtime.network.NetworkChoice;
import runtime.network.PortBinding;
import runtime.network.PortWish;

/** What is asked and told of networks, between the wire and our own words. */
final class NetworkTranslation {
    private static final int LAST_PORT = 65_535;

    private NetworkTranslation() {}

    /**
     * What a container asks of networks.
     *
     * @throws ContainerException with reason INVALID_OPTION if a port is none
     */
    static ContainerOptions.Network options(CreateContainerRequest request)
            throws ContainerException {
        List<PortWish> ports = new ArrayList<>();
        for (api.node.PortRequest port : request.getPortsList()) {
            ports.add(wish(port));
        }
        List<String> exposed = new ArrayList<>();
        for (String text : request.getExposeList()) {
            exposed.add(ExposedPorts.parse(text).orElseThrow(() -> invalid("--expose " + text
                    + ": expected PORT or PORT/PROTOCOL, with tcp, udp or sctp")));
        }
        List<NetworkChoice> places = new ArrayList<>();
        for (NetworkPlace place : request.getNetworksList()) {
            places.add(choice(place));
        }
        return new ContainerOptions.Network(request.getNetworkMode(), request.getDnsList(),
                request.getDnsSearchList(), request.getDnsOptionsList(),
                request.getAddHostsList(), ports, request.getPublishAll(), exposed, places);
    }

    static NetworkChoice choice(NetworkPlace place) {
        return new NetworkChoice(place.getNetwork(), place.getAliasesList(),
                place.getIpv4Address(), place.getIpv6Address(), place.getInterfaceName());
    }

    private static PortWish wish(api.node.PortRequest port) throws ContainerException {
        String protocol = port.getProtocol().isEmpty() ? "tcp" : port.getProtocol();
        int first = port.getFirstHostPort();
        int last = port.getLastHostPort();
        boolean known = ExposedPorts.parse(port.getContainerPort() + "/" + protocol).isPresent();
        boolean range = first == 0 && last == 0 || first > 0 && first <= last && last <= LAST_PORT;
        if (!known || !range) {
            throw invalid("port " + first + "-" + last + ":" + port.getContainerPort() + "/"
                    + protocol + " cannot be published: ports are from 1 to 65535, protocols tcp,"
                    + " udp and sctp");
        }
        return new PortWish(port.getHostAddress(), first, last, port.getContainerPort(), protocol);
    }

    private static ContainerException invalid(String message) {
        return new ContainerException(ContainerException.Reason.INVALID_OPTION, message);
    }

    /** What was asked for and has no effect, a sentence each. */
    static List<String> warnings(ContainerOptions.Network options) {
        boolean ports = !options.ports().isEmpty() || options.publishAll();
        return ports && (options.mode().equals("host") || options.mode().equals("none"))
                ? List.of("no port is published: a container on network " + options.mode()
                        + " has no address of its own")
                : List.of();
    }

    /** Addresses without prefix length, IPv4 first. */
    static List<String> addresses(List<Endpoint> endpoints) {
        List<String> addresses = new ArrayList<>();
        endpoints.forEach(endpoint -> addresses.add(bare(endpoint.ipv4Address())));
        endpoints.stream().map(Endpoint::ipv6Address).filter(address -> !address.isEmpty())
                .forEach(address -> addresses.add(bare(address)));
        return addresses;
    }

    static String bare(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    /** Adds ports and networks. */
    static void addTo(ContainerSummary.Builder summary, ContainerRecord record,
            List<Endpoint> endpoints) {
        ContainerOptions.Network options = record.options().network();
        if (endpoints.isEmpty()) {
            options.choices().forEach(choice -> summary.addNetworks(choice.network()));
            return;
        }
        List<PortBinding> bindings = bindings(options, endpoints);
        for (PortBinding binding : bindings) {
            summary.addPorts(api.node.PortBinding.newBuilder()
                    .setHostAddress(binding.hostAddress()).setHostPort(binding.hostPort())
                    .setContainerPort(binding.containerPort()).setProtocol(binding.protocol()));
        }
        endpoints.forEach(endpoint -> summary.addNetworks(endpoint.network()));
    }

    /** The published ports, then the exposed ones that are not. */
    static List<PortBinding> bindings(ContainerOptions.Network options, List<Endpoint> endpoints) {
        List<PortBinding> bindings = new ArrayList<>();
        endpoints.forEach(endpoint -> bindings.addAll(endpoint.ports()));
        for (String exposed : options.exposed()) {
            if (bindings.stream().noneMatch(binding -> binding.exposed().equals(exposed))) {
                int slash = exposed.indexOf('/');
                bindings.add(new PortBinding("", 0, Integer.parseInt(exposed.substring(0, slash)),
                        exposed.substring(slash + 1)));
            }
        }
        return bindings;
    }
}
