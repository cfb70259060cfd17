package runtime.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import runtime.container.ContainerOptions;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.network.NetworkView;
import runtime.network.PortBinding;
import runtime.network.PortWish;

/** The parts of {@code inspect} that are about networks, as docker writes them. */
final class NetworkJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private NetworkJson() {}

    /**
     * A network as {@code network inspect} shows it.
     *
     * @param containerName finds a container's name by its id
     */
    static String of(NetworkView network, UnaryOperator<String> containerName) {
        ObjectNode object = MAPPER.createObjectNode();
        object.put("Name", network.name()).put("Id", network.id());
        object.put("Created", network.createdAt().map(Instant::toString).orElse(""));
        object.put("Scope", "local").put("Driver", network.driver());
        object.put("EnableIPv4", !network.subnets().isEmpty()).put("EnableIPv6", network.ipv6());
        ArrayNode blocks = object.putObject("IPAM").put("Driver", "default").putArray("Config");
        for (NetworkView.AddressBlock block : network.subnets()) {
            ObjectNode entry = blocks.addObject().put("Subnet", block.subnet())
                    .put("Gateway", block.gateway());
            if (!block.range().isEmpty()) {
                entry.put("IPRange", block.range());
            }
        }
        object.put("Internal", network.internal());
        ObjectNode containers = object.putObject("Containers");
        for (NetworkView.Member member : network.members()) {
            containers.putObject(member.containerId())
                    .put("Name", containerName.apply(member.containerId()))
                    .put("MacAddress", member.endpoint().hardwareAddress())
                    .put("IPv4Address", member.endpoint().ipv4Address())
                    .put("IPv6Address", member.endpoint().ipv6Address());
        }
        ObjectNode options = object.putObject("Options");
        network.options().forEach(options::put);
        ObjectNode labels = object.putObject("Labels");
        network.labels().forEach(labels::put);
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    /** {@code HostConfig.PortBindings}: what was asked for. */
    static void bindings(ObjectNode object, List<PortWish> wishes) {
        for (PortWish wish : wishes) {
            object.withArrayProperty(wish.exposed()).addObject()
                    .put("HostIp", wish.hostAddress()).put("HostPort", wish.hostPorts());
        }
    }

    /** {@code Config.ExposedPorts}: exposed and published ones. */
    static void exposed(ObjectNode config, ContainerOptions.Network options) {
        TreeSet<String> ports = new TreeSet<>(options.exposed());
        options.ports().forEach(wish -> ports.add(wish.exposed()));
        if (!ports.isEmpty()) {
            ObjectNode object = config.putObject("ExposedPorts");
            ports.forEach(object::putObject);
        }
    }

    /**
     * {@code NetworkSettings}.
     *
     * @param endpoints its places; empty if it does not run, or has none
     * @param address   the address known without them
     */
    static void settings(ObjectNode network, ContainerOptions.Network options,
            List<Endpoint> endpoints, String address) {
        ObjectNode ports = network.putObject("Ports");
        if (!endpoints.isEmpty()) {
            for (PortBinding binding : NetworkTranslation.bindings(options, endpoints)) {
                if (binding.hostPort() == 0) {
                    ports.putNull(binding.exposed());
                } else {
                    ports.withArrayProperty(binding.exposed()).addObject()
                            .put("HostIp", binding.hostAddress())
                            .put("HostPort", Integer.toString(binding.hostPort()));
                }
            }
        }
        ObjectNode first = network;
        ObjectNode networks = network.objectNode();
        if (endpoints.isEmpty()) {
            network.put("IPAddress", address);
            for (NetworkChoice choice : options.choices()) {
                networks.putObject(choice.network()).put("NetworkID", "")
                        .put("IPAddress", address);
            }
        } else {
            place(first, endpoints.getFirst());
            for (Endpoint endpoint : endpoints) {
                ObjectNode object = networks.putObject(endpoint.network());
                object.put("NetworkID", endpoint.networkId());
                place(object, endpoint);
                endpoint.names().forEach(object.putArray("DNSNames")::add);
                options.choices().stream()
                        .filter(choice -> choice.network().equals(endpoint.network()))
                        .forEach(choice -> choice.aliases()
                                .forEach(object.withArrayProperty("Aliases")::add));
                options.choices().stream().filter(choice -> choice.network().equals(endpoint.network())
                        && !choice.interfaceName().isEmpty()).forEach(choice -> object.putObject("DriverOpts")
                                .put("com.docker.network.endpoint.ifname", choice.interfaceName()));
            }
        }
        network.set("Networks", networks);
    }

    private static void place(ObjectNode object, Endpoint endpoint) {
        object.put("Gateway", endpoint.ipv4Gateway());
        object.put("IPAddress", NetworkTranslation.bare(endpoint.ipv4Address()));
        object.put("IPPrefixLen", prefixLength(endpoint.ipv4Address()));
        object.put("IPv6Gateway", endpoint.ipv6Gateway());
        object.put("GlobalIPv6Address", NetworkTranslation.bare(endpoint.ipv6Address()));
        object.put("GlobalIPv6PrefixLen", prefixLength(endpoint.ipv6Address()));
        object.put("MacAddress", endpoint.hardwareAddress());
    }

    private static int prefixLength(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? 0 : Integer.parseInt(address.substring(slash + 1));
    }
}
