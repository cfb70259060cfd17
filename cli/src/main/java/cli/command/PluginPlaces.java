package cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import overlaynet.cni.AddResult;
import overlaynet.cni.CniException;
import overlaynet.plugin.PluginNetworks;
import overlaynet.plugin.PluginNetworks.Added;
import overlaynet.plugin.PluginNetworks.Wish;
import runtime.container.ContainerException;
import runtime.container.ContainerException.Reason;
import runtime.container.ContainerNetwork.Attachment;
import runtime.container.ContainerNetwork.PlaceRequest;
import runtime.container.ContainerOptions;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.network.NetworkView;
import runtime.network.PortBinding;
import runtime.network.PortWish;

/** Places in CNI networks, in the runtime's words. */
final class PluginPlaces {
    private static final String PREFIX = "cni:";

    private final PluginNetworks networks;

    PluginPlaces(PluginNetworks networks) {
        this.networks = networks;
    }

    /** Whether a CNI network is among those asked for. */
    static boolean isMeant(ContainerOptions.Network options) {
        return options.choices().stream().anyMatch(each -> each.network().startsWith(PREFIX));
    }

    /** Says what cannot be had. */
    void check(ContainerOptions.Network options) throws ContainerException {
        try {
            for (Wish wish : wishes(List.of(), options)) {
                networks.check(wish);
            }
        } catch (CniException refused) {
            throw refusal(refused);
        } catch (IOException unreadable) {
            throw new ContainerException(Reason.START_FAILED,
                    "the CNI configurations cannot be read: " + unreadable, 125, unreadable);
        }
    }

    private static ContainerException refusal(CniException refused) {
        return new ContainerException(switch (refused.kind()) {
            case NETWORK_NOT_FOUND -> Reason.NETWORK_NOT_FOUND;
            case INVALID -> Reason.INVALID_OPTION;
            case PORT_IN_USE -> Reason.PORT_IN_USE;
            case PLUGIN_FAILED -> Reason.START_FAILED;
        }, refused.getMessage(), 125, refused);
    }

    /** The first network has the ports. */
    private static List<Wish> wishes(List<String> names, ContainerOptions.Network options)
            throws ContainerException {
        List<PluginNetworks.Port> ports = new ArrayList<>();
        for (PortWish wish : options.published()) {
            ports.add(new PluginNetworks.Port(
                    PlaceTranslation.address("--publish", wish.hostAddress()).isEmpty() ? ""
                            : wish.hostAddress(), wish.firstHostPort(), wish.lastHostPort(),
                    wish.containerPort(), wish.protocol()));
        }
        List<Wish> wishes = new ArrayList<>();
        for (NetworkChoice choice : options.choices()) {
            if (!choice.network().startsWith(PREFIX)) {
                throw new ContainerException(Reason.INVALID_OPTION, "conflicting options: --network "
                        + choice.network() + " cannot be combined with a CNI network");
            }
            if (!choice.interfaceName().isEmpty()) {
                throw new ContainerException(Reason.INVALID_OPTION, "interface name " + choice.interfaceName()
                        + ": links of CNI networks are called eth0, eth1 and so on");
            }
            List<String> called = new ArrayList<>(names);
            called.addAll(choice.aliases());
            wishes.add(new Wish(choice.network().substring(PREFIX.length()), called,
                    addresses(choice), wishes.isEmpty() ? ports : List.of()));
        }
        return wishes;
    }

    private static List<String> addresses(NetworkChoice choice) throws ContainerException {
        List<String> addresses = new ArrayList<>();
        if (PlaceTranslation.address("--ip", choice.ipv4Address()).isPresent()) {
            addresses.add(choice.ipv4Address());
        }
        if (PlaceTranslation.address("--ip6", choice.ipv6Address()).isPresent()) {
            addresses.add(choice.ipv6Address());
        }
        return addresses;
    }

    /** Runs the plug-ins for a created container. */
    Attachment wire(PlaceRequest request, int pid) throws ContainerException, IOException {
        List<Added> added;
        try {
            added = networks.add(request.containerId(),
                    Path.of("/proc", Integer.toString(pid), "ns/net"),
                    wishes(request.names(), request.options()));
        } catch (CniException refused) {
            throw refusal(refused);
        }
        List<String> addresses = new ArrayList<>();
        List<String> servers = new ArrayList<>();
        for (Added each : added) {
            each.result().addresses().forEach(address -> addresses.add(address.text()));
            servers.addAll(each.result().nameServers());
        }
        return new Attachment(request.containerId(), addresses,
                added.isEmpty() ? "" : gateway(added.getFirst(), false), servers, List.of(),
                List.of(), List.of());
    }

    /** With the networks' search domains and resolver options, where the user names none. */
    ContainerOptions.Network completed(String containerId, ContainerOptions.Network options) {
        List<String> search = new ArrayList<>(options.dnsSearch());
        List<String> resolver = new ArrayList<>(options.dnsOptions());
        for (Added added : networks.added(containerId)) {
            if (options.dnsSearch().isEmpty()) {
                search.addAll(added.result().searchDomains());
            }
            if (options.dnsOptions().isEmpty()) {
                resolver.addAll(added.result().resolverOptions());
            }
        }
        return new ContainerOptions.Network(options.mode(), options.dns(), search, resolver,
                options.hosts(), options.ports(), options.publishAll(), options.exposed(),
                options.places());
    }

    private static String gateway(Added added, boolean ipv6) {
        return address(added, ipv6).map(AddResult.Address::gateway).orElse("");
    }

    private static Optional<AddResult.Address> address(Added added, boolean ipv6) {
        return added.result().addresses().stream()
                .filter(each -> each.isIpv6() == ipv6).findFirst();
    }

    /** A container's places; empty if it is in no CNI network. */
    List<Endpoint> endpoints(String containerId) {
        return networks.added(containerId).stream().map(PluginPlaces::endpoint).toList();
    }

    private static Endpoint endpoint(Added added) {
        List<PortBinding> ports = added.ports().stream().map(port -> new PortBinding(
                port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress(), port.hostPort(),
                port.containerPort(), port.protocol())).toList();
        String name = PREFIX + added.network();
        return new Endpoint(name, id(name), false,
                address(added, false).map(AddResult.Address::text).orElse(""),
                gateway(added, false),
                address(added, true).map(AddResult.Address::text).orElse(""),
                gateway(added, true), added.result().hardwareAddress(), List.of(), ports);
    }

    /** A configuration has a name only; an id shall be the same tomorrow. */
    private static String id(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    void release(String containerId) throws IOException {
        networks.delete(containerId);
    }

    List<String> reconcile(Set<String> aliveIds) {
        return networks.reconcile(aliveIds);
    }

    /** All CNI networks, as networks are shown. */
    List<NetworkView> views() {
        try {
            return networks.names().stream().map(this::view).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the CNI configurations cannot be read", unreadable);
        }
    }

    private NetworkView view(String network) {
        String name = PREFIX + network;
        List<NetworkView.Member> members = new ArrayList<>();
        for (String container : networks.members(network)) {
            endpoints(container).stream().filter(each -> each.network().equals(name))
                    .forEach(each -> members.add(new NetworkView.Member(container, each)));
        }
        return new NetworkView(id(name), name, "cni", Optional.empty(), false, List.of(), Map.of(),
                Map.of(), members);
    }

    static void refuseRemoval(List<NetworkView> views, String name) throws ContainerException {
        for (NetworkView view : views) {
            if (view.name().equals(name) || view.id().equals(name)) {
                throw new ContainerException(Reason.INVALID_OPTION, "the network " + view.name()
                        + " is a CNI configuration; remove its file to be rid of it");
            }
        }
    }
}
